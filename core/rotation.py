"""A new sealing key, while the office goes on: everything is sealed again in short transactions.

What is sealed with a key other than the current one is still to do, so a rotation that was killed is simply run again.
The server takes up the new key by itself. An entry's proof is over its clear text, so the record stays as it is; this
is no change of content and goes past the session, which would ask for an entry. Keyed digests keep their keys for ever.

A file is replaced first and its digest is noted after: killed in between, the file opens at its place (nobody without
the keys can make one that does), and the next run notes its digest.
"""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from core import attachments, vault
from core.check import Counts, filled, models
from core.extensions import db, reading

_AT_ONCE = 300  # rows of one transaction


def unfinished(session: Session) -> bool:
    """Whether any row, or the file of any row, is sealed with another key than the current one."""
    for model in _with_sealed():
        if session.scalar(select(model.id).where(_old(model)).limit(1)) is not None:
            return True
    return any(_outdated(file.id) for file in attachments.named(session))


def seal_again() -> Counts:
    """Seal every value and every file with the current key; how many were sealed again."""
    counts: Counts = Counter()
    while done := _pass():  # once more, for what was being written with the old key when the first pass went by
        counts.update(done)
    return counts


def forget_old() -> Path | None:
    """Drop the old keys unless something needs them. Where a copy of them stays, or None if they are still needed."""
    with db.engine.begin() as connection:  # on SQLite nobody else writes from here on
        if connection.dialect.name == "postgresql":
            for model in _with_sealed():
                connection.exec_driver_sql(f'LOCK TABLE "{model.__tablename__}" IN SHARE MODE')
        if unfinished(Session(connection)):
            return None
        for _path, id in list(attachments.on_disk()):
            if id is not None and _outdated(id):  # no row names it
                with suppress(vault.Broken):
                    attachments.reseal(id)
        return vault.keys().forget_old()


def _with_sealed() -> Iterator[type[Any]]:
    return (model for model in models() if vault.sealed_columns(model))


def _old(model: type[Any]) -> ColumnElement[bool]:
    """The rows of a table that have a value sealed with another key."""
    current, _cipher = vault.keys().newest()
    columns = [getattr(model, name) for name in vault.sealed_columns(model)]
    return or_(*(func.substr(each, 1, len(current), type_=LargeBinary()) != current for each in columns))


def _outdated(id: int) -> bool:
    """Whether a file is sealed with another key; one that is missing is not."""
    try:
        with attachments.path_of(id).open("rb") as file:
            return vault.file_key(file.read(16)) != vault.keys().newest()[0]
    except FileNotFoundError:
        return False


def _pass() -> Counts:
    """Everything once. What comes into a table that is empty now is sealed with the current key already."""
    counts: Counts = Counter()
    with reading() as session:
        holding = filled(session)
    for model in (each for each in _with_sealed() if each.__tablename__ in holding):
        last: int | None = 0
        while last is not None:
            last = _some_rows(model, last, counts)
    with reading() as session:
        files = list(attachments.named(session))
    for file in files:
        with suppress(vault.Broken, FileNotFoundError):  # `flask check` names it
            _file(file, counts)
    return counts


def _some_rows(model: type[Any], after: int, counts: Counts) -> int | None:
    """Seal the next rows again in one short transaction; the id of the last, or None at the end."""
    began = time.monotonic()
    columns = vault.sealed_columns(model)
    wanted = select(model.id, *(getattr(model, name) for name in columns)).where(model.id > after, _old(model))
    with db.engine.begin() as connection:
        # A row that somebody holds at this moment is left to the next pass.
        wanted = wanted.order_by(model.id).limit(_AT_ONCE).with_for_update(skip_locked=True)
        found = connection.execute(wanted).all()
        fresh = [_fresh(model.__tablename__, row._asdict(), counts) for row in found]
        if fresh:
            names: dict[str, Any] = {name: bindparam(name) for name in columns}
            connection.execute(update(model.__table__).where(model.id == bindparam("own")).values(names), fresh)
    time.sleep(time.monotonic() - began)  # as long as it took: the others' turn
    return found[-1].id if found else None


def _fresh(table: str, row: dict[str, Any], counts: Counts) -> dict[str, Any]:
    """The values of a row as they are stored from now on, and its id as `own`."""
    id = row.pop("id")
    for name, value in row.items():
        if value is not None and not vault.current(value):
            with suppress(vault.Broken):  # `flask check` names it
                row[name] = vault.reseal(value, f"{table}.{name}:{id}")
                counts["values"] += 1
    return {**row, "own": id}


def _file(file: attachments.Named, counts: Counts) -> None:
    """Seal one file again and note its digest, or note the digest of one that was sealed before a kill."""
    if _outdated(file.id):
        fresh = attachments.reseal(file.id)
        counts["files"] += 1
    elif attachments.digest_on_disk(file.id) != file.digest:
        for _piece in attachments.stream(file.id):  # it opens, so it is ours
            pass
        fresh = attachments.digest_on_disk(file.id) or file.digest
    else:
        return
    table: Any = file.table
    with db.engine.begin() as connection:
        connection.execute(update(table.__table__).where(table.id == file.id).values(digest=fresh))
