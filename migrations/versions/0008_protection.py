"""Protection: readings, notices of retaliation, what is kept, held and erased, and letters sealed for one level up."""

import sqlalchemy as sa
from alembic import op

from core.extensions import Id, Moment

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reading",
        sa.Column("id", Id, nullable=False, autoincrement=False),
        sa.Column("reader_id", Id, nullable=False),
        sa.Column("petition_id", Id, nullable=False),
        sa.Column("what", sa.String(length=10), nullable=False),
        sa.Column("read_at", Moment, nullable=False),
        sa.Column("read_on", sa.Date(), nullable=False),
        sa.Column("minute", sa.Integer(), nullable=False),
        sa.CheckConstraint("what IN ('case', 'file', 'paper', 'identity')", name=op.f("ck_reading_what")),
        sa.ForeignKeyConstraint(["reader_id"], ["user.id"], name=op.f("fk_reading_reader_id")),
        sa.ForeignKeyConstraint(["petition_id"], ["petition.id"], name=op.f("fk_reading_petition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading")),
        sa.UniqueConstraint("reader_id", "petition_id", "what", "minute", name="uq_reading_minute"),
    )
    op.create_index("ix_reading_petition", "reading", ["petition_id", "id"])
    op.create_index("ix_reading_reader", "reading", ["reader_id", "id"])
    op.create_index("ix_reading_day", "reading", ["read_on", "id"])

    op.create_table(
        "retaliation",
        sa.Column("id", Id, nullable=False, autoincrement=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("petition_id", Id, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("addressed", sa.String(length=10), nullable=False),
        sa.Column("sent_at", Moment, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("sum", sa.JSON(), nullable=False),
        sa.Column("answered_at", Moment, nullable=True),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("person_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("state IN ('received', 'looking', 'answered', 'closed')", name=op.f("ck_retaliation_state")),
        sa.CheckConstraint("addressed IN ('leaders', 'discipline')", name=op.f("ck_retaliation_addressed")),
        sa.CheckConstraint(
            "(state IN ('received', 'looking')) = (answer_sealed IS NULL)", name=op.f("ck_retaliation_answer")
        ),
        sa.CheckConstraint("(answer_sealed IS NULL) = (answered_at IS NULL)", name=op.f("ck_retaliation_answered")),
        sa.ForeignKeyConstraint(["petition_id"], ["petition.id"], name=op.f("fk_retaliation_petition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retaliation")),
    )
    op.create_index("ix_retaliation_addressed", "retaliation", ["addressed", "state", "due_on", "id"])
    op.create_index("ix_retaliation_petition_id", "retaliation", ["petition_id"])

    op.create_table(
        "retaliation_accused",
        sa.Column("id", Id, nullable=False, autoincrement=False),
        sa.Column("retaliation_id", Id, nullable=False),
        sa.Column("unit_id", Id, nullable=True),
        sa.Column("person_digest", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["retaliation_id"], ["retaliation.id"], name=op.f("fk_retaliation_accused_retaliation_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_retaliation_accused_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retaliation_accused")),
    )
    op.create_index("ix_retaliation_accused_retaliation_id", "retaliation_accused", ["retaliation_id"])

    op.create_table(
        "keeping",
        sa.Column("id", Id, nullable=False, autoincrement=False),
        sa.Column("petition_id", Id, nullable=False),
        sa.Column("keep_until", sa.Date(), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("held_by_id", Id, nullable=True),
        sa.Column("prepared_on", sa.Date(), nullable=True),
        sa.Column("prepared_by_id", Id, nullable=True),
        sa.Column("erased_on", sa.Date(), nullable=True),
        sa.Column("erased_by_id", Id, nullable=True),
        sa.Column("hold_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("(hold_sealed IS NULL) = (held_on IS NULL)", name=op.f("ck_keeping_hold")),
        sa.CheckConstraint("(prepared_on IS NULL) = (prepared_by_id IS NULL)", name=op.f("ck_keeping_prepared")),
        sa.CheckConstraint("(erased_on IS NULL) = (erased_by_id IS NULL)", name=op.f("ck_keeping_erased")),
        sa.CheckConstraint(
            "erased_on IS NULL OR (held_on IS NULL AND prepared_on IS NOT NULL)", name=op.f("ck_keeping_erased_by_two")
        ),
        sa.CheckConstraint(
            "erased_by_id IS NULL OR erased_by_id <> prepared_by_id", name=op.f("ck_keeping_two_persons")
        ),
        sa.ForeignKeyConstraint(["petition_id"], ["petition.id"], name=op.f("fk_keeping_petition_id")),
        sa.ForeignKeyConstraint(["held_by_id"], ["user.id"], name=op.f("fk_keeping_held_by_id")),
        sa.ForeignKeyConstraint(["prepared_by_id"], ["user.id"], name=op.f("fk_keeping_prepared_by_id")),
        sa.ForeignKeyConstraint(["erased_by_id"], ["user.id"], name=op.f("fk_keeping_erased_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keeping")),
        sa.UniqueConstraint("petition_id", name="uq_keeping_petition_id"),
    )
    op.create_index("ix_keeping_petition_id", "keeping", ["petition_id"])
    op.create_index("ix_keeping_held_on", "keeping", ["held_on", "id"])
    op.create_index("ix_keeping_prepared_on", "keeping", ["prepared_on", "id"])

    op.create_table(
        "bypass",
        sa.Column("number", sa.String(length=12), nullable=False),
        sa.Column("sealed_on", sa.Date(), nullable=False),
        sa.Column("handed_on", sa.Date(), nullable=True),
        sa.Column("receipt_digest", sa.LargeBinary(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("package", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_bypass")),
        sa.UniqueConstraint("receipt_digest", name=op.f("uq_bypass_receipt_digest")),
    )


def downgrade() -> None:
    op.execute("DELETE FROM entry WHERE thread = 'retaliation'")  # the record of what goes with its table
    for table in ("bypass", "keeping", "retaliation_accused", "retaliation", "reading"):
        op.drop_table(table)
