"""Down-visits, their matters and promises; leaders' reception days; the units' early and late hours."""

import sqlalchemy as sa
from alembic import op

from core.extensions import Id, Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "visit",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("starts", sa.String(length=5), nullable=False),
        sa.Column("ends", sa.String(length=5), nullable=False),
        sa.Column("township_code", sa.String(length=12), nullable=False),
        sa.Column("where_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("how_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('planned', 'announced', 'carried_out', 'closed', 'cancelled')", name=op.f("ck_visit_state")
        ),
        sa.CheckConstraint("starts < ends", name=op.f("ck_visit_hours")),
        sa.ForeignKeyConstraint(["township_code"], ["place.code"], name=op.f("fk_visit_township_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
    )
    op.create_index("ix_visit_held_on", "visit", ["held_on", "id"])
    op.create_index("ix_visit_state_held_on", "visit", ["state", "held_on", "id"])

    op.create_table(
        "window_hours",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("unit_id", Id, nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts", sa.String(length=5), nullable=False),
        sa.Column("ends", sa.String(length=5), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("on_duty_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("starts < ends", name=op.f("ck_window_hours_hours")),
        sa.CheckConstraint("until_on IS NULL OR until_on >= since_on", name=op.f("ck_window_hours_until")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_window_hours_weekday")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_window_hours_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_window_hours")),
    )
    op.create_index("ix_window_hours_unit", "window_hours", ["unit_id", "weekday", "starts"])

    op.create_table(
        "reception_day",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("starts", sa.String(length=5), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.Column("leader_id", Id, nullable=False),
        sa.Column("where_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('planned', 'announced', 'held', 'cancelled')", name=op.f("ck_reception_day_state")
        ),
        sa.CheckConstraint("slots > 0 AND minutes > 0", name=op.f("ck_reception_day_slots")),
        sa.ForeignKeyConstraint(["leader_id"], ["user.id"], name=op.f("fk_reception_day_leader_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reception_day")),
    )
    op.create_index("ix_reception_day_held_on", "reception_day", ["held_on", "id"])
    op.create_index("ix_reception_day_state_held_on", "reception_day", ["state", "held_on", "id"])

    op.create_table(
        "visit_party",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("user_id", Id, nullable=True),
        sa.Column("unit_id", Id, nullable=True),
        sa.Column("visit_id", Id, nullable=False),
        sa.CheckConstraint("(user_id IS NULL) <> (unit_id IS NULL)", name=op.f("ck_visit_party_who")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_visit_party_unit_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_visit_party_user_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_party_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_party")),
    )
    op.create_index(op.f("ix_visit_party_visit_id"), "visit_party", ["visit_id"])

    op.create_table(
        "visit_village",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("place_code", sa.String(length=12), nullable=False),
        sa.Column("visit_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["place_code"], ["place.code"], name=op.f("fk_visit_village_place_code")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_village_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_village")),
        sa.UniqueConstraint("visit_id", "place_code", name="uq_visit_village"),
    )
    op.create_index(op.f("ix_visit_village_visit_id"), "visit_village", ["visit_id"])

    op.create_table(
        "window_record",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("hours_id", Id, nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("came", sa.Integer(), nullable=False),
        sa.Column("who_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("came >= 0", name=op.f("ck_window_record_came")),
        sa.ForeignKeyConstraint(["hours_id"], ["window_hours.id"], name=op.f("fk_window_record_hours_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_window_record")),
        sa.UniqueConstraint("hours_id", "held_on", name="uq_window_record"),
    )
    op.create_table(
        "reception_visitor",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("day_id", Id, nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("came", sa.Boolean(), nullable=True),
        sa.Column("result_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("petition_id", Id, nullable=False),
        sa.CheckConstraint("came IS NOT NULL OR result_sealed IS NULL", name=op.f("ck_reception_visitor_came")),
        sa.ForeignKeyConstraint(["day_id"], ["reception_day.id"], name=op.f("fk_reception_visitor_day_id")),
        sa.ForeignKeyConstraint(["petition_id"], ["petition.id"], name=op.f("fk_reception_visitor_petition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reception_visitor")),
        sa.UniqueConstraint("day_id", "petition_id", name="uq_reception_visitor_petition"),
        sa.UniqueConstraint("day_id", "slot", name="uq_reception_visitor_slot"),
    )
    op.create_index(op.f("ix_reception_visitor_petition_id"), "reception_visitor", ["petition_id"])

    op.create_table(
        "visit_case",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("visit_id", Id, nullable=False),
        sa.Column("result", sa.String(length=12), nullable=True),
        sa.Column("told_at", Moment, nullable=True),
        sa.Column("petition_id", Id, nullable=False),
        sa.CheckConstraint(
            "result IS NULL OR result IN ('solved', 'promised', 'explained', 'taken_back')",
            name=op.f("ck_visit_case_result"),
        ),
        sa.CheckConstraint("(result IS NULL) = (told_at IS NULL)", name=op.f("ck_visit_case_told")),
        sa.ForeignKeyConstraint(["petition_id"], ["petition.id"], name=op.f("fk_visit_case_petition_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_case_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_case")),
        sa.UniqueConstraint("visit_id", "petition_id", name="uq_visit_case"),
    )
    op.create_index(op.f("ix_visit_case_petition_id"), "visit_case", ["petition_id"])

    op.create_table(
        "visit_promise",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("visit_id", Id, nullable=False),
        sa.Column("petition_id", Id, nullable=True),
        sa.Column("state", sa.String(length=6), nullable=False),
        sa.Column("unit_id", Id, nullable=False),
        sa.Column("owner_id", Id, nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("kept_on", sa.Date(), nullable=True),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("done_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("(state = 'open') = (done_sealed IS NULL)", name=op.f("ck_visit_promise_done")),
        sa.CheckConstraint("(state = 'open') = (kept_on IS NULL)", name=op.f("ck_visit_promise_kept")),
        sa.CheckConstraint("(state = 'told') = (told_on IS NOT NULL)", name=op.f("ck_visit_promise_told")),
        sa.CheckConstraint("state IN ('open', 'kept', 'told')", name=op.f("ck_visit_promise_state")),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_visit_promise_owner_id")),
        sa.ForeignKeyConstraint(["petition_id"], ["petition.id"], name=op.f("fk_visit_promise_petition_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_visit_promise_unit_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_promise_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_promise")),
    )
    op.create_index("ix_visit_promise_due", "visit_promise", ["due_on", "id"])
    op.create_index(op.f("ix_visit_promise_petition_id"), "visit_promise", ["petition_id"])
    op.create_index("ix_visit_promise_state_due", "visit_promise", ["state", "due_on", "id"])
    op.create_index("ix_visit_promise_unit_due", "visit_promise", ["unit_id", "due_on", "id"])
    op.create_index("ix_visit_promise_visit_due", "visit_promise", ["visit_id", "due_on", "id"])

    op.create_table(
        "visit_sign_up",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("visit_id", Id, nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("petition_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["petition_id"], ["petition.id"], name=op.f("fk_visit_sign_up_petition_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_sign_up_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_sign_up")),
        sa.UniqueConstraint("visit_id", "petition_id", name="uq_visit_sign_up"),
    )
    op.create_index(op.f("ix_visit_sign_up_petition_id"), "visit_sign_up", ["petition_id"])

    op.create_table(
        "window_case",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("record_id", Id, nullable=False),
        sa.Column("petition_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["petition_id"], ["petition.id"], name=op.f("fk_window_case_petition_id")),
        sa.ForeignKeyConstraint(["record_id"], ["window_record.id"], name=op.f("fk_window_case_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_window_case")),
        sa.UniqueConstraint("record_id", "petition_id", name="uq_window_case"),
    )
    op.create_index(op.f("ix_window_case_petition_id"), "window_case", ["petition_id"])


def downgrade() -> None:
    for table in (
        "window_case",
        "visit_sign_up",
        "visit_promise",
        "visit_case",
        "reception_visitor",
        "window_record",
        "visit_village",
        "visit_party",
        "reception_day",
        "window_hours",
        "visit",
    ):
        op.drop_table(table)
