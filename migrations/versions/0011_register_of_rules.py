"""The register of rules: a rule, its versions, their articles, and the index that a search asks."""

import sqlalchemy as sa
from alembic import op

from core import search
from core.extensions import Id

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rule",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("serial", Id, nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("issuer", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('cadres', 'work', 'procedure', 'reception', 'conduct', 'study', 'prohibitions', 'pledge', "
            "'other')",
            name=op.f("ck_rule_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule")),
        sa.UniqueConstraint("number", name=op.f("uq_rule_number")),
        sa.UniqueConstraint("serial", name=op.f("uq_rule_serial")),
    )
    op.create_index("ix_rule_kind_id", "rule", ["kind", "id"])

    op.create_table(
        "rule_version",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("rule_id", Id, nullable=False),
        sa.Column("ordinal", Id, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("trial_until_on", sa.Date(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("(state = 'trial') = (trial_until_on IS NOT NULL)", name=op.f("ck_rule_version_trial")),
        sa.CheckConstraint(
            "(state IN ('amended', 'repealed')) = (until_on IS NOT NULL)", name=op.f("ck_rule_version_until_on")
        ),
        sa.CheckConstraint(
            "(state IN ('draft', 'discarded')) = (from_on IS NULL)", name=op.f("ck_rule_version_from_on")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'trial', 'in_force', 'amended', 'repealed', 'discarded')",
            name=op.f("ck_rule_version_state"),
        ),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_rule_version_days")),
        sa.ForeignKeyConstraint(["rule_id"], ["rule.id"], name=op.f("fk_rule_version_rule_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_version")),
        sa.UniqueConstraint("rule_id", "ordinal", name="uq_rule_version_rule_id_ordinal"),
    )
    op.create_index("ix_rule_version_state_id", "rule_version", ["state", "id"])
    op.create_index("ix_rule_version_trial_until_on", "rule_version", ["trial_until_on"])
    for name, condition in (("current", "state IN ('trial', 'in_force')"), ("draft", "state = 'draft'")):
        op.create_index(
            f"uq_rule_version_{name}",
            "rule_version",
            ["rule_id"],
            unique=True,
            sqlite_where=sa.text(condition),
            postgresql_where=sa.text(condition),
        )

    op.create_table(
        "rule_article",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("rule_id", Id, nullable=False),
        sa.Column("version_id", Id, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=10), nullable=False),
        sa.Column("heading", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["rule_id"], ["rule.id"], name=op.f("fk_rule_article_rule_id")),
        sa.ForeignKeyConstraint(["version_id"], ["rule_version.id"], name=op.f("fk_rule_article_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_article")),
        sa.UniqueConstraint("version_id", "number", name="uq_rule_article_version_id_number"),
    )
    op.create_index(op.f("ix_rule_article_rule_id"), "rule_article", ["rule_id"])
    op.create_index("ix_rule_article_version_id_position", "rule_article", ["version_id", "position"])
    search.create(op, "rule_search")


def downgrade() -> None:
    search.drop(op, "rule_search")
    for table in ("rule_article", "rule_version", "rule"):
        op.drop_table(table)
    # What belongs to rows that are no more: their record and the numbers they had.
    op.execute("DELETE FROM entry WHERE thread = 'rule'")
    op.execute("DELETE FROM serial WHERE kind = 'rule'")
