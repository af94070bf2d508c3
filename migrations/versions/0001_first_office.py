"""The first office: places, units and people, sittings and limits, the record, and the docket."""

import sqlalchemy as sa
from alembic import op

from core import search
from core.extensions import Id, Moment

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "limit_window",
        sa.Column("bucket", sa.LargeBinary(), nullable=False),
        sa.Column("ends_at", Moment, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", name=op.f("pk_limit_window")),
    )
    op.create_index(op.f("ix_limit_window_ends_at"), "limit_window", ["ends_at"])

    op.create_table(
        "place",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("parent_code", sa.String(length=12), nullable=True),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("changed_at", Moment, nullable=False),
        sa.CheckConstraint(
            "length(code) = CASE level WHEN 'district' THEN 6 WHEN 'township' THEN 9 WHEN 'village' THEN 12 END",
            name=op.f("ck_place_level"),
        ),
        sa.ForeignKeyConstraint(["parent_code"], ["place.code"], name=op.f("fk_place_parent_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_place")),
    )
    op.create_table(
        "serial",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "year", name=op.f("pk_serial")),
    )
    op.create_table(
        "unit",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("parent_id", Id, nullable=True),
        sa.Column("line", sa.String(length=400), nullable=False),
        sa.Column("is_office", sa.Boolean(), nullable=False),
        sa.Column("closed_at", Moment, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("name", name=op.f("uq_unit_name")),
    )
    op.create_index(op.f("ix_unit_parent_id"), "unit", ["parent_id"])

    op.create_table(
        "user",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("username", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("name_digest", sa.LargeBinary(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("unit_id", Id, nullable=False),
        sa.Column("place_code", sa.String(length=12), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("closed_at", Moment, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(role = 'contact') = (place_code IS NOT NULL)", name=op.f("ck_user_place_of_contact")),
        sa.ForeignKeyConstraint(["place_code"], ["place.code"], name=op.f("fk_user_place_code")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_user_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("username", name=op.f("uq_user_username")),
    )
    op.create_index(op.f("ix_user_unit_id"), "user", ["unit_id"])

    op.create_table(
        "entry",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("thread", sa.String(length=20), nullable=False),
        sa.Column("thread_id", Id, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("actor_id", Id, nullable=True),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name=op.f("fk_entry_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
        sa.UniqueConstraint("thread", "thread_id", "number", name="uq_entry_thread"),
    )
    op.create_table(
        "petition",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("profile", sa.String(length=20), nullable=False),
        sa.Column("place_code", sa.String(length=12), nullable=False),
        sa.Column("township_code", sa.String(length=12), nullable=False),
        sa.Column("unit_id", Id, nullable=True),
        sa.Column("filed_by_id", Id, nullable=True),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("received_at", Moment, nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_clock", sa.String(length=30), nullable=True),
        sa.Column("unread", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("satisfaction", sa.String(length=12), nullable=True),
        sa.Column("receipt_digest", sa.LargeBinary(), nullable=False),
        sa.Column("subject_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("identity_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("opinion_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'closed') = (due_on IS NULL)", name=op.f("ck_petition_due_while_open")),
        sa.CheckConstraint(
            "(state = 'received') = (number IS NULL)", name=op.f("ck_petition_numbered_when_registered")
        ),
        sa.CheckConstraint("channel IN ('letter', 'visit', 'call', 'online')", name=op.f("ck_petition_channel")),
        sa.CheckConstraint("kind IN ('proposal', 'accusation', 'claim')", name=op.f("ck_petition_kind")),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('supported', 'explained', 'refused')", name=op.f("ck_petition_outcome")
        ),
        sa.CheckConstraint(
            "state IN ('assigned', 'handling', 'drafted', 'signed', 'delivered') = "
            "(unit_id IS NOT NULL) OR state = 'closed'",
            name=op.f("ck_petition_unit"),
        ),
        sa.CheckConstraint(
            "state IN ('received', 'registered', 'accepted', 'declined', 'assigned', "
            "'handling', 'drafted', 'signed', 'delivered', 'closed')",
            name=op.f("ck_petition_state"),
        ),
        sa.CheckConstraint("anonymous = (identity_sealed IS NULL)", name=op.f("ck_petition_identity")),
        sa.ForeignKeyConstraint(["filed_by_id"], ["user.id"], name=op.f("fk_petition_filed_by_id")),
        sa.ForeignKeyConstraint(["place_code"], ["place.code"], name=op.f("fk_petition_place_code")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_petition_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition")),
        sa.UniqueConstraint("number", name=op.f("uq_petition_number")),
        sa.UniqueConstraint("receipt_digest", name=op.f("uq_petition_receipt_digest")),
    )
    op.create_index("ix_petition_channel_due", "petition", ["channel", "due_on", "id"])
    op.create_index("ix_petition_channel_id", "petition", ["channel", "id"])
    op.create_index("ix_petition_due", "petition", ["due_on", "id"])
    op.create_index(
        "ix_petition_filed_by",
        "petition",
        ["filed_by_id", "id"],
        sqlite_where=sa.text("filed_by_id IS NOT NULL"),
        postgresql_where=sa.text("filed_by_id IS NOT NULL"),
    )
    op.create_index("ix_petition_kind_due", "petition", ["kind", "due_on", "id"])
    op.create_index("ix_petition_kind_id", "petition", ["kind", "id"])
    op.create_index("ix_petition_place_code_due", "petition", ["place_code", "due_on", "id"])
    op.create_index("ix_petition_place_code_id", "petition", ["place_code", "id"])
    op.create_index("ix_petition_state_due", "petition", ["state", "due_on", "id"])
    op.create_index("ix_petition_state_id", "petition", ["state", "id"])
    op.create_index("ix_petition_township_code_due", "petition", ["township_code", "due_on", "id"])
    op.create_index("ix_petition_township_code_id", "petition", ["township_code", "id"])
    op.create_index(
        "ix_petition_unit_id_due",
        "petition",
        ["unit_id", "due_on", "id"],
        sqlite_where=sa.text("unit_id IS NOT NULL"),
        postgresql_where=sa.text("unit_id IS NOT NULL"),
    )
    op.create_index(
        "ix_petition_unit_id_id",
        "petition",
        ["unit_id", "id"],
        sqlite_where=sa.text("unit_id IS NOT NULL"),
        postgresql_where=sa.text("unit_id IS NOT NULL"),
    )
    op.create_index("ix_petition_unread", "petition", ["unread", "id"])

    op.create_table(
        "sitting",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", Id, nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("began_at", Moment, nullable=False),
        sa.Column("seen_at", Moment, nullable=False),
        sa.Column("ends_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_sitting_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sitting")),
    )
    op.create_index(op.f("ix_sitting_ends_at"), "sitting", ["ends_at"])
    op.create_index(op.f("ix_sitting_user_id"), "sitting", ["user_id"])

    op.create_table(
        "concern",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("unit_id", Id, nullable=True),
        sa.Column("person_digest", sa.LargeBinary(), nullable=True),
        sa.Column("person_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("petition_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["petition_id"], ["petition.id"], name=op.f("fk_concern_petition_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_concern_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concern")),
    )
    op.create_index(op.f("ix_concern_person_digest"), "concern", ["person_digest"])
    op.create_index(op.f("ix_concern_petition_id"), "concern", ["petition_id"])
    op.create_index(op.f("ix_concern_unit_id"), "concern", ["unit_id"])

    op.create_table(
        "message",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("author_id", Id, nullable=True),
        sa.Column("to_petitioner", sa.Boolean(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("petition_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_message_author_id")),
        sa.ForeignKeyConstraint(["petition_id"], ["petition.id"], name=op.f("fk_message_petition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index(op.f("ix_message_petition_id"), "message", ["petition_id"])

    op.create_table(
        "paper",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_by_id", Id, nullable=False),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("delivered_how", sa.String(length=16), nullable=True),
        sa.Column("delivered_by_id", Id, nullable=True),
        sa.Column("sheets_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("proof_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("petition_id", Id, nullable=False),
        sa.CheckConstraint(
            "delivered_how IS NULL OR delivered_how IN ('in_person', 'registered_post', 'receipt_page')",
            name=op.f("ck_paper_delivered_how"),
        ),
        sa.CheckConstraint("(delivered_on IS NULL) = (delivered_how IS NULL)", name=op.f("ck_paper_delivery")),
        sa.ForeignKeyConstraint(["delivered_by_id"], ["user.id"], name=op.f("fk_paper_delivered_by_id")),
        sa.ForeignKeyConstraint(["issued_by_id"], ["user.id"], name=op.f("fk_paper_issued_by_id")),
        sa.ForeignKeyConstraint(["petition_id"], ["petition.id"], name=op.f("fk_paper_petition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper")),
        sa.UniqueConstraint("kind", "year", "serial", name="uq_paper_serial"),
    )
    op.create_index(op.f("ix_paper_petition_id"), "paper", ["petition_id"])

    op.create_table(
        "petition_clock",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("stopped_on", sa.Date(), nullable=True),
        sa.Column("sum", sa.JSON(), nullable=False),
        sa.Column("petition_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["petition_id"], ["petition.id"], name=op.f("fk_petition_clock_petition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_clock")),
    )
    op.create_index(op.f("ix_petition_clock_petition_id"), "petition_clock", ["petition_id"])

    op.create_table(
        "submission",
        sa.Column("form_digest", sa.LargeBinary(), nullable=False),
        sa.Column("petition_id", Id, nullable=True),
        sa.Column("sent_at", Moment, nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["petition_id"], ["petition.id"], name=op.f("fk_submission_petition_id")),
        sa.PrimaryKeyConstraint("form_digest", name=op.f("pk_submission")),
    )
    op.create_table(
        "attachment",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("message_id", Id, nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", Moment, nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("petition_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_attachment_message_id")),
        sa.ForeignKeyConstraint(["petition_id"], ["petition.id"], name=op.f("fk_attachment_petition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index(op.f("ix_attachment_petition_id"), "attachment", ["petition_id"])
    search.create(op, "petition_search")


def downgrade() -> None:
    search.drop(op, "petition_search")
    for table in (
        "attachment",
        "submission",
        "petition_clock",
        "paper",
        "message",
        "concern",
        "sitting",
        "petition",
        "entry",
        "user",
        "unit",
        "serial",
        "place",
        "limit_window",
    ):
        op.drop_table(table)
