"""Posts for college students in villages, who serves and who applies; the register of rural talent."""

import sqlalchemy as sa
from alembic import op

from core.extensions import Id

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

TRADES = "('grain', 'vegetables', 'fruit', 'fish', 'livestock', 'forestry', 'machines', 'craft', 'sales', 'other')"
WHY = "('office', 'village', 'study', 'other_work', 'family', 'health', 'term', 'unfit', 'other')"


def upgrade() -> None:
    op.create_table(
        "post",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("place_code", sa.String(length=12), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("duties_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'closed') = (closed_on IS NOT NULL)", name=op.f("ck_post_closed")),
        sa.CheckConstraint("state IN ('vacant', 'filled', 'closed')", name=op.f("ck_post_state")),
        sa.ForeignKeyConstraint(["place_code"], ["place.code"], name=op.f("fk_post_place_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post")),
    )
    op.create_index("ix_post_place_code", "post", ["place_code", "id"])
    op.create_index("ix_post_state", "post", ["state", "place_code"])
    op.create_index(
        "uq_post_open",
        "post",
        ["place_code"],
        unique=True,
        sqlite_where=sa.text("state <> 'closed'"),
        postgresql_where=sa.text("state <> 'closed'"),
    )

    op.create_table(
        "post_service",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("post_id", Id, nullable=False),
        sa.Column("place_code", sa.String(length=12), nullable=False),
        sa.Column("begun_on", sa.Date(), nullable=False),
        sa.Column("begun_year", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("sum", sa.JSON(), nullable=False),
        sa.Column("mentor_id", Id, nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("left_why", sa.String(length=12), nullable=True),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("contact_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'left') = (left_on IS NOT NULL)", name=op.f("ck_post_service_left")),
        sa.CheckConstraint("(state = 'serving') = (due_on IS NOT NULL)", name=op.f("ck_post_service_due")),
        sa.CheckConstraint(
            f"left_why IS NULL OR left_why IN {WHY}",
            name=op.f("ck_post_service_why_word"),
        ),
        sa.CheckConstraint("state IN ('serving', 'left')", name=op.f("ck_post_service_state")),
        sa.CheckConstraint("(left_on IS NULL) = (left_why IS NULL)", name=op.f("ck_post_service_why")),
        sa.CheckConstraint("left_on IS NULL OR begun_on <= left_on", name=op.f("ck_post_service_term")),
        sa.ForeignKeyConstraint(["mentor_id"], ["user.id"], name=op.f("fk_post_service_mentor_id")),
        sa.ForeignKeyConstraint(["place_code"], ["place.code"], name=op.f("fk_post_service_place_code")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_post_service_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_service")),
    )
    op.create_index("ix_post_service_begun_year", "post_service", ["begun_year", "id"])
    op.create_index("ix_post_service_due_on", "post_service", ["due_on", "id"])
    op.create_index("ix_post_service_left_on", "post_service", ["left_on", "id"])
    op.create_index("ix_post_service_mentor_id", "post_service", ["mentor_id", "state"])
    op.create_index("ix_post_service_place_code", "post_service", ["place_code", "id"])
    op.create_index("ix_post_service_post_id", "post_service", ["post_id", "id"])
    op.create_index(
        "uq_post_service_serving",
        "post_service",
        ["post_id"],
        unique=True,
        sqlite_where=sa.text("state = 'serving'"),
        postgresql_where=sa.text("state = 'serving'"),
    )

    op.create_table(
        "talent",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("trade", sa.String(length=12), nullable=False),
        sa.Column("place_code", sa.String(length=12), nullable=False),
        sa.Column("consent", sa.String(length=8), nullable=False),
        sa.Column("consent_on", sa.Date(), nullable=False),
        sa.Column("consent_by_id", Id, nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("grade", sa.String(length=8), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("contact_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("skill_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'withdrawn') = (contact_sealed IS NULL)", name=op.f("ck_talent_contact")),
        sa.CheckConstraint("(state = 'withdrawn') = (name_sealed IS NULL)", name=op.f("ck_talent_name")),
        sa.CheckConstraint("(state = 'withdrawn') = (skill_sealed IS NULL)", name=op.f("ck_talent_skill")),
        sa.CheckConstraint("(state = 'withdrawn') = (withdrawn_on IS NOT NULL)", name=op.f("ck_talent_withdrawn")),
        sa.CheckConstraint("consent IN ('signed', 'said')", name=op.f("ck_talent_consent")),
        sa.CheckConstraint("grade IS NULL OR grade IN ('junior', 'middle', 'senior')", name=op.f("ck_talent_grade")),
        sa.CheckConstraint("state IN ('registered', 'withdrawn')", name=op.f("ck_talent_state")),
        sa.CheckConstraint(
            f"trade IN {TRADES}",
            name=op.f("ck_talent_trade"),
        ),
        sa.CheckConstraint("(grade IS NULL) = (valid_until IS NULL)", name=op.f("ck_talent_validity")),
        sa.ForeignKeyConstraint(["consent_by_id"], ["user.id"], name=op.f("fk_talent_consent_by_id")),
        sa.ForeignKeyConstraint(["place_code"], ["place.code"], name=op.f("fk_talent_place_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talent")),
    )
    op.create_index("ix_talent_grade", "talent", ["grade", "id"])
    op.create_index("ix_talent_place_code", "talent", ["place_code", "id"])
    op.create_index("ix_talent_state", "talent", ["state", "id"])
    op.create_index("ix_talent_trade", "talent", ["trade", "id"])
    op.create_index("ix_talent_valid_until", "talent", ["valid_until", "id"])

    op.create_table(
        "post_application",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("degree", sa.String(length=10), nullable=False),
        sa.Column("township_code", sa.String(length=12), nullable=True),
        sa.Column("applied_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("sum", sa.JSON(), nullable=False),
        sa.Column("post_id", Id, nullable=True),
        sa.Column("service_id", Id, nullable=True),
        sa.Column("code_digest", sa.LargeBinary(), nullable=False),
        sa.Column("sending_digest", sa.LargeBinary(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("contact_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("school_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("reasons_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'appointed') = (service_id IS NOT NULL)", name=op.f("ck_post_application_service")
        ),
        sa.CheckConstraint(
            "(state = 'declined') = (answer_sealed IS NOT NULL)", name=op.f("ck_post_application_answer")
        ),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (contact_sealed IS NULL)", name=op.f("ck_post_application_contact")
        ),
        sa.CheckConstraint("(state = 'withdrawn') = (name_sealed IS NULL)", name=op.f("ck_post_application_name")),
        sa.CheckConstraint("(state = 'withdrawn') = (school_sealed IS NULL)", name=op.f("ck_post_application_school")),
        sa.CheckConstraint("(state = 'withdrawn') = (text_sealed IS NULL)", name=op.f("ck_post_application_text")),
        sa.CheckConstraint(
            "(state IN ('matched', 'appointed')) = (post_id IS NOT NULL)", name=op.f("ck_post_application_post")
        ),
        sa.CheckConstraint(
            "(state IN ('matched', 'appointed')) = (reasons_sealed IS NOT NULL)",
            name=op.f("ck_post_application_reasons"),
        ),
        sa.CheckConstraint(
            "(state IN ('received', 'matched', 'reserve')) = (due_on IS NOT NULL)", name=op.f("ck_post_application_due")
        ),
        sa.CheckConstraint("channel IN ('online', 'paper')", name=op.f("ck_post_application_channel")),
        sa.CheckConstraint("degree IN ('college', 'bachelor', 'master')", name=op.f("ck_post_application_degree")),
        sa.CheckConstraint(
            "state IN ('received', 'matched', 'reserve', 'appointed', 'declined', 'withdrawn')",
            name=op.f("ck_post_application_state"),
        ),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_post_application_post_id")),
        sa.ForeignKeyConstraint(["service_id"], ["post_service.id"], name=op.f("fk_post_application_service_id")),
        sa.ForeignKeyConstraint(["township_code"], ["place.code"], name=op.f("fk_post_application_township_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_application")),
        sa.UniqueConstraint("code_digest", name=op.f("uq_post_application_code_digest")),
        sa.UniqueConstraint("number", name=op.f("uq_post_application_number")),
    )
    op.create_index("ix_post_application_post_id", "post_application", ["post_id"])
    op.create_index("ix_post_application_sending_digest", "post_application", ["sending_digest"])
    op.create_index("ix_post_application_service_id", "post_application", ["service_id"])
    op.create_index("ix_post_application_state", "post_application", ["state", "due_on", "id"])
    op.create_index(
        "uq_post_application_matched",
        "post_application",
        ["post_id"],
        unique=True,
        sqlite_where=sa.text("state = 'matched'"),
        postgresql_where=sa.text("state = 'matched'"),
    )

    op.create_table(
        "post_review",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("service_id", Id, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("grade", sa.String(length=10), nullable=False),
        sa.Column("reviewed_on", sa.Date(), nullable=False),
        sa.Column("by_id", Id, nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("grade IN ('excellent', 'competent', 'basic', 'failed')", name=op.f("ck_post_review_grade")),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_post_review_by_id")),
        sa.ForeignKeyConstraint(["service_id"], ["post_service.id"], name=op.f("fk_post_review_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_review")),
        sa.UniqueConstraint("service_id", "year", name="uq_post_review_year"),
    )
    op.create_table(
        "talent_sheet",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("talent_id", Id, nullable=False),
        sa.Column("evaluated_on", sa.Date(), nullable=False),
        sa.Column("by_id", Id, nullable=False),
        sa.Column("grade", sa.String(length=8), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("sum", sa.JSON(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("grade IN ('junior', 'middle', 'senior')", name=op.f("ck_talent_sheet_grade")),
        sa.CheckConstraint("evaluated_on < valid_until", name=op.f("ck_talent_sheet_validity")),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_talent_sheet_by_id")),
        sa.ForeignKeyConstraint(["talent_id"], ["talent.id"], name=op.f("fk_talent_sheet_talent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talent_sheet")),
    )
    op.create_index("ix_talent_sheet_talent_id", "talent_sheet", ["talent_id", "id"])

    op.create_table(
        "post_plan",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("planned", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("planned >= 0", name=op.f("ck_post_plan_planned")),
        sa.CheckConstraint("year BETWEEN 2000 AND 2100", name=op.f("ck_post_plan_year")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_plan")),
        sa.UniqueConstraint("year", name=op.f("uq_post_plan_year")),
    )


def downgrade() -> None:
    for table in ("talent_sheet", "talent", "post_application", "post_review", "post_service", "post", "post_plan"):
        op.drop_table(table)
    # What belongs to rows that are no more: their record and the numbers they had.
    op.execute(
        "DELETE FROM entry WHERE thread IN ('post', 'post_service', 'post_application', 'post_plan', 'talent', "
        "'talent_export', 'service_export')"
    )
    op.execute("DELETE FROM serial WHERE kind = 'post_application'")
