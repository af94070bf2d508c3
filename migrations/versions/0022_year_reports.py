"""Yearly reports on pairing assistance, with the figures and the paper that are kept at issue."""

import sqlalchemy as sa
from alembic import op

from core.extensions import Id

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "year_report",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("begun_on", sa.Date(), nullable=False),
        sa.Column("begun_by_id", Id, nullable=False),
        sa.Column("replaces_id", Id, nullable=True),
        sa.Column("serial_year", sa.Integer(), nullable=True),
        sa.Column("serial", sa.Integer(), nullable=True),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("issued_by_id", Id, nullable=True),
        sa.Column("sections_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("figures_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("sheets_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('drafted', 'sent', 'issued', 'replaced', 'dropped')", name=op.f("ck_year_report_state")
        ),
        sa.CheckConstraint(
            "(state IN ('issued', 'replaced')) = (serial IS NOT NULL)", name=op.f("ck_year_report_issued")
        ),
        sa.CheckConstraint("(serial IS NULL) = (serial_year IS NULL)", name=op.f("ck_year_report_serial_year")),
        sa.CheckConstraint("(serial IS NULL) = (number IS NULL)", name=op.f("ck_year_report_number")),
        sa.CheckConstraint("(serial IS NULL) = (issued_on IS NULL)", name=op.f("ck_year_report_issued_on")),
        sa.CheckConstraint("(serial IS NULL) = (issued_by_id IS NULL)", name=op.f("ck_year_report_issued_by")),
        sa.CheckConstraint("(serial IS NULL) = (figures_sealed IS NULL)", name=op.f("ck_year_report_figures")),
        sa.CheckConstraint("(serial IS NULL) = (sheets_sealed IS NULL)", name=op.f("ck_year_report_sheets")),
        sa.CheckConstraint("replaces_id <> id", name=op.f("ck_year_report_replaces")),
        sa.ForeignKeyConstraint(["begun_by_id"], ["user.id"], name=op.f("fk_year_report_begun_by_id")),
        sa.ForeignKeyConstraint(["issued_by_id"], ["user.id"], name=op.f("fk_year_report_issued_by_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["year_report.id"], name=op.f("fk_year_report_replaces_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_year_report")),
        sa.UniqueConstraint("serial_year", "serial", name="uq_year_report_serial"),
    )
    open, issued = sa.text("state IN ('drafted', 'sent')"), sa.text("state = 'issued'")
    op.create_index(
        "uq_year_report_open", "year_report", ["year"], unique=True, sqlite_where=open, postgresql_where=open
    )
    op.create_index(
        "uq_year_report_issued", "year_report", ["year"], unique=True, sqlite_where=issued, postgresql_where=issued
    )
    op.create_index("ix_year_report_year", "year_report", ["year", "id"])
    op.create_index("ix_year_report_replaces_id", "year_report", ["replaces_id"])


def downgrade() -> None:
    for name in ("replaces_id", "year"):
        op.drop_index(f"ix_year_report_{name}", "year_report")
    for name in ("issued", "open"):
        op.drop_index(f"uq_year_report_{name}", "year_report")
    op.drop_table("year_report")
    op.execute("DELETE FROM entry WHERE thread = 'year_report'")  # the record of what goes with its table
    op.execute("DELETE FROM serial WHERE kind = 'year_report'")
