"""What figures are counted by: the day a matter came in and was closed, a clock's name and last day."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_petition_received_on", "petition", ["received_on"])
    closed = sa.text("closed_on IS NOT NULL")
    op.create_index("ix_petition_closed_on", "petition", ["closed_on"], sqlite_where=closed, postgresql_where=closed)
    op.create_index("ix_petition_clock_name", "petition_clock", ["name", "due_on"])


def downgrade() -> None:
    op.drop_index("ix_petition_clock_name", "petition_clock")
    op.drop_index("ix_petition_closed_on", "petition")
    op.drop_index("ix_petition_received_on", "petition")
