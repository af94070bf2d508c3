"""Long work that goes on after its answer was sent: one at a time, with its progress; kept as a whole or not at all.

It lives in the server's own process and dies with it: then nothing of it was kept, and somebody starts it again.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from traceback import extract_tb
from typing import Any

from flask import Flask, current_app

from core.extensions import db


@dataclass
class Progress:
    """How far a piece of work is, and whether it came to its end."""

    total: int = 0
    done: int = 0
    kept: bool = False
    failed: bool = False
    made: bytes | None = field(default=None, repr=False)  # a file that waits in memory to be taken, where one was made
    made_at: datetime | None = None
    about: frozenset[int] = frozenset()  # the rows that stand in it, so that whoever takes it may still see them
    thread: threading.Thread | None = field(default=None, repr=False)

    @property
    def running(self) -> bool:
        """Whether it still goes on."""
        return not (self.kept or self.failed)


Work = Callable[[Progress], None]

_turn = threading.Lock()  # one piece of work at a time: each holds the database while it writes


def _known() -> dict[str, Progress]:
    known: dict[str, Progress] = current_app.extensions.setdefault("jobs", {})
    return known


def progress_of(name: str) -> Progress | None:
    """The progress of the last work of that name since the server began; None where there was none."""
    return _known().get(name)


def start(name: str, work: Work) -> Progress:
    """Begin a piece of work, unless it goes on already. The caller holds nothing of the database any more."""
    before = progress_of(name)
    if before is not None and before.running:
        return before
    progress = Progress()
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    progress.thread = threading.Thread(target=_run, args=(app, work, progress), name=name, daemon=True)
    _known()[name] = progress
    progress.thread.start()
    return progress


def _run(app: Flask, work: Work, progress: Progress) -> None:
    with _turn, app.app_context():
        try:
            work(progress)
            db.session.commit()
            progress.kept = True
        except Exception as error:
            db.session.rollback()
            progress.failed = True
            app.logger.error("long work failed: %s at %s", type(error).__name__, _where(error))
        finally:
            db.session.remove()


def _where(error: Any) -> str:
    """The places in the code alone: an error may quote a letter."""
    return "; ".join(f"{frame.name}:{frame.lineno}" for frame in extract_tb(error.__traceback__)[-3:])
