"""Daily work: saved filters, digests, templates for answers, tables of an old register."""

import sqlalchemy as sa
from alembic import op

from core.extensions import Id, Moment

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_filter",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("held_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_saved_filter_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
    )
    op.create_index(op.f("ix_saved_filter_user_id"), "saved_filter", ["user_id"])

    op.create_table(
        "phrase",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("unit_id", Id, nullable=True),
        sa.Column("held_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("retired_at", Moment, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_phrase_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phrase")),
    )
    op.create_index(op.f("ix_phrase_unit_id"), "phrase", ["unit_id"])

    op.create_table(
        "ledger_table",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("read_at", Moment, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("rows_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('read', 'imported', 'dropped')", name=op.f("ck_ledger_table_state")),
        sa.CheckConstraint(
            "(state = 'read') = (rows_sealed IS NOT NULL)", name=op.f("ck_ledger_table_rows_while_read")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_ledger_table_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_table")),
    )
    op.create_index(op.f("ix_ledger_table_user_id"), "ledger_table", ["user_id"])
    imported = sa.text("state = 'imported'")
    op.create_index(
        "uq_ledger_table_imported",
        "ledger_table",
        ["digest"],
        unique=True,
        sqlite_where=imported,
        postgresql_where=imported,
    )

    op.create_table(
        "digest_address",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_digest_address_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest_address")),
        sa.UniqueConstraint("user_id", name="uq_digest_address_user_id"),
    )
    op.create_table(
        "digest",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("day_on", sa.Date(), nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("sent_at", Moment, nullable=True),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("soon", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_digest_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest")),
        sa.UniqueConstraint("user_id", "day_on", name="uq_digest_user_id"),
    )


def downgrade() -> None:
    op.drop_table("digest")
    op.drop_table("digest_address")
    op.drop_table("ledger_table")
    op.drop_table("phrase")
    op.drop_table("saved_filter")
