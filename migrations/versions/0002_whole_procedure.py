"""The whole procedure: states, joint handling, joined letters, recusals, representatives."""

import sqlalchemy as sa
from alembic import op

from core import schema
from core.extensions import Id

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BEFORE = ("received", "registered", "accepted", "declined", "assigned", "handling", "drafted", "signed", "delivered")
SINCE = ("forwarded", "merged", "reviewing", "reviewed", "reexamining", "reexamined", "archived")
WITH_UNIT = ("assigned", "handling", "drafted", "signed", "delivered")


def one_of(words: tuple[str, ...], column: str = "state") -> str:
    return f"{column} IN ({', '.join(map(repr, words))})"


def upgrade() -> None:
    op.add_column("petition", sa.Column("verdict", sa.String(length=12), nullable=True))
    op.add_column("petition", sa.Column("solved", sa.String(length=12), nullable=True))
    op.add_column("petition", sa.Column("closed_on", sa.Date(), nullable=True))
    schema.add_reference(op, "petition", "drafted_by_id", "user")
    schema.add_reference(op, "petition", "merged_into_id", "petition")
    there = sa.text("merged_into_id IS NOT NULL")
    op.create_index(
        "ix_petition_merged_into", "petition", ["merged_into_id"], sqlite_where=there, postgresql_where=there
    )
    op.execute(
        "UPDATE petition SET closed_on = coalesce((SELECT date(at) FROM entry WHERE thread = 'petition' "
        "AND thread_id = petition.id AND action = 'close' ORDER BY number DESC LIMIT 1), received_on) "
        "WHERE state = 'closed'"
    )
    ended = one_of(("closed", "archived"))
    schema.set_checks(
        op,
        "petition",
        state=one_of((*BEFORE, "closed", *SINCE)),
        unit=f"{one_of((*WITH_UNIT, *SINCE[2:6]))} = (unit_id IS NOT NULL) OR {ended}",
        due_while_open=f"{ended} = (due_on IS NULL)",
        closed=f"{ended} = (closed_on IS NOT NULL)",
        merged="(state = 'merged') = (merged_into_id IS NOT NULL)",
        verdict=f"verdict IS NULL OR {one_of(('upheld', 'changed', 'revoked'), 'verdict')}",
        solved=f"solved IS NULL OR {one_of(('village', 'township', 'district', 'above', 'not_solved'), 'solved')}",
    )

    op.create_table(
        "part",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("unit_id", Id, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=True),
        sa.Column("released_on", sa.Date(), nullable=True),
        sa.Column("task_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("opinion_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("petition_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["petition_id"], ["petition.id"], name=op.f("fk_part_petition_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_part_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_part")),
        sa.UniqueConstraint("petition_id", "unit_id", name="uq_part_unit"),
    )
    op.create_index(op.f("ix_part_petition_id"), "part", ["petition_id"])
    op.create_index(op.f("ix_part_unit_id"), "part", ["unit_id"])
    op.create_table(
        "recusal",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("petition_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["petition_id"], ["petition.id"], name=op.f("fk_recusal_petition_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_recusal_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recusal")),
        sa.UniqueConstraint("user_id", "petition_id", name="uq_recusal_user"),
    )
    op.create_index(op.f("ix_recusal_petition_id"), "recusal", ["petition_id"])
    op.create_table(
        "representative",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("receipt_digest", sa.LargeBinary(), nullable=False),
        sa.Column("identity_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("petition_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["petition_id"], ["petition.id"], name=op.f("fk_representative_petition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_representative")),
        sa.UniqueConstraint("receipt_digest", name=op.f("uq_representative_receipt_digest")),
    )
    op.create_index(op.f("ix_representative_petition_id"), "representative", ["petition_id"])


def downgrade() -> None:
    op.drop_table("representative")
    op.drop_table("recusal")
    op.drop_table("part")
    op.drop_index("ix_petition_merged_into", table_name="petition")
    # What the older office has no word for goes to the nearest it has.
    for state, nearest in (
        ("forwarded", "declined"),
        ("merged", "accepted"),
        *((above, "delivered") for above in SINCE[2:6]),
        ("archived", "closed"),
    ):
        op.execute(f"UPDATE petition SET state = '{nearest}', merged_into_id = NULL WHERE state = '{state}'")
    schema.set_checks(
        op,
        "petition",
        state=one_of((*BEFORE, "closed")),
        unit=f"{one_of(WITH_UNIT)} = (unit_id IS NOT NULL) OR state = 'closed'",
        due_while_open="(state = 'closed') = (due_on IS NULL)",
        closed=None,
        merged=None,
        verdict=None,
        solved=None,
    )
    schema.drop_reference(op, "petition", "merged_into_id", "petition")
    schema.drop_reference(op, "petition", "drafted_by_id", "user")
    op.drop_column("petition", "closed_on")
    op.drop_column("petition", "solved")
    op.drop_column("petition", "verdict")
