"""Training: experts, courses, places in them, evaluations; farmers' questions and what became knowledge."""

import sqlalchemy as sa
from alembic import op

from core import search
from core.extensions import Id, Moment

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TRADES = "('grain', 'vegetables', 'fruit', 'fish', 'livestock', 'forestry', 'machines', 'craft', 'sales', 'other')"
SEASONS = "('spring', 'summer', 'autumn', 'winter', 'all')"


def upgrade() -> None:
    op.create_table(
        "sending",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("sent_at", Moment(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sending")),
    )
    op.create_table(
        "expert",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("season", sa.String(length=8), nullable=False),
        sa.Column("unit", sa.String(length=100), nullable=False),
        sa.Column("languages", sa.String(length=60), nullable=False),
        sa.Column("consent_on", sa.Date(), nullable=False),
        sa.Column("user_id", Id, nullable=True),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('active', 'resting')", name=op.f("ck_expert_state")),
        sa.CheckConstraint(f"season IN {SEASONS}", name=op.f("ck_expert_season")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_expert_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert")),
    )
    op.create_index("ix_expert_state", "expert", ["state", "id"])
    op.create_index("ix_expert_user_id", "expert", ["user_id"])
    op.create_table(
        "expert_trade",
        sa.Column("expert_id", Id, autoincrement=False, nullable=False),
        sa.Column("trade", sa.String(length=12), nullable=False),
        sa.CheckConstraint(f"trade IN {TRADES}", name=op.f("ck_expert_trade_trade")),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], name=op.f("fk_expert_trade_expert_id")),
        sa.PrimaryKeyConstraint("expert_id", "trade", name=op.f("pk_expert_trade")),
    )
    op.create_index("ix_expert_trade_trade", "expert_trade", ["trade", "expert_id"])
    op.create_table(
        "course",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("trade", sa.String(length=12), nullable=False),
        sa.Column("season", sa.String(length=8), nullable=False),
        sa.Column("announced_on", sa.Date(), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("starts", sa.String(length=5), nullable=False),
        sa.Column("ends", sa.String(length=5), nullable=False),
        sa.Column("place_code", sa.String(length=12), nullable=True),
        sa.Column("where", sa.String(length=200), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("unit_id", Id, nullable=False),
        sa.Column("expert_id", Id, nullable=True),
        sa.Column("about_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("lecturer_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'announced', 'held', 'cancelled')", name=op.f("ck_course_state")),
        sa.CheckConstraint(f"trade IN {TRADES}", name=op.f("ck_course_trade")),
        sa.CheckConstraint(f"season IN {SEASONS}", name=op.f("ck_course_season")),
        sa.CheckConstraint("starts < ends", name=op.f("ck_course_time")),
        sa.CheckConstraint("seats > 0 AND hours > 0", name=op.f("ck_course_size")),
        sa.CheckConstraint("(state = 'cancelled') = (reason_sealed IS NOT NULL)", name=op.f("ck_course_reason")),
        sa.CheckConstraint(
            "state NOT IN ('announced', 'held') OR announced_on IS NOT NULL", name=op.f("ck_course_announced")
        ),
        sa.CheckConstraint("state <> 'draft' OR announced_on IS NULL", name=op.f("ck_course_draft")),
        sa.ForeignKeyConstraint(["place_code"], ["place.code"], name=op.f("fk_course_place_code")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_course_unit_id")),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], name=op.f("fk_course_expert_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course")),
    )
    op.create_index("ix_course_state", "course", ["state", "held_on", "id"])
    op.create_index("ix_course_trade", "course", ["trade", "id"])
    op.create_index("ix_course_unit_id", "course", ["unit_id", "id"])
    op.create_index("ix_course_expert_id", "course", ["expert_id"])
    op.create_table(
        "course_place",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("course_id", Id, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("seat", sa.Integer(), nullable=True),
        sa.Column("village_code", sa.String(length=12), nullable=True),
        sa.Column("by_id", Id, nullable=True),
        sa.Column("phone_digest", sa.LargeBinary(), nullable=True),
        sa.Column("code_digest", sa.LargeBinary(), nullable=False),
        sa.Column("sending_digest", sa.LargeBinary(), nullable=False),
        sa.Column("moved_up_on", sa.Date(), nullable=True),
        sa.Column("came", sa.String(length=6), nullable=True),
        sa.Column("evaluated", sa.Boolean(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('seat', 'waiting', 'given_up')", name=op.f("ck_course_place_state")),
        sa.CheckConstraint("(state = 'seat') = (seat IS NOT NULL)", name=op.f("ck_course_place_seat")),
        sa.CheckConstraint("(state = 'given_up') = (name_sealed IS NULL)", name=op.f("ck_course_place_given_up")),
        sa.CheckConstraint(
            "name_sealed IS NOT NULL OR phone_digest IS NULL AND phone_sealed IS NULL",
            name=op.f("ck_course_place_nobody"),
        ),
        sa.CheckConstraint(
            "came IS NULL OR seat IS NOT NULL AND came IN ('phone', 'list')", name=op.f("ck_course_place_came")
        ),
        sa.CheckConstraint("came IS NOT NULL OR NOT evaluated", name=op.f("ck_course_place_evaluated")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_course_place_course_id")),
        sa.ForeignKeyConstraint(["village_code"], ["place.code"], name=op.f("fk_course_place_village_code")),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_course_place_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_place")),
        sa.UniqueConstraint("course_id", "seat", name="uq_course_place_seat"),
        sa.UniqueConstraint("course_id", "number", name="uq_course_place_number"),
        sa.UniqueConstraint("course_id", "phone_digest", name="uq_course_place_phone"),
        sa.UniqueConstraint("code_digest", name=op.f("uq_course_place_code_digest")),
    )
    op.create_index("ix_course_place_sending_digest", "course_place", ["sending_digest"])
    op.create_table(
        "course_evaluation",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("course_id", Id, nullable=False),
        sa.Column("use", sa.String(length=10), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("use IN ('very', 'somewhat', 'little')", name=op.f("ck_course_evaluation_use")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_course_evaluation_course_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_evaluation")),
    )
    op.create_index("ix_course_evaluation_course_id", "course_evaluation", ["course_id"])

    op.create_table(
        "question",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("trade", sa.String(length=12), nullable=False),
        sa.Column("place_code", sa.String(length=12), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("sum", sa.JSON(), nullable=False),
        sa.Column("expert_id", Id, nullable=True),
        sa.Column("by_id", Id, nullable=True),
        sa.Column("code_digest", sa.LargeBinary(), nullable=False),
        sa.Column("sending_digest", sa.LargeBinary(), nullable=False),
        sa.Column("visit_on", sa.Date(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("how", sa.String(length=8), nullable=True),
        sa.Column("subject_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("contact_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("visit_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('asked', 'assigned', 'answered', 'agreed', 'published', 'referred')",
            name=op.f("ck_question_state"),
        ),
        sa.CheckConstraint(f"trade IN {TRADES}", name=op.f("ck_question_trade")),
        sa.CheckConstraint("(state IN ('asked', 'assigned')) = (due_on IS NOT NULL)", name=op.f("ck_question_due")),
        sa.CheckConstraint(
            "(state IN ('answered', 'agreed', 'published')) = (answer_sealed IS NOT NULL)",
            name=op.f("ck_question_answer"),
        ),
        sa.CheckConstraint("(answer_sealed IS NULL) = (how IS NULL)", name=op.f("ck_question_how")),
        sa.CheckConstraint("how IS NULL OR how IN ('writing', 'visit')", name=op.f("ck_question_how_word")),
        sa.CheckConstraint("(answer_sealed IS NULL) = (answered_on IS NULL)", name=op.f("ck_question_answered")),
        sa.CheckConstraint("(state = 'referred') = (reason_sealed IS NOT NULL)", name=op.f("ck_question_reason")),
        sa.CheckConstraint("state IN ('asked', 'referred') OR expert_id IS NOT NULL", name=op.f("ck_question_expert")),
        sa.CheckConstraint("(visit_on IS NULL) = (visit_sealed IS NULL)", name=op.f("ck_question_visit")),
        sa.ForeignKeyConstraint(["place_code"], ["place.code"], name=op.f("fk_question_place_code")),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], name=op.f("fk_question_expert_id")),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_question_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint("number", name=op.f("uq_question_number")),
        sa.UniqueConstraint("code_digest", name=op.f("uq_question_code_digest")),
    )
    op.create_index("ix_question_state", "question", ["state", "due_on", "id"])
    op.create_index("ix_question_trade", "question", ["trade", "id"])
    op.create_index("ix_question_expert_id", "question", ["expert_id", "id"])
    op.create_index("ix_question_by_id", "question", ["by_id", "id"])
    op.create_index("ix_question_sending_digest", "question", ["sending_digest"])
    op.create_table(
        "question_photo",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("question_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_question_photo_question_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_photo")),
    )
    op.create_index("ix_question_photo_question_id", "question_photo", ["question_id"])
    op.create_table(
        "knowledge",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("question_id", Id, nullable=False),
        sa.Column("trade", sa.String(length=12), nullable=False),
        sa.Column("season", sa.String(length=8), nullable=False),
        sa.Column("unit", sa.String(length=100), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("title_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("question_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(f"trade IN {TRADES}", name=op.f("ck_knowledge_trade")),
        sa.CheckConstraint(f"season IN {SEASONS}", name=op.f("ck_knowledge_season")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_knowledge_question_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge")),
        sa.UniqueConstraint("question_id", name=op.f("uq_knowledge_question_id")),
    )
    op.create_index("ix_knowledge_trade", "knowledge", ["trade", "id"])
    op.create_index("ix_knowledge_season", "knowledge", ["season", "id"])
    search.create(op, "knowledge_search")


def downgrade() -> None:
    search.drop(op, "knowledge_search")
    for table in ("knowledge", "question_photo", "question"):
        op.drop_table(table)
    for table in ("course_evaluation", "course_place", "course", "expert_trade", "expert", "sending"):
        op.drop_table(table)
    # What belongs to rows that are no more: their record and the numbers they had.
    op.execute("DELETE FROM entry WHERE thread IN ('expert', 'course', 'course_place', 'question')")
    op.execute("DELETE FROM serial WHERE kind = 'question'")
