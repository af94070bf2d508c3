"""A party branch of a unit pairs with a village."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pairing", sa.Column("branch", sa.String(60)))


def downgrade() -> None:
    op.drop_column("pairing", "branch")
