"""Villages and needs: pairings, members and goals; needs, their clocks, measures, progress, photos and origin."""

import sqlalchemy as sa
from alembic import op

from core.extensions import Id

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pairing",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("unit_id", Id, nullable=False),
        sa.Column("place_code", sa.String(length=12), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'ended') = (ended_on IS NOT NULL)", name=op.f("ck_pairing_ended")),
        sa.CheckConstraint("state IN ('running', 'ended')", name=op.f("ck_pairing_state")),
        sa.CheckConstraint("from_on <= until_on", name=op.f("ck_pairing_term")),
        sa.ForeignKeyConstraint(["place_code"], ["place.code"], name=op.f("fk_pairing_place_code")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_pairing_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pairing")),
    )
    op.create_index(
        "ix_pairing_running",
        "pairing",
        ["until_on"],
        sqlite_where=sa.text("ended_on IS NULL"),
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    op.create_index("ix_pairing_place_code_id", "pairing", ["place_code", "id"])
    op.create_index("ix_pairing_unit_id_id", "pairing", ["unit_id", "id"])
    op.create_index(
        "uq_pairing_running",
        "pairing",
        ["unit_id", "place_code"],
        unique=True,
        sqlite_where=sa.text("ended_on IS NULL"),
        postgresql_where=sa.text("ended_on IS NULL"),
    )

    op.create_table(
        "need",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("form_digest", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("terms", sa.String(length=20), nullable=False),
        sa.Column("place_code", sa.String(length=12), nullable=False),
        sa.Column("township_code", sa.String(length=12), nullable=False),
        sa.Column("unit_id", Id, nullable=True),
        sa.Column("raised_by_id", Id, nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("wanted_on", sa.Date(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("reported_on", sa.Date(), nullable=True),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("title_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('water', 'road', 'farming', 'market', 'housing', "
            "'care', 'school', 'health', 'environment', 'other')",
            name=op.f("ck_need_kind"),
        ),
        sa.CheckConstraint("state <> 'confirmed' OR confirmed_on IS NOT NULL", name=op.f("ck_need_confirmed")),
        sa.CheckConstraint(
            "state IN ('closed', 'declined', 'withdrawn') = (ended_on IS NOT NULL)", name=op.f("ck_need_ended")
        ),
        sa.CheckConstraint(
            "state IN ('raised', 'planned', 'under_way', 'reported', 'confirmed', 'closed', 'declined', 'withdrawn')",
            name=op.f("ck_need_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('planned', 'under_way', 'reported', 'confirmed') OR unit_id IS NOT NULL",
            name=op.f("ck_need_unit"),
        ),
        sa.ForeignKeyConstraint(["place_code"], ["place.code"], name=op.f("fk_need_place_code")),
        sa.ForeignKeyConstraint(["raised_by_id"], ["user.id"], name=op.f("fk_need_raised_by_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_need_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need")),
        sa.UniqueConstraint("form_digest", name=op.f("uq_need_form_digest")),
    )
    op.create_index("ix_need_kind_id", "need", ["kind", "id"])
    op.create_index("ix_need_place_code_id", "need", ["place_code", "id"])
    op.create_index("ix_need_state_due", "need", ["state", "due_on", "id"])
    op.create_index("ix_need_township_code_id", "need", ["township_code", "id"])
    op.create_index(
        "ix_need_unit_id_id",
        "need",
        ["unit_id", "id"],
        sqlite_where=sa.text("unit_id IS NOT NULL"),
        postgresql_where=sa.text("unit_id IS NOT NULL"),
    )

    op.create_table(
        "pairing_goal",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("owner_id", Id, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reached_on", sa.Date(), nullable=True),
        sa.Column("title_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("measures_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("outcome_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("pairing_id", Id, nullable=False),
        sa.CheckConstraint("(state = 'reached') = (outcome_sealed IS NOT NULL)", name=op.f("ck_pairing_goal_outcome")),
        sa.CheckConstraint("(state = 'reached') = (reached_on IS NOT NULL)", name=op.f("ck_pairing_goal_reached")),
        sa.CheckConstraint("state IN ('open', 'reached', 'dropped')", name=op.f("ck_pairing_goal_state")),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_pairing_goal_owner_id")),
        sa.ForeignKeyConstraint(["pairing_id"], ["pairing.id"], name=op.f("fk_pairing_goal_pairing_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pairing_goal")),
    )
    op.create_index("ix_pairing_goal_due", "pairing_goal", ["due_on", "id"])
    op.create_index(
        "ix_pairing_goal_open",
        "pairing_goal",
        ["due_on"],
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(op.f("ix_pairing_goal_pairing_id"), "pairing_goal", ["pairing_id"])

    op.create_table(
        "pairing_member",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("pairing_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["pairing_id"], ["pairing.id"], name=op.f("fk_pairing_member_pairing_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_pairing_member_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pairing_member")),
    )
    op.create_index(op.f("ix_pairing_member_pairing_id"), "pairing_member", ["pairing_id"])
    op.create_index(op.f("ix_pairing_member_user_id"), "pairing_member", ["user_id"])

    op.create_table(
        "need_clock",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=12), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("stopped_on", sa.Date(), nullable=True),
        sa.Column("sum", sa.JSON(), nullable=False),
        sa.Column("need_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_need_clock_need_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_clock")),
    )
    op.create_index(op.f("ix_need_clock_need_id"), "need_clock", ["need_id"])

    op.create_table(
        "need_measure",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("owner_id", Id, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("planned_fen", sa.BigInteger(), nullable=False),
        sa.Column("spent_fen", sa.BigInteger(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("budget_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("need_id", Id, nullable=False),
        sa.CheckConstraint("(state = 'done') = (done_on IS NOT NULL)", name=op.f("ck_need_measure_done")),
        sa.CheckConstraint("state IN ('open', 'done', 'dropped')", name=op.f("ck_need_measure_state")),
        sa.CheckConstraint("planned_fen >= 0 AND spent_fen >= 0", name=op.f("ck_need_measure_money")),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_need_measure_need_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_need_measure_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_measure")),
    )
    op.create_index(op.f("ix_need_measure_need_id"), "need_measure", ["need_id"])
    op.create_index(
        "ix_need_measure_open",
        "need_measure",
        ["due_on"],
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("ix_need_measure_owner_id", "need_measure", ["owner_id"])

    op.create_table(
        "need_progress",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("measure_id", Id, nullable=False),
        sa.Column("by_id", Id, nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("spent_fen", sa.BigInteger(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("need_id", Id, nullable=False),
        sa.CheckConstraint("spent_fen >= 0", name=op.f("ck_need_progress_money")),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_need_progress_by_id")),
        sa.ForeignKeyConstraint(["measure_id"], ["need_measure.id"], name=op.f("fk_need_progress_measure_id")),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_need_progress_need_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_progress")),
    )
    op.create_index(op.f("ix_need_progress_measure_id"), "need_progress", ["measure_id"])
    op.create_index(op.f("ix_need_progress_need_id"), "need_progress", ["need_id"])

    op.create_table(
        "need_origin",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("need_id", Id, nullable=False),
        sa.Column("petition_id", Id, nullable=True),
        sa.Column("item_id", Id, nullable=True),
        sa.Column("visit_id", Id, nullable=True),
        sa.CheckConstraint(
            "(CASE WHEN petition_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN item_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN visit_id IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_need_origin_one"),
        ),
        sa.ForeignKeyConstraint(["item_id"], ["screening_item.id"], name=op.f("fk_need_origin_item_id")),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_need_origin_need_id")),
        sa.ForeignKeyConstraint(["petition_id"], ["petition.id"], name=op.f("fk_need_origin_petition_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_need_origin_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_origin")),
    )
    op.create_index(op.f("ix_need_origin_item_id"), "need_origin", ["item_id"])
    op.create_index(op.f("ix_need_origin_need_id"), "need_origin", ["need_id"])
    op.create_index(op.f("ix_need_origin_petition_id"), "need_origin", ["petition_id"])
    op.create_index(op.f("ix_need_origin_visit_id"), "need_origin", ["visit_id"])

    op.create_table(
        "need_photo",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("progress_id", Id, nullable=True),
        sa.Column("moment", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("need_id", Id, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("moment IN ('need', 'before', 'after')", name=op.f("ck_need_photo_moment")),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_need_photo_need_id")),
        sa.ForeignKeyConstraint(["progress_id"], ["need_progress.id"], name=op.f("fk_need_photo_progress_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_photo")),
    )
    op.create_index(op.f("ix_need_photo_need_id"), "need_photo", ["need_id"])
    op.create_index(op.f("ix_need_photo_progress_id"), "need_photo", ["progress_id"])


def downgrade() -> None:
    for table in (
        "need_photo",
        "need_origin",
        "need_progress",
        "need_measure",
        "need_clock",
        "pairing_member",
        "pairing_goal",
        "need",
        "pairing",
    ):
        op.drop_table(table)
