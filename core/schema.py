"""What migrations need and Alembic has not: CHECKs and columns of a table changed in place, its rows untouched.

SQLite can only copy a table into a new one, which with foreign keys on tears off whatever refers to it, and with a
hundred thousand rows takes its time. For a change that leaves the rows as they lie on the disk it documents another
way: to correct the table's own statement (https://www.sqlite.org/lang_altertable.html, section 8).
"""

import re
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa


def set_checks(op: Any, table: str, **checks: str | None) -> None:
    """Give CHECK constraints, by the end of their name, another condition; None removes one."""
    if _postgres(op):
        for name, condition in checks.items():
            op.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS ck_{table}_{name}")
            if condition:
                op.execute(f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_{name} CHECK ({condition})")
        return

    def change(statement: str) -> str:
        for name, condition in checks.items():
            statement = _without_check(statement, f"ck_{table}_{name}")
            if condition:
                head, _, tail = statement.rpartition(")")
                statement = f"{head.rstrip()}, CONSTRAINT ck_{table}_{name} CHECK ({condition}))" + tail
        return statement

    _restate(op, table, change)


def add_reference(op: Any, table: str, column: str, other: str) -> None:
    """Add an empty column that refers to the id of another table."""
    kind = "BIGINT" if _postgres(op) else "INTEGER"
    op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind} {_reference(table, column, other)}")


def drop_reference(op: Any, table: str, column: str, other: str) -> None:
    """Remove such a column; SQLite lets go of one only when it refers to nothing any more."""
    if not _postgres(op):
        _restate(op, table, lambda statement: statement.replace(" " + _reference(table, column, other), ""))
    op.drop_column(table, column)


def _reference(table: str, column: str, other: str) -> str:
    return f'CONSTRAINT fk_{table}_{column} REFERENCES "{other}" (id)'


def _postgres(op: Any) -> bool:
    return bool(op.get_context().dialect.name == "postgresql")


def _without_check(statement: str, name: str) -> str:
    """The statement of a table without one CHECK, which ends at the bracket that closes it."""
    found = re.search(rf',\s*CONSTRAINT "?{name}"? CHECK \(', statement)
    if found is None:
        return statement
    depth, end = 1, found.end()
    while depth:
        depth += {"(": 1, ")": -1}.get(statement[end], 0)
        end += 1
    return statement[: found.start()] + statement[end:]


def _restate(op: Any, table: str, change: Callable[[str], str]) -> None:
    """Correct the statement of a table, and let SQLite read it anew."""
    database = op.get_bind()
    stored = sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :table")
    statement = change(database.execute(stored, {"table": table}).scalar_one())
    version = database.exec_driver_sql("PRAGMA schema_version").scalar_one()
    database.exec_driver_sql("PRAGMA writable_schema = ON")
    corrected = sa.text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = :table")
    database.execute(corrected, {"sql": statement, "table": table})
    database.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    database.exec_driver_sql("PRAGMA writable_schema = OFF")
