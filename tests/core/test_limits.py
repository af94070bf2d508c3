"""Throttles: who guesses waits, nobody else does, and nothing of the guesser is left behind."""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from core import clock, limits, vault
from core.extensions import db
from core.limits import Limit, LimitWindow

FEW = Limit("few", most=3, seconds=300)
ALL = Limit("all", most=5, seconds=3600, alarm=True)
SLOW = Limit("slow", most=3, seconds=300, pause=20)
WIDE = Limit("wide", most=5, seconds=300, pause=4, alarm=True)
MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # a window of both limits begins here

At = Callable[..., None]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    """Sets the clock to so many seconds after the morning."""

    def set_clock(seconds: float) -> None:
        monkeypatch.setattr(clock, "now", lambda: MORNING + timedelta(seconds=seconds))

    set_clock(0)
    return set_clock


def fail(limit: Limit, key: str, times: int) -> None:
    for _ in range(times):
        limits.count(limit, key)


def test_so_many_failures_are_free_and_the_next_waits(context: Flask, at: At) -> None:
    fail(FEW, "a", 2)
    assert limits.wait(FEW, "a") == 0
    fail(FEW, "a", 1)
    assert limits.wait(FEW, "a") > 0


def test_one_who_fails_makes_nobody_else_wait(context: Flask, at: At) -> None:
    fail(FEW, "a", 9)
    assert limits.wait(FEW, "b") == 0
    assert limits.wait(Limit("another", 3, 300), "a") == 0


@pytest.mark.parametrize(("into", "failures"), [(0, 3), (299, 3), (150, 7)])
def test_after_the_wait_it_goes_on_and_not_a_second_before(context: Flask, at: At, into: int, failures: int) -> None:
    at(into)
    fail(FEW, "a", failures)
    seconds = limits.wait(FEW, "a")
    assert 0 < seconds <= 2 * FEW.seconds
    at(into + seconds - 1)
    assert limits.wait(FEW, "a") == 1
    at(into + seconds)
    assert limits.wait(FEW, "a") == 0


def test_the_edge_of_a_window_gives_no_second_helping(context: Flask, at: At) -> None:
    at(299)
    fail(FEW, "a", 3)
    at(301)
    assert limits.wait(FEW, "a") > 0


def test_a_failure_is_counted_although_the_answer_is_a_refusal(app: Flask, at: At) -> None:
    with app.test_request_context("/", method="POST"):
        db.session.execute(select(LimitWindow)).all()  # the request holds its own transaction
        limits.count(FEW, "a")
        db.session.rollback()
        assert db.session.scalars(select(LimitWindow.count)).all() == [1]


def test_nothing_is_left_of_an_address_when_its_windows_are_over(context: Flask, at: At) -> None:
    fail(FEW, "10.1.2.3", 2)
    kept = db.session.scalars(select(LimitWindow.bucket)).all()
    assert all(b"10.1.2.3" not in bucket and len(bucket) == 32 for bucket in kept)
    at(2 * FEW.seconds)
    fail(FEW, "10.9.9.9", 1)
    db.session.rollback()
    assert len(db.session.scalars(select(LimitWindow.bucket)).all()) == 1


def test_the_same_address_has_another_digest_in_each_window(context: Flask, at: At) -> None:
    fail(FEW, "a", 1)
    at(FEW.seconds)
    fail(FEW, "a", 1)
    kept = db.session.scalars(select(LimitWindow.bucket)).all()
    assert len(set(kept)) == 2


def test_the_alarm_sounds_once_a_window_and_names_nobody(
    context: Flask, at: At, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "core.limits"):
        fail(ALL, "", 4)
        assert not caplog.records
        fail(ALL, "", 4)
        assert [record.levelname for record in caplog.records] == ["WARNING"]
        at(ALL.seconds)
        fail(ALL, "", 2)
        assert len(caplog.records) == 2
    fail(FEW, "10.1.2.3", 9)
    assert "10.1.2.3" not in caplog.text


def test_eight_at_once_lose_no_count(app: Flask, at: At) -> None:
    def work() -> None:
        with app.app_context():
            fail(FEW, "a", 5)
            db.session.remove()

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with app.app_context():
        assert db.session.scalars(select(LimitWindow.count)).all() == [40]


# --- turns ---------------------------------------------------------------------------------------------------------


def wrong(*tries: tuple[Limit, str]) -> int:
    """Take a turn and be wrong, or hear how long to wait."""
    return limits.take_turn(*tries).wait


def right(*tries: tuple[Limit, str]) -> int:
    """Take a turn and be right, or hear how long to wait."""
    turn = limits.take_turn(*tries)
    turn.was_right()
    db.session.commit()
    return turn.wait


def test_beyond_the_limit_a_pause_follows_each_failure_ever_longer_and_never_long(context: Flask, at: At) -> None:
    answers, now = [], 0
    for _ in range(18):
        answers.append(wrong((SLOW, "a")))
        now += answers[-1]
        at(now)
    assert answers == [0, 0, 0, 1, 0, 2, 0, 4, 0, 8, 0, 16, 0, 20, 0, 20, 0, 20]


