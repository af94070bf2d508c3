"""The years of the calendar that the office keeps itself, and the procedures that it copied and edited."""

import sqlalchemy as sa
from alembic import op

from core.extensions import Id, Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_year",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.Column("changed_at", Moment, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_year")),
    )
    op.create_table(
        "calendar_day",
        sa.Column("day_on", sa.Date(), nullable=False),
        sa.Column("year_id", Id, nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["year_id"], ["calendar_year.id"], name=op.f("fk_calendar_day_year_id")),
        sa.PrimaryKeyConstraint("day_on", name=op.f("pk_calendar_day")),
    )
    op.create_index(op.f("ix_calendar_day_year_id"), "calendar_day", ["year_id"])
    op.create_table(
        "procedure",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure")),
        sa.UniqueConstraint("code", name=op.f("uq_procedure_code")),
    )
    op.create_index(op.f("ix_procedure_effective_on"), "procedure", ["effective_on"])
    op.create_index(
        "ix_petition_clock_running",
        "petition_clock",
        ["due_on", "id"],
        sqlite_where=sa.text("stopped_on IS NULL"),
        postgresql_where=sa.text("stopped_on IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_petition_clock_running", "petition_clock")
    op.drop_table("procedure")
    op.drop_table("calendar_day")
    op.drop_table("calendar_year")
