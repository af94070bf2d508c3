"""Rules of procedure: the table of decisions in versions. Image standards: sheets, drives, self-checks, remarks."""

import sqlalchemy as sa
from alembic import op

from core.extensions import Id, Moment

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_AUDIENCE = "audience IN ('own', 'leaders', 'unit')"


def upgrade() -> None:
    op.create_table(
        "decision_table",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("ask", sa.String(), nullable=False),
        sa.Column("held", sa.JSON(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("adopted_by", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'adopted', 'dropped')", name=op.f("ck_decision_table_state")),
        sa.CheckConstraint(
            "(state = 'adopted') = (effective_on IS NOT NULL)", name=op.f("ck_decision_table_effective")
        ),
        sa.CheckConstraint("(state = 'adopted') = (adopted_by IS NOT NULL)", name=op.f("ck_decision_table_adopted")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_table")),
        sa.UniqueConstraint("effective_on", name="uq_decision_table_effective_on"),
    )

    op.create_table(
        "image_sheet",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("audience", sa.String(length=8), nullable=False),
        sa.Column("held", sa.JSON(), nullable=False),
        sa.Column("used_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'used', 'retired')", name=op.f("ck_image_sheet_state")),
        sa.CheckConstraint(_AUDIENCE, name=op.f("ck_image_sheet_audience")),
        sa.CheckConstraint("state <> 'used' OR used_on IS NOT NULL", name=op.f("ck_image_sheet_used")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_image_sheet")),
    )
    op.create_table(
        "image_drive",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("sheet_id", Id, nullable=False),
        sa.Column("unit_id", Id, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_image_drive_state")),
        sa.CheckConstraint("from_on <= until_on", name=op.f("ck_image_drive_days")),
        sa.ForeignKeyConstraint(["sheet_id"], ["image_sheet.id"], name=op.f("fk_image_drive_sheet_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_image_drive_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_image_drive")),
    )
    op.create_index("ix_image_drive_state", "image_drive", ["state", "until_on", "id"])
    op.create_table(
        "image_check",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("drive_id", Id, nullable=False),
        sa.Column("member_id", Id, nullable=False),
        sa.Column("unit_id", Id, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("audience", sa.String(length=8), nullable=False),
        sa.Column("written_at", Moment(), nullable=False),
        sa.Column("corrected_at", Moment(), nullable=True),
        sa.Column("answers_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('done', 'withdrawn')", name=op.f("ck_image_check_state")),
        sa.CheckConstraint(_AUDIENCE, name=op.f("ck_image_check_audience")),
        sa.CheckConstraint("(state = 'withdrawn') = (answers_sealed IS NULL)", name=op.f("ck_image_check_withdrawn")),
        sa.ForeignKeyConstraint(["drive_id"], ["image_drive.id"], name=op.f("fk_image_check_drive_id")),
        sa.ForeignKeyConstraint(["member_id"], ["user.id"], name=op.f("fk_image_check_member_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_image_check_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_image_check")),
        sa.UniqueConstraint("drive_id", "member_id", name="uq_image_check_member"),
    )
    op.create_table(
        "image_remark",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("drive_id", Id, nullable=False),
        sa.Column("about_id", Id, nullable=False),
        sa.Column("by_id", Id, nullable=False),
        sa.Column("unit_id", Id, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("audience", sa.String(length=8), nullable=False),
        sa.Column("written_at", Moment(), nullable=False),
        sa.Column("corrected_at", Moment(), nullable=True),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('standing', 'withdrawn')", name=op.f("ck_image_remark_state")),
        sa.CheckConstraint(_AUDIENCE, name=op.f("ck_image_remark_audience")),
        sa.CheckConstraint("by_id <> about_id", name=op.f("ck_image_remark_other")),
        sa.CheckConstraint("(state = 'withdrawn') = (words_sealed IS NULL)", name=op.f("ck_image_remark_withdrawn")),
        sa.CheckConstraint("(answer_sealed IS NULL) = (answered_at IS NULL)", name=op.f("ck_image_remark_answered")),
        sa.ForeignKeyConstraint(["drive_id"], ["image_drive.id"], name=op.f("fk_image_remark_drive_id")),
        sa.ForeignKeyConstraint(["about_id"], ["user.id"], name=op.f("fk_image_remark_about_id")),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_image_remark_by_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_image_remark_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_image_remark")),
        sa.UniqueConstraint("drive_id", "about_id", "by_id", name="uq_image_remark_pair"),
    )
    op.create_index("ix_image_remark_by", "image_remark", ["drive_id", "by_id"])


def downgrade() -> None:
    op.drop_table("image_remark")
    op.drop_table("image_check")
    op.drop_table("image_drive")
    op.drop_table("image_sheet")
    op.drop_table("decision_table")
