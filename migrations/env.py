"""How a migration reaches the office's database: in one transaction that holds the write lock."""

from contextlib import nullcontext

from alembic import context
from flask import current_app

from core import search
from core.extensions import db

engine = db.engine


def run() -> None:
    """Apply the migrations; on SQLite set the journal to WAL first, before any server has the file open."""
    given = context.config.attributes.get("connection")  # of a caller in whose transaction it is to happen
    if given is None and engine.dialect.name == "sqlite":
        raw = engine.raw_connection()
        raw.execute("PRAGMA journal_mode=WAL")
        raw.close()
    with nullcontext(given) if given is not None else engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            include_name=search.include_name,
            transaction_per_migration=False,
            **current_app.extensions["migrate"].configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
