"""Official receptions: requests, their costs, the files of their bills, and the standards they are held against."""

import sqlalchemy as sa
from alembic import op

from core.extensions import Id, Moment

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reception_standard",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reception_standard")),
        sa.UniqueConstraint("code", name=op.f("uq_reception_standard_code")),
        sa.UniqueConstraint("effective_on", name=op.f("uq_reception_standard_effective_on")),
    )
    op.create_table(
        "official_reception",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("by_id", Id, nullable=False),
        sa.Column("unit_id", Id, nullable=False),
        sa.Column("form_digest", sa.LargeBinary(), nullable=False),
        sa.Column("standard_code", sa.String(length=20), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("guest_unit", sa.String(length=100), nullable=False),
        sa.Column("guests", sa.Integer(), nullable=False),
        sa.Column("hosts", sa.Integer(), nullable=False),
        sa.Column("meals", sa.Integer(), nullable=False),
        sa.Column("alcohol", sa.Boolean(), nullable=False),
        sa.Column("place", sa.String(length=60), nullable=False),
        sa.Column("letter", sa.String(length=60), nullable=False),
        sa.Column("planned_fen", sa.BigInteger(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by_id", Id, nullable=True),
        sa.Column("excepted", sa.Boolean(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("serial", sa.Integer(), nullable=True),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("bill_due_on", sa.Date(), nullable=True),
        sa.Column("sum", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("entered_on", sa.Date(), nullable=True),
        sa.Column("entered_by_id", Id, nullable=True),
        sa.Column("guests_came", sa.Integer(), nullable=True),
        sa.Column("hosts_came", sa.Integer(), nullable=True),
        sa.Column("meals_had", sa.Integer(), nullable=True),
        sa.Column("alcohol_had", sa.Boolean(), nullable=True),
        sa.Column("actual_fen", sa.BigInteger(), nullable=True),
        sa.Column("overrun_fen", sa.BigInteger(), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("settled_by_id", Id, nullable=True),
        sa.Column("purpose_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("guest_list_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("host_list_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("exception_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("overrun_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("sheets_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(serial IS NULL) = (decided_on IS NULL) OR state = 'refused'", name=op.f("ck_official_reception_decided")
        ),
        sa.CheckConstraint(
            "(state = 'settled') = (settled_on IS NOT NULL)", name=op.f("ck_official_reception_settled")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'requested', 'returned', 'refused', 'approved', 'billed', 'settled', 'cancelled')",
            name=op.f("ck_official_reception_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'billed', 'settled') OR serial IS NOT NULL",
            name=op.f("ck_official_reception_approved"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('billed', 'settled') OR entered_on IS NOT NULL", name=op.f("ck_official_reception_billed")
        ),
        sa.CheckConstraint(
            "(entered_on IS NULL) = (actual_fen IS NULL)", name=op.f("ck_official_reception_entered_actual_fen")
        ),
        sa.CheckConstraint(
            "(entered_on IS NULL) = (alcohol_had IS NULL)", name=op.f("ck_official_reception_entered_alcohol_had")
        ),
        sa.CheckConstraint(
            "(entered_on IS NULL) = (entered_by_id IS NULL)", name=op.f("ck_official_reception_entered_entered_by_id")
        ),
        sa.CheckConstraint(
            "(entered_on IS NULL) = (guests_came IS NULL)", name=op.f("ck_official_reception_entered_guests_came")
        ),
        sa.CheckConstraint(
            "(entered_on IS NULL) = (hosts_came IS NULL)", name=op.f("ck_official_reception_entered_hosts_came")
        ),
        sa.CheckConstraint(
            "(entered_on IS NULL) = (meals_had IS NULL)", name=op.f("ck_official_reception_entered_meals_had")
        ),
        sa.CheckConstraint("(serial IS NULL) = (bill_due_on IS NULL)", name=op.f("ck_official_reception_bill_due")),
        sa.CheckConstraint("(serial IS NULL) = (number IS NULL)", name=op.f("ck_official_reception_number")),
        sa.CheckConstraint("(serial IS NULL) = (sheets_sealed IS NULL)", name=op.f("ck_official_reception_sheets")),
        sa.CheckConstraint("(serial IS NULL) = (sum IS NULL)", name=op.f("ck_official_reception_bill_sum")),
        sa.CheckConstraint("(serial IS NULL) = (year IS NULL)", name=op.f("ck_official_reception_year")),
        sa.CheckConstraint(
            "(settled_on IS NULL) = (settled_by_id IS NULL)", name=op.f("ck_official_reception_settled_by")
        ),
        sa.CheckConstraint(
            "NOT excepted OR exception_sealed IS NOT NULL", name=op.f("ck_official_reception_exception")
        ),
        sa.CheckConstraint("decided_by_id <> by_id", name=op.f("ck_official_reception_decided_by_another")),
        sa.CheckConstraint("from_on <= until_on", name=op.f("ck_official_reception_days")),
        sa.CheckConstraint(
            "guests >= 1 AND hosts >= 0 AND meals >= 0 AND planned_fen >= 0", name=op.f("ck_official_reception_numbers")
        ),
        sa.CheckConstraint(
            "overrun_fen = 0 OR overrun_sealed IS NOT NULL", name=op.f("ck_official_reception_overrun_reason")
        ),
        sa.CheckConstraint(
            "overrun_fen >= 0 AND (overrun_fen = 0 OR entered_on IS NOT NULL)",
            name=op.f("ck_official_reception_overrun"),
        ),
        sa.CheckConstraint(
            "settled_by_id <> entered_by_id AND settled_by_id <> by_id",
            name=op.f("ck_official_reception_settled_by_a_third"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_official_reception_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=op.f("fk_official_reception_decided_by_id")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["user.id"], name=op.f("fk_official_reception_entered_by_id")),
        sa.ForeignKeyConstraint(["settled_by_id"], ["user.id"], name=op.f("fk_official_reception_settled_by_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_official_reception_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_official_reception")),
        sa.UniqueConstraint("form_digest", name=op.f("uq_official_reception_form_digest")),
        sa.UniqueConstraint("year", "serial", name="uq_official_reception_year"),
    )
    op.create_index(
        "ix_official_reception_bill",
        "official_reception",
        ["bill_due_on"],
        sqlite_where=sa.text("state = 'approved'"),
        postgresql_where=sa.text("state = 'approved'"),
    )
    op.create_index("ix_official_reception_by", "official_reception", ["by_id", "id"])
    op.create_index("ix_official_reception_from", "official_reception", ["from_on", "unit_id"])
    op.create_index(
        "ix_official_reception_over",
        "official_reception",
        ["id"],
        sqlite_where=sa.text("overrun_fen > 0"),
        postgresql_where=sa.text("overrun_fen > 0"),
    )
    op.create_index("ix_official_reception_state", "official_reception", ["state", "id"])
    op.create_index("ix_official_reception_unit", "official_reception", ["unit_id", "id"])

    op.create_table(
        "official_reception_cost",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("planned_fen", sa.BigInteger(), nullable=False),
        sa.Column("actual_fen", sa.BigInteger(), nullable=True),
        sa.Column("reception_id", Id, nullable=False),
        sa.CheckConstraint(
            "kind IN ('working_meal', 'meal', 'lodging', 'transport', 'other')",
            name=op.f("ck_official_reception_cost_kind"),
        ),
        sa.CheckConstraint(
            "planned_fen >= 0 AND (actual_fen IS NULL OR actual_fen >= 0)",
            name=op.f("ck_official_reception_cost_amounts"),
        ),
        sa.ForeignKeyConstraint(
            ["reception_id"], ["official_reception.id"], name=op.f("fk_official_reception_cost_reception_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_official_reception_cost")),
        sa.UniqueConstraint("reception_id", "kind", name="uq_official_reception_cost_kind"),
    )
    op.create_index("ix_official_reception_cost_reception_id", "official_reception_cost", ["reception_id"])

    op.create_table(
        "official_reception_file",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("added_at", Moment(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("reception_id", Id, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reception_id"], ["official_reception.id"], name=op.f("fk_official_reception_file_reception_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_official_reception_file")),
    )
    op.create_index("ix_official_reception_file_reception_id", "official_reception_file", ["reception_id"])


def downgrade() -> None:
    for table in ("official_reception_file", "official_reception_cost", "official_reception", "reception_standard"):
        op.drop_table(table)
    op.execute("DELETE FROM serial WHERE kind = 'reception'")
