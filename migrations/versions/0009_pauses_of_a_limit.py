"""A limit on passwords pauses after each failure instead of refusing for a quarter of an hour."""

import sqlalchemy as sa
from alembic import op

from core.extensions import Moment

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("limit_window") as table:
        table.add_column(sa.Column("rests_until", Moment, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("limit_window") as table:
        table.drop_column("rests_until")
