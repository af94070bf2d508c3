"""Demonstration households: rounds, panels, scores, objections, what they do a year later."""

import sqlalchemy as sa
from alembic import op

from core.extensions import Id

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "household_round",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("notice_on", sa.Date(), nullable=True),
        sa.Column("sum", sa.JSON(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("picked", sa.JSON(), nullable=True),
        sa.Column("entry_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("criteria_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("order_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'cancelled') = (reason_sealed IS NOT NULL)", name=op.f("ck_household_round_reason")
        ),
        sa.CheckConstraint("(state = 'decided') = (decided_on IS NOT NULL)", name=op.f("ck_household_round_decided")),
        sa.CheckConstraint(
            "state IN ('drafted', 'nominating', 'scoring', 'closed', 'notice', 'deciding', 'decided', 'cancelled')",
            name=op.f("ck_household_round_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('notice', 'deciding', 'decided') OR notice_on IS NOT NULL",
            name=op.f("ck_household_round_notice"),
        ),
        sa.CheckConstraint("(notice_on IS NULL) = (sum IS NULL)", name=op.f("ck_household_round_sum")),
        sa.CheckConstraint("(picked IS NULL) = (order_sealed IS NULL)", name=op.f("ck_household_round_picked")),
        sa.CheckConstraint("from_on <= until_on", name=op.f("ck_household_round_days")),
        sa.CheckConstraint("places > 0", name=op.f("ck_household_round_places")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_round")),
    )
    op.create_index("ix_household_round_state", "household_round", ["state", "id"])
    op.create_index("ix_household_round_year", "household_round", ["year", "id"])

    op.create_table(
        "household",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("round_id", Id, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("place_code", sa.String(length=12), nullable=False),
        sa.Column("township_code", sa.String(length=12), nullable=False),
        sa.Column("by_id", Id, nullable=True),
        sa.Column("unit_id", Id, nullable=True),
        sa.Column("nominated_on", sa.Date(), nullable=False),
        sa.Column("phone_digest", sa.LargeBinary(), nullable=True),
        sa.Column("code_digest", sa.LargeBinary(), nullable=False),
        sa.Column("sending_digest", sa.LargeBinary(), nullable=False),
        sa.Column("shows_photos", sa.Boolean(), nullable=False),
        sa.Column("named_on", sa.Date(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("serial", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("sum", sa.JSON(), nullable=True),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("what_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("why_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("sheets_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(origin = 'self') = (by_id IS NULL)", name=op.f("ck_household_by")),
        sa.CheckConstraint("(origin = 'unit') = (unit_id IS NOT NULL)", name=op.f("ck_household_unit")),
        sa.CheckConstraint("(state = 'withdrawn') = (phone_sealed IS NULL)", name=op.f("ck_household_withdrawn")),
        sa.CheckConstraint("due_on IS NULL OR state = 'named'", name=op.f("ck_household_due")),
        sa.CheckConstraint("name_sealed IS NOT NULL OR state = 'withdrawn'", name=op.f("ck_household_name")),
        sa.CheckConstraint("origin IN ('self', 'village', 'unit')", name=op.f("ck_household_origin")),
        sa.CheckConstraint(
            "state IN ('nominated', 'accepted', 'declined', 'listed', 'unlisted', 'named', 'refused', 'revoked', "
            "'withdrawn')",
            name=op.f("ck_household_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('declined', 'refused', 'revoked') OR reason_sealed IS NOT NULL",
            name=op.f("ck_household_reason"),
        ),
        sa.CheckConstraint("state NOT IN ('named', 'revoked') OR serial IS NOT NULL", name=op.f("ck_household_named")),
        sa.CheckConstraint("(serial IS NULL) = (sheets_sealed IS NULL)", name=op.f("ck_household_certificate")),
        sa.CheckConstraint(
            "(serial IS NULL) = (year IS NULL) AND (serial IS NULL) = (named_on IS NULL)",
            name=op.f("ck_household_numbered"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_household_by_id")),
        sa.ForeignKeyConstraint(["place_code"], ["place.code"], name=op.f("fk_household_place_code")),
        sa.ForeignKeyConstraint(["round_id"], ["household_round.id"], name=op.f("fk_household_round_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_household_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household")),
        sa.UniqueConstraint("code_digest", name=op.f("uq_household_code_digest")),
        sa.UniqueConstraint("round_id", "phone_digest", name="uq_household_phone"),
        sa.UniqueConstraint("year", "serial", name="uq_household_serial"),
    )
    op.create_index("ix_household_by_id", "household", ["by_id", "id"])
    op.create_index("ix_household_due", "household", ["state", "due_on", "id"])
    op.create_index("ix_household_named_on", "household", ["named_on", "id"])
    op.create_index("ix_household_of_round", "household", ["round_id", "state", "id"])
    op.create_index("ix_household_place_code", "household", ["place_code", "id"])
    op.create_index("ix_household_sending_digest", "household", ["sending_digest"])
    op.create_index("ix_household_township", "household", ["township_code", "id"])
    op.create_index("ix_household_unit_id", "household", ["unit_id", "id"])

    op.create_table(
        "household_member",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("round_id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["round_id"], ["household_round.id"], name=op.f("fk_household_member_round_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_household_member_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_member")),
        sa.UniqueConstraint("round_id", "user_id", name="uq_household_member_user"),
    )
    op.create_index("ix_household_member_user_id", "household_member", ["user_id", "round_id"])

    op.create_table(
        "household_objection",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("household_id", Id, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("sum", sa.JSON(), nullable=False),
        sa.Column("code_digest", sa.LargeBinary(), nullable=False),
        sa.Column("sending_digest", sa.LargeBinary(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("contact_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'answered') = (answer_sealed IS NOT NULL)", name=op.f("ck_household_objection_answer")
        ),
        sa.CheckConstraint("(state = 'received') = (due_on IS NOT NULL)", name=op.f("ck_household_objection_due")),
        sa.CheckConstraint("state IN ('received', 'answered')", name=op.f("ck_household_objection_state")),
        sa.CheckConstraint(
            "(answer_sealed IS NULL) = (answered_on IS NULL)", name=op.f("ck_household_objection_answered")
        ),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_household_objection_household_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_objection")),
        sa.UniqueConstraint("code_digest", name=op.f("uq_household_objection_code_digest")),
    )
    op.create_index("ix_household_objection_household_id", "household_objection", ["household_id", "id"])
    op.create_index("ix_household_objection_sending_digest", "household_objection", ["sending_digest"])
    op.create_index("ix_household_objection_state", "household_objection", ["state", "due_on", "id"])

    op.create_table(
        "household_photo",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("household_id", Id, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_household_photo_household_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_photo")),
    )
    op.create_index("ix_household_photo_household_id", "household_photo", ["household_id"])

    op.create_table(
        "household_score",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("household_id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=True),
        sa.Column("points_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_household_score_household_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_household_score_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_score")),
        sa.UniqueConstraint("household_id", "user_id", name="uq_household_score_user"),
    )
    op.create_index("ix_household_score_user_id", "household_score", ["user_id"])

    op.create_table(
        "household_tie",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("noted_on", sa.Date(), nullable=False),
        sa.Column("why_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("household_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_household_tie_household_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_household_tie_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_tie")),
        sa.UniqueConstraint("household_id", "user_id", name="uq_household_tie_user"),
    )
    op.create_index("ix_household_tie_household_id", "household_tie", ["household_id"])

    op.create_table(
        "household_visit",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("by_id", Id, nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("income", sa.String(length=6), nullable=True),
        sa.Column("teaches", sa.Boolean(), nullable=False),
        sa.Column("advice", sa.String(length=6), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("now_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("why_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("household_id", Id, nullable=False),
        sa.CheckConstraint("(advice = 'ends') = (why_sealed IS NOT NULL)", name=op.f("ck_household_visit_why")),
        sa.CheckConstraint("NOT open OR advice = 'ends'", name=op.f("ck_household_visit_open")),
        sa.CheckConstraint("advice IN ('stays', 'ends')", name=op.f("ck_household_visit_advice")),
        sa.CheckConstraint(
            "income IS NULL OR income IN ('side', 'half', 'most', 'all')", name=op.f("ck_household_visit_income")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_household_visit_by_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_household_visit_household_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_visit")),
    )
    op.create_index("ix_household_visit_household_id", "household_visit", ["household_id"])


def downgrade() -> None:
    op.drop_table("household_visit")
    op.drop_table("household_tie")
    op.drop_table("household_score")
    op.drop_table("household_photo")
    op.drop_table("household_objection")
    op.drop_table("household_member")
    op.drop_table("household")
    op.drop_table("household_round")
