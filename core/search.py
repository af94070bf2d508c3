"""One search for Chinese and English, right for words of two characters, over text that the database cannot read.

A text is taken apart into terms: runs of Chinese characters into overlapping pairs, Latin words and numbers whole. What
is indexed is a keyed digest of each term, so the index says which letters share terms, and how many, but no word of
them. SQLite keeps it in an FTS5 table without content, PostgreSQL in an array under a GIN index; both find the newest
letters first at the same cost whether a term stands in one letter or in all.

A query matches a text when each of its runs stands in it: a Chinese run anywhere, a word or number whole. Pairs do not
tell 甲乙丙 from 甲乙 … 乙丙, so whatever the index finds is verified on the opened text. A single Chinese character
has no term of its own (the few thousand characters are so uneven in use that their digests would give them away): for
it the newest letters are opened and read, some hundreds a page.
"""

import hashlib
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, Protocol

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    Row,
    Select,
    String,
    bindparam,
    case,
    column,
    delete,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, Session

from core import vault
from core.extensions import db, fetch

_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(rf"([{_HAN}]+)|\d+|[^\W\d_{_HAN}]+")
_DIGEST = 5  # bytes: among a million terms a letter shares one by chance once in thousands of searches
_MOST_TERMS = 32  # of a query; more would not narrow it, and FTS5 refuses some hundreds
_COMPARED = 4000  # characters of a text that are compared with those of others
_WITNESSES = 4
_NEAR = 300  # rows looked at, newest first, before the whole index is asked
_ROUNDS = 3


# --- terms ---------------------------------------------------------------------------------------------------------


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _runs(normal: str) -> Iterator[tuple[str, bool]]:
    """The runs of a text, and whether each is Chinese. Letters and digits are different runs: G318 is g and 318."""
    for found in _RUN.finditer(normal):
        yield found[0], found[1] is not None


def terms(text: str) -> set[str]:
    """What of a text is indexed, in clear."""
    found: set[str] = set()
    for run, chinese in _runs(_normal(text)):
        if chinese:
            found.update(run[start : start + 2] for start in range(len(run) - 1))
        else:
            found.add(run)
    return found


def searchable(query: str) -> bool:
    """Whether there is anything in a query to search for: a letter, a digit or a Chinese character."""
    return _RUN.search(_normal(query)) is not None


def verify(query: str, text: str) -> bool:
    """Whether each run of the query stands in the text: exact, whatever the index thought."""
    asked = _asked(query)
    if all(chinese and run in text for run, chinese in asked):
        return bool(asked)  # as it is written; no need to look at other forms of its characters
    normal = _normal(text)
    words: set[str] | None = None
    for run, chinese in asked:
        if not chinese and words is None:
            words = {word for word, han in _runs(normal) if not han}
        if run not in (normal if chinese else words or ()):
            return False
    return bool(asked)


@lru_cache(8)
def _asked(query: str) -> list[tuple[str, bool]]:
    return list(_runs(_normal(query)))


def alike(text: str, others: Mapping[int, str], *, most: int = 5, least: float = 0.2) -> list[int]:
    """Of these texts the few that say most nearly the same as `text`, the nearest first; by their keys.

    Two texts are as alike as the terms that they share weigh, beside all that either has (weighted Jaccard). A term
    weighs more the fewer of the texts have it: what stands in nearly all of them says nothing. Nothing but the words
    counts, and whether the matter is the same is for a person to judge.
    """
    found = {key: terms(words[:_COMPARED]) for key, words in others.items()}
    mine = terms(text[:_COMPARED])
    had_by = Counter(term for each in (mine, *found.values()) for term in each)
    weights = {term: math.log((1 + len(found)) / count) + 0.1 for term, count in had_by.items()}

    def near(theirs: set[str]) -> float:
        return sum(weights[term] for term in mine & theirs) / (sum(weights[term] for term in mine | theirs) or 1)

    nearest = sorted(((near(theirs), key) for key, theirs in found.items()), reverse=True)[:most]
    return [key for likeness, key in nearest if likeness >= least]


# --- the index -----------------------------------------------------------------------------------------------------


