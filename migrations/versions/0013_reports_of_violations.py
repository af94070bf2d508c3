"""Reports of violations: the officers' keys, the reports sealed to them, and the keys that lie open."""

import sqlalchemy as sa
from alembic import op

from core.extensions import Id, Moment

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_KINDS = "'leak', 'procedure', 'gain', 'meals', 'gifts', 'other', 'retaliation'"
_STATES = (
    "'received', 'screening', 'verifying', 'heard', 'proposed', 'decided', 'notified', 'objected', 'answered', "
    "'looking', 'closed'"
)
_OUTCOMES = "'not_described', 'passed_up', 'unfounded', 'remind', 'criticise', 'educate', 'discipline'"
_LATER = "state IN ('decided', 'notified', 'objected', 'answered', 'closed')"
_WHAT = (
    "'report', 'message', 'note', 'screening', 'verification', 'hearing', 'finding', 'decision', 'confirmation', "
    "'letter', 'delivery', 'objection', 'answer', 'closing'"
)


def upgrade() -> None:
    op.create_table(
        "unlocked",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("sitting", sa.LargeBinary(), nullable=True),
        sa.Column("use", sa.String(length=20), nullable=False),
        sa.Column("locked", sa.LargeBinary(), nullable=False),
        sa.Column("seen_at", Moment, nullable=False),
        sa.Column("ends_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["sitting"], ["sitting.digest"], name=op.f("fk_unlocked_sitting"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_unlocked")),
    )
    op.create_index("ix_unlocked_sitting", "unlocked", ["sitting"])
    op.create_index("ix_unlocked_ends_at", "unlocked", ["ends_at"])

    op.create_table(
        "officer_key",
        sa.Column("id", Id, nullable=False, autoincrement=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("ended_at", Moment, nullable=True),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("(ended_at IS NULL) = (secret_sealed IS NOT NULL)", name=op.f("ck_officer_key_secret")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_officer_key_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_key")),
    )
    op.create_index("ix_officer_key_user", "officer_key", ["user_id", "ended_at"])

    op.create_table(
        "report",
        sa.Column("id", Id, nullable=False, autoincrement=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("of_id", Id, nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("outcome", sa.String(length=14), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("limits", sa.String(length=40), nullable=False),
        sa.Column("clock", sa.String(length=20), nullable=True),
        sa.Column("sum", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("handler_id", Id, nullable=True),
        sa.Column("decided_by_id", Id, nullable=True),
        sa.Column("confirmed_by_id", Id, nullable=True),
        sa.Column("unread", sa.Boolean(), nullable=False),
        sa.Column("receipt_digest", sa.LargeBinary(), nullable=True),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(f"kind IN ({_KINDS})", name=op.f("ck_report_kind")),
        sa.CheckConstraint(f"state IN ({_STATES})", name=op.f("ck_report_state")),
        sa.CheckConstraint(f"outcome IS NULL OR outcome IN ({_OUTCOMES})", name=op.f("ck_report_outcome")),
        sa.CheckConstraint("(kind = 'retaliation') = (of_id IS NOT NULL)", name=op.f("ck_report_of")),
        sa.CheckConstraint("(of_id IS NULL) = (receipt_digest IS NOT NULL)", name=op.f("ck_report_receipt")),
        sa.CheckConstraint("(clock IS NULL) = (sum IS NULL)", name=op.f("ck_report_clock")),
        sa.CheckConstraint(
            f"of_id IS NOT NULL OR NOT ({_LATER}) OR outcome IS NOT NULL", name=op.f("ck_report_outcome_known")
        ),
        sa.CheckConstraint(
            "confirmed_by_id IS NULL OR confirmed_by_id <> decided_by_id", name=op.f("ck_report_two_persons")
        ),
        sa.CheckConstraint(
            f"of_id IS NOT NULL OR NOT ({_LATER}) OR NOT (outcome IN ('educate', 'discipline'))"
            " OR confirmed_by_id IS NOT NULL",
            name=op.f("ck_report_confirmed"),
        ),
        sa.ForeignKeyConstraint(["of_id"], ["report.id"], name=op.f("fk_report_of_id")),
        sa.ForeignKeyConstraint(["handler_id"], ["user.id"], name=op.f("fk_report_handler_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=op.f("fk_report_decided_by_id")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["user.id"], name=op.f("fk_report_confirmed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("number", name=op.f("uq_report_number")),
        sa.UniqueConstraint("receipt_digest", name=op.f("uq_report_receipt_digest")),
    )
    op.create_index("ix_report_of_id", "report", ["of_id"])
    op.create_index("ix_report_due_on", "report", ["due_on", "id"])
    op.create_index("ix_report_state_due", "report", ["state", "due_on", "id"])
    op.create_index("ix_report_received_on", "report", ["received_on", "id"])

    op.create_table(
        "report_wrap",
        sa.Column("id", Id, nullable=False, autoincrement=False),
        sa.Column("report_id", Id, nullable=False),
        sa.Column("key_id", Id, nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_report_wrap_report_id")),
        sa.ForeignKeyConstraint(["key_id"], ["officer_key.id"], name=op.f("fk_report_wrap_key_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_wrap")),
        sa.UniqueConstraint("report_id", "key_id", name="uq_report_wrap_report_id"),
    )
    op.create_index("ix_report_wrap_key_id", "report_wrap", ["key_id", "report_id"])

    op.create_table(
        "report_part",
        sa.Column("id", Id, nullable=False, autoincrement=False),
        sa.Column("report_id", Id, nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("author_id", Id, nullable=True),
        sa.Column("written_at", Moment, nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("locked", sa.LargeBinary(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("serial", sa.Integer(), nullable=True),
        sa.CheckConstraint(f"what IN ({_WHAT})", name=op.f("ck_report_part_what")),
        sa.CheckConstraint("(what = 'letter') = (serial IS NOT NULL)", name=op.f("ck_report_part_serial")),
        sa.CheckConstraint("(year IS NULL) = (serial IS NULL)", name=op.f("ck_report_part_year")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_report_part_report_id")),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_report_part_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_part")),
    )
    op.create_index("ix_report_part_report_id", "report_part", ["report_id", "id"])

    op.create_table(
        "report_file",
        sa.Column("id", Id, nullable=False, autoincrement=False),
        sa.Column("report_id", Id, nullable=False),
        sa.Column("part_id", Id, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("locked", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_report_file_report_id")),
        sa.ForeignKeyConstraint(["part_id"], ["report_part.id"], name=op.f("fk_report_file_part_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_file")),
    )
    op.create_index("ix_report_file_report_id", "report_file", ["report_id", "id"])

    op.create_table(
        "report_sending",
        sa.Column("form_digest", sa.LargeBinary(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("form_digest", name=op.f("pk_report_sending")),
    )


def downgrade() -> None:
    op.execute("DELETE FROM entry WHERE thread IN ('report', 'officer_key')")  # the record of what goes with its table
    op.execute("DELETE FROM serial WHERE kind = 'report paper'")
    for table in ("report_sending", "report_file", "report_part", "report_wrap", "report", "officer_key", "unlocked"):
        op.drop_table(table)
