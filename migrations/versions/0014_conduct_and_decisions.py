"""Rules of procedure: the table of decisions in versions."""

import sqlalchemy as sa
from alembic import op

from core.extensions import Id

revision = "0014"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "decision_table",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("ask", sa.String(), nullable=False),
        sa.Column("held", sa.JSON(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("adopted_by", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'adopted', 'dropped')", name=op.f("ck_decision_table_state")),
        sa.CheckConstraint(
            "(state = 'adopted') = (effective_on IS NOT NULL)", name=op.f("ck_decision_table_effective")
        ),
        sa.CheckConstraint("(state = 'adopted') = (adopted_by IS NOT NULL)", name=op.f("ck_decision_table_adopted")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_table")),
        sa.UniqueConstraint("effective_on", name="uq_decision_table_effective_on"),
    )


def downgrade() -> None:
    op.drop_table("decision_table")
