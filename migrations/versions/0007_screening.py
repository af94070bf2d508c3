"""Screening: rounds, whom they are addressed to, what comes back, and whom it concerns."""

import sqlalchemy as sa
from alembic import op

from core.extensions import Id

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "screening_round",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_by_id", Id, nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("title_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_screening_round_state")),
        sa.CheckConstraint("from_on <= until_on AND from_on <= due_on", name=op.f("ck_screening_round_days")),
        sa.ForeignKeyConstraint(["issued_by_id"], ["user.id"], name=op.f("fk_screening_round_issued_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_round")),
    )
    op.create_table(
        "screening_addressee",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("round_id", Id, nullable=False),
        sa.Column("unit_id", Id, nullable=True),
        sa.Column("place_code", sa.String(length=12), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(state = 'returned') = (returned_on IS NOT NULL)", name=op.f("ck_screening_addressee_returned")
        ),
        sa.CheckConstraint("state IN ('awaited', 'returned')", name=op.f("ck_screening_addressee_state")),
        sa.CheckConstraint("(unit_id IS NULL) <> (place_code IS NULL)", name=op.f("ck_screening_addressee_one")),
        sa.ForeignKeyConstraint(["place_code"], ["place.code"], name=op.f("fk_screening_addressee_place_code")),
        sa.ForeignKeyConstraint(["round_id"], ["screening_round.id"], name=op.f("fk_screening_addressee_round_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_screening_addressee_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_addressee")),
        sa.UniqueConstraint("round_id", "place_code", name="uq_screening_addressee_place"),
        sa.UniqueConstraint("round_id", "unit_id", name="uq_screening_addressee_unit"),
    )
    op.create_index("ix_screening_addressee_place", "screening_addressee", ["place_code", "round_id"])
    op.create_index("ix_screening_addressee_unit", "screening_addressee", ["unit_id", "round_id"])

    op.create_table(
        "screening_item",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("round_id", Id, nullable=False),
        sa.Column("addressee_id", Id, nullable=False),
        sa.Column("unit_id", Id, nullable=True),
        sa.Column("by_id", Id, nullable=False),
        sa.Column("form_digest", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("field", sa.String(length=12), nullable=False),
        sa.Column("urgency", sa.String(length=8), nullable=False),
        sa.Column("people", sa.String(length=8), nullable=False),
        sa.Column("place_code", sa.String(length=12), nullable=False),
        sa.Column("township_code", sa.String(length=12), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("solved_code", sa.String(length=12), nullable=True),
        sa.Column("petition_id", Id, nullable=True),
        sa.Column("about_id", Id, nullable=True),
        sa.Column("subject_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("action_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("person_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("outcome_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'case') = (petition_id IS NOT NULL)", name=op.f("ck_screening_item_case")),
        sa.CheckConstraint("(state = 'settled') = (solved_code IS NOT NULL)", name=op.f("ck_screening_item_settled")),
        sa.CheckConstraint("(state = 'watched') = (due_on IS NOT NULL)", name=op.f("ck_screening_item_watched")),
        sa.CheckConstraint(
            "field IN ('land', 'water', 'labour', 'welfare', 'family', "
            "'environment', 'village', 'building', 'conduct', 'other')",
            name=op.f("ck_screening_item_field"),
        ),
        sa.CheckConstraint(
            "people IN ('few', 'some', 'many', 'crowd', 'unknown')", name=op.f("ck_screening_item_people")
        ),
        sa.CheckConstraint(
            "state IN ('reported', 'watched', 'case', 'settled', 'nothing')", name=op.f("ck_screening_item_state")
        ),
        sa.CheckConstraint("urgency IN ('now', 'soon', 'later')", name=op.f("ck_screening_item_urgency")),
        sa.ForeignKeyConstraint(["about_id"], ["unit.id"], name=op.f("fk_screening_item_about_id")),
        sa.ForeignKeyConstraint(
            ["addressee_id"], ["screening_addressee.id"], name=op.f("fk_screening_item_addressee_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_screening_item_by_id")),
        sa.ForeignKeyConstraint(["petition_id"], ["petition.id"], name=op.f("fk_screening_item_petition_id")),
        sa.ForeignKeyConstraint(["place_code"], ["place.code"], name=op.f("fk_screening_item_place_code")),
        sa.ForeignKeyConstraint(["round_id"], ["screening_round.id"], name=op.f("fk_screening_item_round_id")),
        sa.ForeignKeyConstraint(["solved_code"], ["place.code"], name=op.f("fk_screening_item_solved_code")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_screening_item_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_item")),
        sa.UniqueConstraint("form_digest", name=op.f("uq_screening_item_form_digest")),
    )
    op.create_index("ix_screening_item_addressee", "screening_item", ["addressee_id", "id"])
    op.create_index("ix_screening_item_by", "screening_item", ["by_id", "id"])
    op.create_index("ix_screening_item_field", "screening_item", ["field", "id"])
    op.create_index("ix_screening_item_petition", "screening_item", ["petition_id"])
    op.create_index(
        "ix_screening_item_returned", "screening_item", ["returned_on", "field", "township_code", "place_code"]
    )
    op.create_index("ix_screening_item_round", "screening_item", ["round_id", "id"])
    op.create_index("ix_screening_item_state_due", "screening_item", ["state", "due_on", "id"])
    op.create_index("ix_screening_item_township", "screening_item", ["township_code", "id"])
    op.create_index(
        "ix_screening_item_unit",
        "screening_item",
        ["unit_id", "id"],
        sqlite_where=sa.text("unit_id IS NOT NULL"),
        postgresql_where=sa.text("unit_id IS NOT NULL"),
    )

    op.create_table(
        "screening_concern",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("item_id", Id, nullable=False),
        sa.Column("unit_id", Id, nullable=True),
        sa.Column("person_digest", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["screening_item.id"], name=op.f("fk_screening_concern_item_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_screening_concern_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_concern")),
    )
    op.create_index(op.f("ix_screening_concern_item_id"), "screening_concern", ["item_id"])
    op.create_index(op.f("ix_screening_concern_person_digest"), "screening_concern", ["person_digest"])
    op.create_index(op.f("ix_screening_concern_unit_id"), "screening_concern", ["unit_id"])


def downgrade() -> None:
    for table in ("screening_concern", "screening_item", "screening_addressee", "screening_round"):
        op.drop_table(table)
