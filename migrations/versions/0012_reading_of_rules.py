"""Who must read which rule by when, who has acknowledged which text, and the quiz on it."""

import sqlalchemy as sa
from alembic import op

from core.extensions import Id

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rule_assignment",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("rule_id", Id, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("everybody", sa.Boolean(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_by_id", Id, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("days > 0", name=op.f("ck_rule_assignment_days")),
        sa.CheckConstraint("issued_on <= due_on", name=op.f("ck_rule_assignment_due_on")),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_rule_assignment_state")),
        sa.ForeignKeyConstraint(["issued_by_id"], ["user.id"], name=op.f("fk_rule_assignment_issued_by_id")),
        sa.ForeignKeyConstraint(["rule_id"], ["rule.id"], name=op.f("fk_rule_assignment_rule_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_assignment")),
    )
    op.create_index("ix_rule_assignment_rule_id_id", "rule_assignment", ["rule_id", "id"])
    op.create_index("ix_rule_assignment_state_id", "rule_assignment", ["state", "id"])

    op.create_table(
        "rule_addressee",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("assignment_id", Id, nullable=False),
        sa.Column("role", sa.String(length=20), nullable=True),
        sa.Column("unit_id", Id, nullable=True),
        sa.CheckConstraint("(role IS NULL) <> (unit_id IS NULL)", name=op.f("ck_rule_addressee_one")),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["rule_assignment.id"], name=op.f("fk_rule_addressee_assignment_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_rule_addressee_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_addressee")),
    )
    op.create_index("ix_rule_addressee_assignment_id", "rule_addressee", ["assignment_id"])

    op.create_table(
        "rule_reading",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("rule_id", Id, nullable=False),
        sa.Column("version_id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("read_on", sa.Date(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["rule_id"], ["rule.id"], name=op.f("fk_rule_reading_rule_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_rule_reading_user_id")),
        sa.ForeignKeyConstraint(["version_id"], ["rule_version.id"], name=op.f("fk_rule_reading_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_reading")),
        sa.UniqueConstraint("version_id", "user_id", "year", name="uq_rule_reading_version_id_user_id_year"),
    )
    op.create_index(op.f("ix_rule_reading_rule_id"), "rule_reading", ["rule_id"])
    op.create_index("ix_rule_reading_user_id_id", "rule_reading", ["user_id", "id"])

    op.create_table(
        "rule_quiz",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("version_id", Id, nullable=False),
        sa.Column("pass_mark", sa.Integer(), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("pass_mark > 0", name=op.f("ck_rule_quiz_pass_mark")),
        sa.ForeignKeyConstraint(["version_id"], ["rule_version.id"], name=op.f("fk_rule_quiz_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_quiz")),
        sa.UniqueConstraint("version_id", name=op.f("uq_rule_quiz_version_id")),
    )


def downgrade() -> None:
    for table in ("rule_quiz", "rule_reading", "rule_addressee", "rule_assignment"):
        op.drop_table(table)
    # What belongs to rows that are no more: their record.
    op.execute("DELETE FROM entry WHERE thread IN ('rule_assignment', 'rule_reading', 'rule_quiz')")
