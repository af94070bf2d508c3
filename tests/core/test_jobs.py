"""Long work goes on after its answer: one at a time, with its progress, kept as a whole or not at all."""

import threading

from flask import Flask
from sqlalchemy import select

from core import clock, jobs
from core.extensions import db
from core.jobs import Progress
from core.places import Place


def wait(progress: Progress) -> None:
    assert progress.thread is not None
    progress.thread.join()


def place(code: str) -> None:
    db.session.add(Place(code=code, name="新村", parent_code="420117001", level="village", changed_at=clock.now()))
    db.session.flush()


def places() -> set[str]:
    with db.session() as session:
        return set(session.scalars(select(Place.code)))


def test_what_it_wrote_is_kept_at_its_end(context: Flask) -> None:
    before = places()
    db.session.remove()
    progress = jobs.start("a", lambda _progress: place("420117001099"))
    wait(progress)
    assert progress.kept
    assert places() - before == {"420117001099"}


def test_nothing_is_kept_of_what_fails_and_it_can_be_begun_again(context: Flask) -> None:
    before = places()
    db.session.remove()

    def breaks(_progress: Progress) -> None:
        place("420117001099")
        raise ZeroDivisionError

    first = jobs.start("a", breaks)
    wait(first)
    assert first.failed
    assert not first.running
    assert places() == before
    db.session.remove()
    again = jobs.start("a", lambda _progress: place("420117001098"))
    wait(again)
    assert places() - before == {"420117001098"}


def test_a_work_that_goes_on_is_not_begun_twice_and_another_waits_its_turn(context: Flask) -> None:
    begun, go_on = threading.Event(), threading.Event()
    order: list[str] = []

    def slow(progress: Progress) -> None:
        progress.total, progress.done = 2, 1
        begun.set()
        go_on.wait()
        order.append("slow")

    first = jobs.start("slow", slow)
    begun.wait()
    second = jobs.start("quick", lambda _progress: order.append("quick"))
    assert jobs.start("slow", slow) is first
    seen = jobs.progress_of("slow")
    assert seen is not None
    assert (seen.running, seen.done, seen.total) == (True, 1, 2)
    go_on.set()
    wait(first)
    wait(second)
    assert order == ["slow", "quick"]
    assert jobs.progress_of("never") is None