def test_after_a_pause_it_goes_on_and_not_a_moment_before(context: Flask, at: At) -> None:
    for _ in range(3):
        wrong((SLOW, "a"))
    at(0.9)
    assert right((SLOW, "a")) == 1
    at(1)
    assert right((SLOW, "a")) == 0


def test_the_edge_of_a_window_ends_no_pause(context: Flask, at: At) -> None:
    at(SLOW.seconds - 1)
    fail(SLOW, "a", 9)
    assert wrong((SLOW, "a")) == 0
    at(SLOW.seconds + 1)
    assert wrong((SLOW, "a")) == 18
    at(SLOW.seconds + 19)
    assert wrong((SLOW, "a")) == 0


def test_a_quiet_while_makes_the_pauses_short_again(context: Flask, at: At) -> None:
    fail(SLOW, "a", 30)
    wrong((SLOW, "a"))
    assert wrong((SLOW, "a")) == SLOW.pause
    at(2 * SLOW.seconds)
    assert [wrong((SLOW, "a")) for _ in range(4)] == [0, 0, 0, 1]


def test_one_pause_keeps_nobody_else_waiting(context: Flask, at: At) -> None:
    while not wrong((SLOW, "a")):
        pass
    assert wrong((SLOW, "b")) == 0
    assert wrong((WIDE, "a")) == 0


def test_whoever_has_to_wait_has_not_tried(context: Flask, at: At) -> None:
    for _ in range(3):
        wrong((SLOW, "a"))
    for _ in range(20):
        assert wrong((SLOW, "a"), (WIDE, "here")) == 1
    at(1)
    assert wrong((SLOW, "a"), (WIDE, "here")) == 0
    assert wrong((SLOW, "a")) == 2
    assert wrong((WIDE, "here")) == 0


def test_what_is_right_counts_for_nothing_and_is_followed_by_no_pause(context: Flask, at: At) -> None:
    for _ in range(20):
        assert right((SLOW, "a"), (WIDE, "here")) == 0
    assert [wrong((SLOW, "a")) for _ in range(3)] == [0, 0, 0]
    at(1)
    for _ in range(20):
        assert right((SLOW, "a"), (WIDE, "here")) == 0
    assert wrong((SLOW, "a")) == 0
    assert wrong((SLOW, "a")) == 2


def test_what_is_right_does_not_end_the_pause_after_what_somebody_else_had_wrong(context: Flask, at: At) -> None:
    wrong((SLOW, "a"))
    being_checked = limits.take_turn((SLOW, "a"))
    assert wrong((SLOW, "a")) == 0
    being_checked.was_right()
    db.session.commit()
    assert wrong((SLOW, "a")) == 1


def test_of_many_at_once_no_more_come_through_than_one_after_another(app: Flask, at: At) -> None:
    def work(found: list[int]) -> None:
        with app.app_context():
            found += [wrong((SLOW, "a"), (WIDE, "here")) for _ in range(3)]
            db.session.remove()

    waits: list[int] = []
    workers = [threading.Thread(target=work, args=[waits]) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(waits) == [0] * 3 + [1] * 21


def test_the_longest_pause_sounds_the_alarm_once_a_window(
    context: Flask, at: At, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "core.limits"):
        for second in range(0, 24, 4):
            at(second)
            assert wrong((WIDE, "10.1.2.3")) == 0
        assert not caplog.records
        for second in range(24, 48, 4):
            at(second)
            assert wrong((WIDE, "10.1.2.3")) == 0
        assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "10.1.2.3" not in caplog.text


# --- keys and addresses --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["", "\0", "\ud800", "张" * 5000])
def test_any_key_is_counted(context: Flask, at: At, key: str) -> None:
    fail(FEW, key, 3)
    assert limits.wait(FEW, key) > 0


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "found"),
    [
        (0, "10.0.0.9", "1.1.1.1", "10.0.0.9"),
        (1, "127.0.0.1", "10.0.0.9", "10.0.0.9"),
        (1, "127.0.0.1", "6.6.6.6, 10.0.0.9", "10.0.0.9"),
        (2, "127.0.0.1", "6.6.6.6, 10.0.0.9, 10.0.0.1", "10.0.0.9"),
        (2, "127.0.0.1", "10.0.0.9", "10.0.0.9"),
        (1, "127.0.0.1", None, "127.0.0.1"),
        (1, "127.0.0.1", "not an address", "127.0.0.1"),
        (1, "127.0.0.1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (0, "::ffff:10.0.0.9", None, "10.0.0.9"),
    ],
)
def test_a_visitor_cannot_choose_the_address_that_waits(
    offices: object, proxies: int, peer: str, forwarded: str | None, found: str
) -> None:
    office: Flask = offices.make("sqlite", TRUSTED_PROXIES=proxies)  # type: ignore[attr-defined]
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    with office.test_request_context("/", environ_base={"REMOTE_ADDR": peer}, headers=headers) as context:
        assert limits.client_address(context.request) == found


def test_the_key_of_the_digests_is_the_office_s_own(context: Flask, at: At) -> None:
    fail(FEW, "a", 1)
    window = int(MORNING.timestamp()) // FEW.seconds
    stored = db.session.scalars(select(LimitWindow.bucket)).one()
    assert stored == vault.mac("address", f"few\0{window}\0a".encode())
