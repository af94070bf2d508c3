"""What we compare with: one table, one page of 25 rows found by an index, one form, one durable insert; nothing else.

`python -m bench.bare FOLDER [DATABASE_URL]` serves it with the very server that serves the office.
"""

import random
import socket
import sys
from datetime import date, timedelta
from pathlib import Path

from flask import Flask, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Index, String, event, func, insert, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from serve import attach

ROWS = 100_000
PAGE = 25
FIRST = date(2025, 1, 1)


class Base(DeclarativeBase):
    """The tables."""


class Item(Base):
    """A row with as many columns as a line of the queue shows."""

    __tablename__ = "item"
    __table_args__ = (Index("ix_item_state_due", "state", "due_on", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(12))
    kind: Mapped[str] = mapped_column(String(12))
    due_on: Mapped[date]
    place: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(200))


db = SQLAlchemy(model_class=Base)


def make(folder: Path, url: str) -> Flask:
    """The bare application."""
    app = Flask(__name__)
    url = url.replace("postgresql:", "postgresql+psycopg:", 1)
    app.config["SQLALCHEMY_DATABASE_URI"] = url or f"sqlite:///{folder / 'bare.db'}"
    db.init_app(app)
    with app.app_context():
        if not url:
            event.listen(db.engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=FULL") and None)
            with db.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        db.create_all()
        if not db.session.scalar(select(func.count()).select_from(Item)):
            fill()

    @app.get("/page")
    def page() -> ResponseReturnValue:
        wanted = select(Item).where(Item.state == "open").order_by(Item.due_on, Item.id).limit(PAGE)
        return render_template("page.html", items=db.session.scalars(wanted).all())

    @app.get("/form")
    def form() -> ResponseReturnValue:
        return render_template("form.html")

    @app.post("/form")
    def write() -> ResponseReturnValue:
        subject = request.form["subject"]
        db.session.add(Item(number="", state="new", kind="", due_on=FIRST, place="", subject=subject))
        db.session.commit()
        return redirect("/page", 303)

    return app


def fill() -> None:
    """As many rows as the larger office has letters."""
    chance = random.Random(1)
    rows = [
        {
            "number": f"2026-{n:05d}",
            "state": chance.choice(("open", "closed")),
            "kind": chance.choice(("proposal", "accusation", "claim")),
            "due_on": FIRST + timedelta(chance.randrange(700)),
            "place": f"邾城街道 / 社区{chance.randrange(600)}",
            "subject": f"关于第{n}号水泵损坏要求修理的来信",
        }
        for n in range(ROWS)
    ]
    db.session.execute(insert(Item), rows)
    db.session.commit()


def main(folder: str, url: str = "") -> None:
    """Serve until stopped; the first line says where."""
    door = socket.create_server(("127.0.0.1", 0))
    app = make(Path(folder), url)
    server = attach(app, door)
    print(f"http://127.0.0.1:{door.getsockname()[1]} ", flush=True)
    server.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