class Index:
    """The searchable texts of one room, in a table of its own whose name ends in `_search`."""

    def __init__(self, name: str) -> None:
        if not name.isidentifier() or not name.endswith("_search"):
            raise ValueError("the name of an index ends in _search")
        self.name = name

    def put(self, session: Session, id: int, text: str) -> None:
        """Index a new text, in the caller's transaction. A text already indexed is removed first."""
        self.put_all(session, [(id, text)])

    def put_all(self, session: Session, texts: Iterable[tuple[int, str]]) -> None:
        """Index many new texts at once."""
        if rows := [(id, self._digests(terms(text))) for id, text in texts]:
            _store(session, self.name).put(session, rows)

    def remove(self, session: Session, id: int, text: str) -> None:
        """Forget a text; it must be the very one that was put, since SQLite keeps nothing to look it up by."""
        _store(session, self.name).remove(session, id, self._digests(terms(text)))

    def holds(self, session: Session, id: int, text: str) -> bool:
        """Whether a search finds this text by a few of its terms: all of them were put in one go."""
        wanted = self._digests(terms(text))[:_WITNESSES]
        return not wanted or _store(session, self.name).holds(session, id, wanted)

    def empty(self, session: Session) -> None:
        """Forget every text: before all are put again, with a new key or after a restore."""
        _store(session, self.name).empty(session)

    def matching(self, query: str) -> FromClause:
        """The rows that have every term of the query: a table `hit` with a column `id`, to be joined.

        For figures. A query without a term (one character) finds nothing here, and a longer run is not verified.
        """
        return _store(db.session(), self.name).hits(self._digests(_some_terms(query)))

    def newest(
        self,
        statement: Select[*tuple[Any, ...]],
        id: InstrumentedAttribute[int],
        query: str,
        text: Callable[[Row[Any]], str],
        *,
        most: int,
        after: int | None = None,
    ) -> tuple[list[Row[Any]], int | None]:
        """The newest rows of `statement` whose `text` matches, at most `most`, and the key to go on from, or None.

        `statement` is what this user may see, filtered, in no order; `id` its key; `after` the key of the page
        before. A page may be short, or empty, and still have a key: then older rows wait to be looked at.
        """
        rows: list[Row[Any]] = []
        if not searchable(query):
            return rows, None
        session, wanted = db.session(), self._digests(_some_terms(query))
        size = most + 1 if wanted else max(most + 1, _NEAR // _ROUNDS)
        for _ in range(_ROUNDS):
            older = statement if after is None else statement.where(id < after)
            if wanted:
                batch = _store(session, self.name).newest(session, older, id, wanted, size, after)
            else:
                batch = fetch(session, older.order_by(id.desc()).limit(size)).all()
            for row in batch:
                if len(rows) == most:
                    return rows, after
                after = int(getattr(row, id.key))
                if verify(query, text(row)):
                    rows.append(row)
            if len(batch) < size:
                return rows, None
        return rows, after

    def _digests(self, found: set[str]) -> list[int]:
        """The digests of terms, sorted: another index has others for the same term."""
        person = hashlib.sha256(self.name.encode()).digest()[: hashlib.blake2b.PERSON_SIZE]
        blank = hashlib.blake2b(digest_size=_DIGEST, key=vault.mac_key("search"), person=person)
        digests = set()
        for term in found:
            each = blank.copy()
            each.update(term.encode())
            digests.add(int.from_bytes(each.digest()))
        return sorted(digests)


def _some_terms(query: str) -> set[str]:
    """Enough terms of a query to find its rows by; verify() sees to the rest."""
    return set(sorted(terms(query), key=lambda term: (len(term), term))[-_MOST_TERMS:])


# --- where it is kept ----------------------------------------------------------------------------------------------


class _Store(Protocol):
    """An index's table in one kind of database."""

    def __init__(self, name: str) -> None: ...
    def put(self, session: Session, rows: list[tuple[int, list[int]]]) -> None: ...
    def remove(self, session: Session, id: int, digests: list[int]) -> None: ...
    def empty(self, session: Session) -> None: ...
    def holds(self, session: Session, id: int, wanted: list[int]) -> bool: ...
    def hits(self, wanted: list[int]) -> FromClause: ...
    def newest(
        self,
        session: Session,
        rows: Select[*tuple[Any, ...]],
        id: InstrumentedAttribute[int],
        wanted: list[int],
        size: int,
        after: int | None,
    ) -> Sequence[Row[*tuple[Any, ...]]]: ...


class _Fts:
    """SQLite: FTS5 without content, without positions. Its rows stream, newest first, in the order of the row id."""

    def __init__(self, name: str) -> None:
        # FTS5 takes commands in, and the query at, a column with the table's own name.
        self.table = table(name, column("rowid", BigInteger), column("terms"), column(name))
        self.itself = self.table.c[name]
        self.one_more = insert(self.table)

    def put(self, session: Session, rows: list[tuple[int, list[int]]]) -> None:
        fresh = [{"rowid": id, "terms": self._tokens(digests)} for id, digests in rows]
        session.connection().execute(self.one_more, fresh)

    def remove(self, session: Session, id: int, digests: list[int]) -> None:
        command = {self.itself.name: "delete", "rowid": id, "terms": self._tokens(digests)}
        session.execute(insert(self.table).values(command))

    def empty(self, session: Session) -> None:
        session.execute(insert(self.table).values({self.itself.name: "delete-all"}))

    def holds(self, session: Session, id: int, wanted: list[int]) -> bool:
        found = select(self.table.c.rowid).where(
            self.itself.op("MATCH")(self._tokens(wanted)), self.table.c.rowid == id
        )
        return session.execute(found).first() is not None

    def hits(self, wanted: list[int]) -> FromClause:
        return self.matching(literal(self._tokens(wanted))) if wanted else self.matching(None)

    def matching(self, terms: ColumnElement[str] | None) -> FromClause:
        """The rows that have them all; none has no terms."""
        match = false() if terms is None else self.itself.op("MATCH", is_comparison=True)(terms)
        return select(self.table.c.rowid.label("id")).where(match).subquery("hit")

    def newest(
        self,
        session: Session,
        rows: Select[*tuple[Any, ...]],
        id: InstrumentedAttribute[int],
        wanted: list[int],
        size: int,
        after: int | None,
    ) -> Sequence[Row[*tuple[Any, ...]]]:
        newest = _newest_ids(rows, id)
        count, first, last = fetch(session, _extent(newest)).one()
        if count < _NEAR:  # that is all there is to see; among the hits it may lie far back
            # The hits stream and are tested: FTS5 would look for each of so many ids from the beginning of its list.
            hit = self.hits(wanted)
            near = (hit.c.id.between(first, last), (hit.c.id + 0).in_(newest)) if count else (false(),)
            few = select(hit.c.id).where(*near).order_by(hit.c.id.desc()).limit(size)
            return fetch(session, rows.where(id.in_(few)).order_by(id.desc()).limit(size)).all()
        later = {} if after is None else {"after": after}
        found = _streamed(self, rows, id, bool(later))
        return fetch(session, found, terms=self._tokens(wanted), size=size, **later).all()

    @staticmethod
    def _tokens(digests: list[int]) -> str:
        return " ".join(f"{digest:0{2 * _DIGEST}x}" for digest in digests)


class _Gin:
    """PostgreSQL: an array under a GIN index, which finds what is rare at once but fetches all of what is common.

    So the newest rows are looked at first: what is common fills the page from them, and only what is rare asks GIN.
    """

    def __init__(self, name: str) -> None:
        self.table = table(name, column("id", BigInteger), column("terms", ARRAY(BigInteger)))

    def put(self, session: Session, rows: list[tuple[int, list[int]]]) -> None:
        session.execute(insert(self.table), [{"id": id, "terms": digests} for id, digests in rows])

    def remove(self, session: Session, id: int, digests: list[int]) -> None:
        session.execute(delete(self.table).where(self.table.c.id == id))

    def empty(self, session: Session) -> None:
        session.execute(delete(self.table))

    def holds(self, session: Session, id: int, wanted: list[int]) -> bool:
        found = select(self.table.c.id).where(self._has(wanted), self.table.c.id == id)
        return session.execute(found).first() is not None

    def hits(self, wanted: list[int]) -> FromClause:
        found = select(self.table.c.id).where(self._has(wanted) if wanted else false())
        # Unless told otherwise the planner may walk the other table by its key and test each row: seconds.
        return found.cte("hit").prefix_with("MATERIALIZED", dialect="postgresql")

    def newest(
        self,
        session: Session,
        rows: Select[*tuple[Any, ...]],
        id: InstrumentedAttribute[int],
        wanted: list[int],
        size: int,
        after: int | None,
    ) -> Sequence[Row[*tuple[Any, ...]]]:
        # One plan for all words and all viewers: to make it takes longer than to run it.
        session.connection().exec_driver_sql("SET LOCAL plan_cache_mode = force_generic_plan")
        return fetch(session, _looked_through(self, rows, id, size), terms=wanted).all()

    def _has(self, wanted: list[int]) -> ColumnElement[bool]:
        return self.having(literal(wanted, ARRAY(BigInteger)))

    def having(self, wanted: ColumnElement[Any]) -> ColumnElement[bool]:
        """Whether a row has all terms of an array."""
        return self.table.c.terms.op("@>", is_comparison=True)(wanted)


@lru_cache(256)
def _streamed(
    index: _Fts, rows: Select[*tuple[Any, ...]], id: InstrumentedAttribute[int], later: bool
) -> Select[*tuple[Any, ...]]:
    """The hits, newest first. By the index's own id: by the other table's each would be fetched before one is told."""
    hit = index.matching(bindparam("terms", type_=String))
    found = rows.join(hit, hit.c.id == id).order_by(hit.c.id.desc()).limit(bindparam("size", type_=Integer))
    return found.where(hit.c.id < bindparam("after", type_=BigInteger)) if later else found


@lru_cache(256)
def _looked_through(
    index: _Gin, rows: Select[*tuple[Any, ...]], id: InstrumentedAttribute[int], size: int
) -> Select[*tuple[Any, ...]]:
    """The newest rows that have them; of all rows where those near do not fill the page, asked in the same statement.

    Both as an array, or the planner may walk the other table by its key and compare each row.
    """
    has = index.having(bindparam("terms", type_=ARRAY(BigInteger)))
    newest = _newest_ids(rows, id).subquery("newest")
    marked = select(newest.c.id, has.label("has")).join(index.table, index.table.c.id == newest.c.id, isouter=True)
    near = marked.cte("near").prefix_with("MATERIALIZED")
    fills = or_(func.count().filter(near.c.has) >= size, func.count() < _NEAR)
    enough = select(fills).select_from(near).scalar_subquery()
    few = func.array(select(near.c.id).where(near.c.has).order_by(near.c.id.desc()).limit(size).scalar_subquery())
    every = func.array(select(index.table.c.id).where(has).scalar_subquery())
    return rows.where(id == func.any(case((enough, few), else_=every))).order_by(id.desc()).limit(size)


@lru_cache(256)
def _newest_ids(rows: Select[*tuple[Any, ...]], id: InstrumentedAttribute[int]) -> Select[int]:
    return rows.with_only_columns(id.label("id")).order_by(id.desc()).limit(_NEAR)


@lru_cache(256)
def _extent(newest: Select[int]) -> Select[int, int | None, int | None]:
    """How many they are, the oldest and the newest: three numbers travel faster than three hundred."""
    near = newest.subquery("near")
    return select(func.count(), func.min(near.c.id), func.max(near.c.id)).select_from(near)


@cache
def _kept(kind: type[_Store], name: str) -> _Store:
    return kind(name)


def _store(session: Session, name: str) -> _Store:
    return _kept(_Fts if session.get_bind().dialect.name == "sqlite" else _Gin, name)


# --- migrations ----------------------------------------------------------------------------------------------------


def create(op: Any, name: str) -> None:
    """Make an index's table; `op` is Alembic's."""
    if op.get_context().dialect.name == "sqlite":
        tokens = "tokenize='unicode61 remove_diacritics 0'"
        op.execute(f"CREATE VIRTUAL TABLE {name} USING fts5(terms, content='', columnsize=0, detail=none, {tokens})")
        return
    op.execute(f"CREATE TABLE {name} (id bigint CONSTRAINT pk_{name} PRIMARY KEY, terms bigint[] NOT NULL)")
    op.execute(f"ALTER TABLE {name} ALTER COLUMN terms SET STORAGE EXTERNAL")  # digests do not compress
    # Without fastupdate each letter pays for itself; with it, one letter in hundreds waits seconds for all the others.
    op.execute(f"CREATE INDEX ix_{name}_terms ON {name} USING gin (terms) WITH (fastupdate = off)")


def drop(op: Any, name: str) -> None:
    """Remove an index's table."""
    op.execute(f"DROP TABLE {name}")


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """For Alembic's comparison: the tables of an index, and those SQLite keeps behind it, are no models."""
    return kind != "table" or name is None or re.search(r"_search(_[a-z]+)?$", name) is None
