"""Queries that come again, as their driver takes them.

What SQLAlchemy does around a statement takes several times as long as the statement. So a query that is asked again
(the same object) is kept as text, and goes to the driver past SQLAlchemy, in the transaction that SQLAlchemy began.
"""

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache, partial
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import (
    BindParameter,
    Connection,
    Dialect,
    Executable,
    Exists,
    Result,
    Row,
    Select,
    SelectBase,
    bindparam,
    literal_column,
    select,
)
from sqlalchemy.engine import IteratorResult
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.exc import CompileError
from sqlalchemy.sql import visitors
from sqlalchemy.sql.selectable import _OffsetLimitParam

_WORD = re.compile(r"\w*", re.ASCII)  # of ours, or a code


def ask(connection: Connection, query: Executable, values: dict[str, Any]) -> Result[*tuple[Any, ...]]:
    """What a query finds, with the values that come with this request."""
    known = _kept(query, connection.dialect) if isinstance(query, SelectBase) and connection.in_transaction() else None
    return known.found(connection, values) if known else connection.execute(query, values)


def whether(connection: Connection, queries: tuple[Select[Any], ...], values: dict[str, Any]) -> Row[*tuple[bool, ...]]:
    """Of each of these queries whether it finds something, in one statement."""
    return _together(queries, connection.dialect).found(connection, values).one()


class Kept:
    """A query as its driver takes it: the text, what is bound in it and how, and how its columns are read."""

    def __init__(self, query: Any, dialect: Dialect, written: tuple[type, ...] = (str, bool)) -> None:
        asked: set[str] = set()
        stands: Any = partial(_in_text, asked=asked, written=written)
        whole = visitors.replacement_traverse(query, {}, stands)
        made: Any = whole.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
        self.statement = str(made)
        self.places: list[str] | None = made.positiontup  # where they have no names
        of_lists = made._post_compile_expanded_state.processors if made._post_compile_expanded_state else {}
        self.bound = {name: {**made._bind_processors, **of_lists}.get(name) for name in made.params}
        self.given = {name: self._bind(name, value) for name, value in made.params.items() if name not in asked}
        self.types = [column.type for column in made._result_columns]
        self.columns: SimpleResultMetaData | None = None

    def found(self, connection: Connection, values: dict[str, Any]) -> Result[*tuple[Any, ...]]:
        asked = {name: self._bind(name, value) for name, value in values.items() if name in self.bound}
        given = {**self.given, **asked}
        parameters = given if self.places is None else tuple([given[name] for name in self.places])
        cursor, rows = _driven(connection, self.statement, parameters)
        return IteratorResult(self.columns or self._described(cursor.description, connection.dialect), iter(rows))

    def _bind(self, name: str, value: Any) -> Any:
        bind = self.bound[name]
        return bind(value) if bind else value

    def _described(self, columns: Sequence[Any], dialect: Dialect) -> SimpleResultMetaData:
        of = zip(self.types, columns, strict=True)
        read = [type.dialect_impl(dialect).result_processor(dialect, column[1]) for type, column in of]
        self.columns = SimpleResultMetaData([column[0] for column in columns], _processors=read)
        return self.columns


def _driven(connection: Connection, statement: str, parameters: Any) -> tuple[Any, list[Any]]:
    """The driver's cursor and the rows it found, in the running transaction. Its errors are told as any other's."""
    cursor: Any = connection.connection.cursor()
    try:
        for told in connection.dispatch.before_cursor_execute:
            statement, parameters = told(connection, cursor, statement, parameters, None, False)
        cursor.execute(statement, parameters)
        rows = cursor.fetchall()
    except BaseException as error:
        connection._handle_dbapi_exception(error, statement, parameters, cursor, None)
    return cursor, rows


_texts: WeakKeyDictionary[SelectBase, dict[str, Kept | None]] = WeakKeyDictionary()


def _kept(query: SelectBase, dialect: Dialect) -> Kept | None:
    """What is kept of it once it came before."""
    texts = _texts.get(query)
    if texts is None:  # it may never come again: many are put together for one page
        _texts[query] = {}
        return None
    if dialect.name not in texts:
        try:
            texts[dialect.name] = Kept(query, dialect)
        except CompileError:
            texts[dialect.name] = None
    return texts[dialect.name]


@lru_cache(256)
def _together(queries: tuple[Select[Any], ...], dialect: Dialect) -> Kept:
    """`SELECT EXISTS (…), EXISTS (…)`."""
    columns = [_whether(query).label(f"found_{place}") for place, query in enumerate(queries)]
    return Kept(select(*columns), dialect, written=(str, bool, date))


def _whether(query: Select[Any]) -> Exists:
    """Whether a query finds something, by its joins and conditions alone: what it reads, in which order, is dropped."""
    bare: Any = query.with_only_columns(literal_column("1"), maintain_column_froms=True).order_by(None).limit(None)
    plain: Select[Any] = select(literal_column("1")).select_from(*bare.get_final_froms()).correlate(None)
    return (plain if query.whereclause is None else plain.where(query.whereclause)).exists()


def _in_text(element: Any, asked: set[str], written: tuple[type, ...], **_more: Any) -> Any:
    """A parameter as it stands in a text that is kept.

    Limits and words are written out: SQLite plans a statement anew each time a value is bound that the condition of an
    index might be about, and PostgreSQL where it does not know how much will be found. What comes with each request is
    bound, and so is an id, a digest, and a text that is more than a word or a code; and a day that might be a column,
    since PostgreSQL would take it for a text.
    """
    if not isinstance(element, BindParameter):
        return None
    if element.required and element.expanding:
        raise CompileError("how many values there are is a part of the text")
    if element.required:
        asked.add(element.key)
        return bindparam(element.key, None, element.type)
    values: Any = element.value if element.expanding else [element.value]
    plain = all(isinstance(each, written) and (not isinstance(each, str) or _WORD.fullmatch(each)) for each in values)
    return element.render_literal_execute() if plain or isinstance(element, _OffsetLimitParam) else None
