"""Needs of villages are found by their words: those that are there already are indexed."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.orm import Session

from core import search, vault

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    search.create(op, "need_search")
    with Session(op.get_bind()) as session:
        needs = session.execute(sa.text("SELECT id, title_sealed, text_sealed FROM need ORDER BY id"))
        for some in needs.partitions(200):
            search.Index("need_search").put_all(session, list(_texts(some)))


def downgrade() -> None:
    search.drop(op, "need_search")


def _texts(rows: Iterable[Any]) -> Iterator[tuple[int, str]]:
    for row in rows:
        sealed = {name: bytes(getattr(row, name)) for name in ("title_sealed", "text_sealed")}
        try:
            words = [str(json.loads(vault.open(value, f"need.{name}:{row.id}"))) for name, value in sealed.items()]
        except vault.Broken:
            continue  # what cannot be opened is named by `flask check`, and keeps nobody from going on
        yield row.id, "\n".join(words)
