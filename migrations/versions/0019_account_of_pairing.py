"""The account of pairing: what a year counts is found by its day."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    met = sa.text("confirmed_on IS NOT NULL")
    op.create_index("ix_need_raised_on", "need", ["raised_on"])
    op.create_index("ix_need_confirmed_on", "need", ["confirmed_on"], sqlite_where=met, postgresql_where=met)
    op.create_index("ix_need_measure_due_on", "need_measure", ["due_on"])
    op.create_index("ix_need_progress_made_on", "need_progress", ["made_on"])


def downgrade() -> None:
    op.drop_index("ix_need_progress_made_on", "need_progress")
    op.drop_index("ix_need_measure_due_on", "need_measure")
    op.drop_index("ix_need_confirmed_on", "need")
    op.drop_index("ix_need_raised_on", "need")
