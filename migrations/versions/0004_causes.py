"""Causes: what lies behind letters, the cases tied to it, its remedies, and the proposals to units."""

import sqlalchemy as sa
from alembic import op

from core.extensions import Id

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cause",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("field", sa.String(length=12), nullable=False),
        sa.Column("place_code", sa.String(length=12), nullable=False),
        sa.Column("township_code", sa.String(length=12), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("in_place_on", sa.Date(), nullable=True),
        sa.Column("title_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("explanation_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "field IN ('water', 'land', 'roads', 'housing', 'school', 'health', "
            "'labour', 'welfare', 'environment', 'farming', 'village', 'cadres', 'party', 'other')",
            name=op.f("ck_cause_field"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'under_way', 'in_place', 'holds', 'came_back', 'closed')", name=op.f("ck_cause_state")
        ),
        sa.CheckConstraint(
            "state NOT IN ('in_place', 'holds', 'came_back') OR in_place_on IS NOT NULL",
            name=op.f("ck_cause_in_place_since"),
        ),
        sa.ForeignKeyConstraint(["place_code"], ["place.code"], name=op.f("fk_cause_place_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cause")),
        sa.UniqueConstraint("number", name=op.f("uq_cause_number")),
    )
    op.create_index("ix_cause_field_id", "cause", ["field", "id"])
    op.create_index("ix_cause_state_id", "cause", ["state", "id"])
    op.create_index("ix_cause_township_code_id", "cause", ["township_code", "id"])

    op.create_table(
        "cause_proposal",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("cause_id", Id, nullable=False),
        sa.Column("unit_id", Id, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_by_id", Id, nullable=False),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("delivered_how", sa.String(length=16), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("sum", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("reply", sa.String(length=12), nullable=True),
        sa.Column("subject_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("sheets_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("proof_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "delivered_how IS NULL OR delivered_how IN ('in_person', 'registered_post', 'exchange')",
            name=op.f("ck_cause_proposal_delivered_how"),
        ),
        sa.CheckConstraint(
            "reply IS NULL OR reply IN ('adopted', 'partly', 'refused')", name=op.f("ck_cause_proposal_reply")
        ),
        sa.CheckConstraint(
            "(answered_on IS NULL) = (answer_sealed IS NULL)", name=op.f("ck_cause_proposal_answer_text")
        ),
        sa.CheckConstraint("(answered_on IS NULL) = (reply IS NULL)", name=op.f("ck_cause_proposal_answer")),
        sa.CheckConstraint("(delivered_on IS NULL) = (delivered_how IS NULL)", name=op.f("ck_cause_proposal_delivery")),
        sa.CheckConstraint(
            "(delivered_on IS NULL) = (due_on IS NULL)", name=op.f("ck_cause_proposal_due_since_delivery")
        ),
        sa.CheckConstraint(
            "answered_on IS NULL OR delivered_on IS NOT NULL", name=op.f("ck_cause_proposal_answered_after_delivery")
        ),
        sa.ForeignKeyConstraint(["cause_id"], ["cause.id"], name=op.f("fk_cause_proposal_cause_id")),
        sa.ForeignKeyConstraint(["issued_by_id"], ["user.id"], name=op.f("fk_cause_proposal_issued_by_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_cause_proposal_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cause_proposal")),
        sa.UniqueConstraint("year", "serial", name="uq_cause_proposal_year"),
    )
    op.create_index(op.f("ix_cause_proposal_cause_id"), "cause_proposal", ["cause_id"])
    op.create_index("ix_cause_proposal_unit_id_id", "cause_proposal", ["unit_id", "id"])
    op.create_index(
        "ix_cause_proposal_waiting",
        "cause_proposal",
        ["due_on"],
        sqlite_where=sa.text("answered_on IS NULL"),
        postgresql_where=sa.text("answered_on IS NULL"),
    )

    op.create_table(
        "cause_remedy",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("unit_id", Id, nullable=False),
        sa.Column("person_id", Id, nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_by_id", Id, nullable=True),
        sa.Column("dropped_on", sa.Date(), nullable=True),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("outcome_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("proof_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("cause_id", Id, nullable=False),
        sa.CheckConstraint("(done_on IS NULL) = (done_by_id IS NULL)", name=op.f("ck_cause_remedy_done_by")),
        sa.CheckConstraint("(done_on IS NULL) = (outcome_sealed IS NULL)", name=op.f("ck_cause_remedy_done")),
        sa.CheckConstraint("done_on IS NULL OR dropped_on IS NULL", name=op.f("ck_cause_remedy_done_or_dropped")),
        sa.ForeignKeyConstraint(["cause_id"], ["cause.id"], name=op.f("fk_cause_remedy_cause_id")),
        sa.ForeignKeyConstraint(["done_by_id"], ["user.id"], name=op.f("fk_cause_remedy_done_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["user.id"], name=op.f("fk_cause_remedy_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_cause_remedy_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cause_remedy")),
    )
    op.create_index(op.f("ix_cause_remedy_cause_id"), "cause_remedy", ["cause_id"])
    op.create_index("ix_cause_remedy_unit_id_due_on", "cause_remedy", ["unit_id", "due_on"])
    op.create_index(
        "ix_cause_remedy_waiting",
        "cause_remedy",
        ["due_on"],
        sqlite_where=sa.text("done_on IS NULL AND dropped_on IS NULL"),
        postgresql_where=sa.text("done_on IS NULL AND dropped_on IS NULL"),
    )

    op.create_table(
        "cause_tie",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("petition_id", Id, nullable=False),
        sa.Column("tied_on", sa.Date(), nullable=False),
        sa.Column("tied_by_id", Id, nullable=False),
        sa.Column("untied_on", sa.Date(), nullable=True),
        sa.Column("cause_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["cause_id"], ["cause.id"], name=op.f("fk_cause_tie_cause_id")),
        sa.ForeignKeyConstraint(["petition_id"], ["petition.id"], name=op.f("fk_cause_tie_petition_id")),
        sa.ForeignKeyConstraint(["tied_by_id"], ["user.id"], name=op.f("fk_cause_tie_tied_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cause_tie")),
    )
    op.create_index(op.f("ix_cause_tie_cause_id"), "cause_tie", ["cause_id"])
    op.create_index(op.f("ix_cause_tie_petition_id"), "cause_tie", ["petition_id"])
    op.create_index(
        "uq_cause_tie_cause_id_petition_id",
        "cause_tie",
        ["cause_id", "petition_id"],
        unique=True,
        sqlite_where=sa.text("untied_on IS NULL"),
        postgresql_where=sa.text("untied_on IS NULL"),
    )


def downgrade() -> None:
    for table in ("cause_tie", "cause_remedy", "cause_proposal", "cause"):
        op.drop_table(table)
    # What belongs to rows that are no more: their record and the numbers they had.
    op.execute("DELETE FROM entry WHERE thread IN ('cause', 'cause_proposal')")
    op.execute("DELETE FROM serial WHERE kind IN ('cause', 'proposal')")
