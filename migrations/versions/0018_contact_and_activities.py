"""Contact groups, their visits and what was found there; activities in villages."""

import sqlalchemy as sa
from alembic import op

from core.extensions import Id

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "activity",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("form_digest", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("place_code", sa.String(length=12), nullable=False),
        sa.Column("township_code", sa.String(length=12), nullable=False),
        sa.Column("by_id", Id, nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("attendance", sa.Integer(), nullable=True),
        sa.Column("counted", sa.String(length=8), nullable=True),
        sa.Column("cost_fen", sa.BigInteger(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("reported_on", sa.Date(), nullable=True),
        sa.Column("sum", sa.JSON(), nullable=True),
        sa.Column("title_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("where_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("about_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("budget_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("report_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'held') = (due_on IS NOT NULL)", name=op.f("ck_activity_due")),
        sa.CheckConstraint("(state = 'reported') = (cost_fen IS NOT NULL)", name=op.f("ck_activity_cost")),
        sa.CheckConstraint("(state = 'reported') = (report_sealed IS NOT NULL)", name=op.f("ck_activity_reported")),
        sa.CheckConstraint(
            "counted IS NULL OR counted IN ('list', 'heads', 'estimate')", name=op.f("ck_activity_counted")
        ),
        sa.CheckConstraint("state IN ('planned', 'held', 'reported', 'cancelled')", name=op.f("ck_activity_state")),
        sa.CheckConstraint(
            "state NOT IN ('held', 'reported') OR attendance IS NOT NULL", name=op.f("ck_activity_held")
        ),
        sa.CheckConstraint("(attendance IS NULL) = (counted IS NULL)", name=op.f("ck_activity_attendance")),
        sa.CheckConstraint("attendance IS NULL OR attendance >= 0", name=op.f("ck_activity_people")),
        sa.CheckConstraint(
            "cost_fen IS NULL OR cost_fen = 0 OR budget_sealed IS NOT NULL", name=op.f("ck_activity_budget")
        ),
        sa.CheckConstraint("cost_fen IS NULL OR cost_fen >= 0", name=op.f("ck_activity_money")),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_activity_by_id")),
        sa.ForeignKeyConstraint(["place_code"], ["place.code"], name=op.f("fk_activity_place_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
        sa.UniqueConstraint("form_digest", name=op.f("uq_activity_form_digest")),
    )
    op.create_index("ix_activity_due", "activity", ["state", "due_on", "id"])
    op.create_index("ix_activity_kind", "activity", ["kind", "id"])
    op.create_index("ix_activity_place_code", "activity", ["place_code", "id"])
    op.create_index("ix_activity_state", "activity", ["state", "held_on", "id"])
    op.create_index("ix_activity_township", "activity", ["township_code", "id"])
    op.create_table(
        "contact_group",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("leader_id", Id, nullable=False),
        sa.Column("set_up_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('active', 'dissolved')", name=op.f("ck_contact_group_state")),
        sa.ForeignKeyConstraint(["leader_id"], ["user.id"], name=op.f("fk_contact_group_leader_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_group")),
        sa.UniqueConstraint("name", name="uq_contact_group_name"),
    )
    op.create_index("ix_contact_group_leader_id", "contact_group", ["leader_id"])
    op.create_table(
        "activity_picture",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("activity_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_activity_picture_activity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_picture")),
    )
    op.create_index("ix_activity_picture_activity_id", "activity_picture", ["activity_id"])
    op.create_table(
        "contact_member",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("group_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["contact_group.id"], name=op.f("fk_contact_member_group_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_contact_member_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_member")),
        sa.UniqueConstraint("group_id", "user_id", name="uq_contact_member_user"),
    )
    op.create_index("ix_contact_member_user_id", "contact_member", ["user_id", "group_id"])
    op.create_table(
        "contact_stop",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("place_code", sa.String(length=12), nullable=False),
        sa.Column("enterprise", sa.String(length=60), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("group_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["contact_group.id"], name=op.f("fk_contact_stop_group_id")),
        sa.ForeignKeyConstraint(["place_code"], ["place.code"], name=op.f("fk_contact_stop_place_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_stop")),
    )
    op.create_index("ix_contact_stop_group_id", "contact_stop", ["group_id", "id"])
    op.create_index("ix_contact_stop_place_code", "contact_stop", ["place_code", "id"])
    op.create_table(
        "contact_visit",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("group_id", Id, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("about_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('planned', 'held', 'closed', 'cancelled')", name=op.f("ck_contact_visit_state")),
        sa.ForeignKeyConstraint(["group_id"], ["contact_group.id"], name=op.f("fk_contact_visit_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_visit")),
    )
    op.create_index("ix_contact_visit_group_id", "contact_visit", ["group_id", "held_on", "id"])
    op.create_index("ix_contact_visit_held_on", "contact_visit", ["held_on", "id"])
    op.create_index("ix_contact_visit_state", "contact_visit", ["state", "held_on", "id"])
    op.create_table(
        "contact_visit_stop",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("visit_id", Id, nullable=False),
        sa.Column("stop_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["stop_id"], ["contact_stop.id"], name=op.f("fk_contact_visit_stop_stop_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["contact_visit.id"], name=op.f("fk_contact_visit_stop_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_visit_stop")),
        sa.UniqueConstraint("visit_id", "stop_id", name="uq_contact_visit_stop"),
    )
    op.create_index("ix_contact_visit_stop_stop_id", "contact_visit_stop", ["stop_id", "visit_id"])
    op.create_table(
        "contact_finding",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("visit_id", Id, nullable=False),
        sa.Column("form_digest", sa.LargeBinary(), nullable=False),
        sa.Column("group_id", Id, nullable=False),
        sa.Column("stop_id", Id, nullable=False),
        sa.Column("place_code", sa.String(length=12), nullable=False),
        sa.Column("township_code", sa.String(length=12), nullable=False),
        sa.Column("by_id", Id, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("handed_on", sa.Date(), nullable=True),
        sa.Column("sum", sa.JSON(), nullable=False),
        sa.Column("about_id", Id, nullable=True),
        sa.Column("need_id", Id, nullable=True),
        sa.Column("item_id", Id, nullable=True),
        sa.Column("petition_id", Id, nullable=True),
        sa.Column("subject_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("person_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("remark_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'found') = (due_on IS NOT NULL)", name=op.f("ck_contact_finding_due")),
        sa.CheckConstraint("(state = 'found') = (handed_on IS NULL)", name=op.f("ck_contact_finding_handed")),
        sa.CheckConstraint("(state = 'item') = (item_id IS NOT NULL)", name=op.f("ck_contact_finding_item")),
        sa.CheckConstraint("(state = 'letter') = (petition_id IS NOT NULL)", name=op.f("ck_contact_finding_letter")),
        sa.CheckConstraint("(state = 'need') = (need_id IS NOT NULL)", name=op.f("ck_contact_finding_need")),
        sa.CheckConstraint("(state = 'remark') = (remark_sealed IS NOT NULL)", name=op.f("ck_contact_finding_remark")),
        sa.CheckConstraint(
            "state IN ('found', 'need', 'item', 'letter', 'remark')", name=op.f("ck_contact_finding_state")
        ),
        sa.ForeignKeyConstraint(["about_id"], ["unit.id"], name=op.f("fk_contact_finding_about_id")),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_contact_finding_by_id")),
        sa.ForeignKeyConstraint(["group_id"], ["contact_group.id"], name=op.f("fk_contact_finding_group_id")),
        sa.ForeignKeyConstraint(["item_id"], ["screening_item.id"], name=op.f("fk_contact_finding_item_id")),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_contact_finding_need_id")),
        sa.ForeignKeyConstraint(["petition_id"], ["petition.id"], name=op.f("fk_contact_finding_petition_id")),
        sa.ForeignKeyConstraint(["place_code"], ["place.code"], name=op.f("fk_contact_finding_place_code")),
        sa.ForeignKeyConstraint(["stop_id"], ["contact_stop.id"], name=op.f("fk_contact_finding_stop_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["contact_visit.id"], name=op.f("fk_contact_finding_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_finding")),
        sa.UniqueConstraint("form_digest", name=op.f("uq_contact_finding_form_digest")),
    )
    op.create_index("ix_contact_finding_due", "contact_finding", ["state", "due_on", "id"])
    op.create_index("ix_contact_finding_group_id", "contact_finding", ["group_id", "id"])
    op.create_index("ix_contact_finding_item_id", "contact_finding", ["item_id"])
    op.create_index("ix_contact_finding_need_id", "contact_finding", ["need_id"])
    op.create_index("ix_contact_finding_petition_id", "contact_finding", ["petition_id"])
    op.create_index("ix_contact_finding_place_code", "contact_finding", ["place_code", "id"])
    op.create_index("ix_contact_finding_stop_id", "contact_finding", ["stop_id"])
    op.create_index("ix_contact_finding_township", "contact_finding", ["township_code", "id"])
    op.create_index("ix_contact_finding_visit_id", "contact_finding", ["visit_id", "id"])
    op.create_table(
        "contact_concern",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("unit_id", Id, nullable=True),
        sa.Column("person_digest", sa.LargeBinary(), nullable=True),
        sa.Column("finding_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["finding_id"], ["contact_finding.id"], name=op.f("fk_contact_concern_finding_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_contact_concern_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_concern")),
    )
    op.create_index("ix_contact_concern_finding_id", "contact_concern", ["finding_id"])
    op.create_index("ix_contact_concern_person_digest", "contact_concern", ["person_digest"])
    op.create_index("ix_contact_concern_unit_id", "contact_concern", ["unit_id"])
    op.create_table(
        "contact_photo",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("finding_id", Id, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["finding_id"], ["contact_finding.id"], name=op.f("fk_contact_photo_finding_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_photo")),
    )
    op.create_index("ix_contact_photo_finding_id", "contact_photo", ["finding_id"])


def downgrade() -> None:
    for table in (
        "contact_photo",
        "contact_concern",
        "contact_finding",
        "contact_visit_stop",
        "contact_visit",
        "contact_stop",
        "contact_member",
        "activity_picture",
        "contact_group",
        "activity",
    ):
        op.drop_table(table)
    # What belongs to rows that are no more: their record.
    op.execute("DELETE FROM entry WHERE thread IN ('contact_group', 'contact_visit', 'contact_finding', 'activity')")
