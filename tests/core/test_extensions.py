"""The transaction rule: a successful change is kept in one place, all else is dropped, and a GET never writes."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import count
from typing import Any

import psycopg
import pytest
from flask import Flask, abort
from sqlalchemy import (
    JSON,
    Boolean,
    Connection,
    Date,
    LargeBinary,
    String,
    bindparam,
    event,
    exists,
    func,
    insert,
    literal,
    null,
    select,
    text,
    type_coerce,
)
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import joinedload

from blueprints.accounts.models import Unit, User
from blueprints.petitions.docket.models import Petition
from core.extensions import Base, Moment, aside, beside, csrf, db, fetch, new_id, on_commit, on_rollback, which_find
from core.limits import LimitWindow
from core.permissions import allow
from core.roles import Role
from core.serials import Serial
from tests.browse import Browser, queries

MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
undone: list[str] = []


def mark(name: str) -> None:
    """Write a row that needs no entry."""
    db.session.add(LimitWindow(bucket=name.encode(), ends_at=MORNING, count=1))


def keep() -> str:
    on_rollback(lambda: undone.append("keep"))
    mark("keep")
    return "kept"


def refuse() -> str:
    on_rollback(lambda: undone.append("refuse"))
    mark("refuse")
    db.session.flush()
    abort(409)


def fall() -> str:
    mark("fall")
    db.session.flush()
    raise RuntimeError("-".join(("secret", "words")))  # the line itself stands in the log


def answer_badly() -> tuple[str, int]:
    mark("answer_badly")
    return "no", 422


def count_aside() -> tuple[str, int]:
    mark("dropped")
    with aside() as session:
        session.add(LimitWindow(bucket=b"aside", ends_at=MORNING, count=1))
    mark("dropped too")
    return "no", 422


@pytest.fixture
def app(own_office: Flask) -> Flask:
    return own_office


@pytest.fixture
def browser(app: Flask) -> Browser:
    """An office with a few views that write."""
    undone.clear()
    for view in (keep, refuse, fall, answer_badly, count_aside):
        open_view = allow("public")(csrf.exempt(view))
        app.add_url_rule(f"/try/{view.__name__}", f"try_{view.__name__}", open_view, methods=["GET", "POST"])
    return Browser(app)


def kept(browser: Browser) -> list[str]:
    with browser.app.app_context():
        return [bucket.decode() for bucket in db.session.scalars(select(LimitWindow.bucket))]


def test_a_successful_post_is_kept(browser: Browser) -> None:
    browser.client.post("/try/keep")
    assert kept(browser) == ["keep"]
    assert undone == []


@pytest.mark.parametrize("view", ["refuse", "fall", "answer_badly"])
def test_a_post_that_does_not_succeed_keeps_nothing(browser: Browser, view: str) -> None:
    assert browser.client.post(f"/try/{view}").status_code >= 400
    assert kept(browser) == []


def test_of_two_who_enter_the_same_at_once_the_later_is_told_and_keeps_what_was_typed(browser: Browser) -> None:
    browser.client.post("/try/keep")
    browser.client.get("/sign-in")  # a page of ours gave the browser its cookie
    answer = browser.client.post("/try/keep", data={"number": "2026-7"})  # its form saw nothing there
    assert answer.status_code == 409
    assert "有人在同一时刻录入了相同的内容" in answer.text
    assert 'value="2026-7"' in answer.text
    assert kept(browser) == ["keep"]


def test_what_was_stored_beside_the_database_goes_with_a_dropped_change(browser: Browser) -> None:
    browser.client.post("/try/refuse")
    assert undone == ["refuse"]
    browser.client.post("/try/keep")
    assert undone == ["refuse"]


def test_a_get_never_writes(browser: Browser) -> None:
    browser.client.get("/try/keep")
    browser.client.head("/try/keep")
    assert kept(browser) == []


def test_what_is_counted_aside_stays_although_the_rest_is_dropped(browser: Browser) -> None:
    browser.client.post("/try/count_aside")
    assert kept(browser) == ["aside"]


def test_what_need_not_wait_for_the_disk_leaves_no_connection_that_does_not(sqlite_office: Flask) -> None:
    with sqlite_office.app_context():
        with beside() as connection:
            connection.execute(insert(LimitWindow).values(bucket=b"aside", ends_at=MORNING, count=1))
            assert connection.scalar(text("PRAGMA synchronous")) == 1
        connections = [db.engine.raw_connection() for _ in range(3)]
        assert {each.cursor().execute("PRAGMA synchronous").fetchone()[0] for each in connections} == {2}
        for each in connections:
            each.close()
        assert db.session.scalar(select(func.count()).select_from(LimitWindow)) == 1


def test_what_waits_for_the_commit_is_done_after_it_and_not_after_a_rollback(context: Flask) -> None:
    done: list[str] = []
    for word, end in (("dropped", db.session.rollback), ("kept", db.session.commit), ("later", db.session.commit)):
        if word != "later":
            db.session.add(LimitWindow(bucket=word.encode(), ends_at=MORNING, count=1))
            on_commit(lambda word=word: done.append(word))  # type: ignore[misc]
            assert not done
        end()
    assert done == ["kept"]


def test_a_fault_is_not_told_in_its_own_words(browser: Browser, caplog: pytest.LogCaptureFixture) -> None:
    page = browser.post("/try/fall", expect=500)
    assert "secret-words" not in page.html + caplog.text
    assert "RuntimeError" in caplog.text


def test_writers_of_one_moment_wait_for_each_other_and_lose_nothing(app: Flask) -> None:
    given: list[int] = []
    faults: list[BaseException] = []

    def write() -> None:
        try:
            for _ in range(8):
                with app.app_context():
                    given.append(Serial.next("docket", 2026))
                    db.session.commit()
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not faults
    assert sorted(given) == list(range(1, 33))


def test_a_row_that_others_refer_to_stays(context: Flask) -> None:
    row = db.session.scalars(select(User).where(User.username == "clerk")).one()
    with pytest.raises(IntegrityError):
        db.session.connection().exec_driver_sql(f"DELETE FROM unit WHERE id = {row.unit_id}")
    db.session.rollback()


def test_a_moment_keeps_its_instant_whatever_zone_it_came_in(context: Flask) -> None:
    there = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
    db.session.add(LimitWindow(bucket=b"m", ends_at=there, count=1))
    db.session.flush()
    db.session.expire_all()
    back = db.session.get_one(LimitWindow, b"m").ends_at
    assert back == there
    assert back.utcoffset() == timedelta()


def test_a_moment_without_a_zone_is_refused(context: Flask) -> None:
    with pytest.raises(Exception, match="zone"):
        db.session.scalar(select(func.count()).where(LimitWindow.ends_at < datetime(2026, 3, 2)))  # noqa: DTZ001


def test_what_postgresql_planned_for_a_request_that_reads_is_not_planned_anew(postgres_office: Flask) -> None:
    reader = Browser(postgres_office)
    reader.arrive("clerk")
    for _ in range(8):  # the driver has prepared what comes for the sixth time
        reader.get("/petitions/")
    with postgres_office.app_context(), db.engine.connect() as connection:
        kept = select(func.count()).select_from(text("pg_prepared_statements"))
        assert connection.scalar(kept)


def test_a_connection_that_the_server_closed_is_replaced_and_nobody_notices(postgres_office: Flask) -> None:
    own, alive = select(func.pg_backend_pid()), text("SELECT count(*) FROM pg_stat_activity WHERE pid = ANY(:ids)")
    with postgres_office.app_context():
        with db.engine.connect() as first, db.engine.connect() as second, db.engine.connect() as third:
            gone = [each.scalar(own) for each in (first, second)]
            for each in (first, second):
                each.close()
            third.execute(text("SELECT pg_terminate_backend(id) FROM unnest(:ids) AS id"), {"ids": gone})
            while third.scalar(alive, {"ids": gone}):
                third.rollback()
        with db.engine.connect() as first, db.engine.connect() as second, db.engine.connect() as third:
            assert not {each.scalar(own) for each in (first, second, third)} & set(gone)


def test_a_connection_lost_in_the_midst_of_a_sign_in_is_told_as_an_office_that_is_away(postgres_office: Flask) -> None:
    visitor = Browser(postgres_office)
    visitor.get("/sign-in")
    token = visitor.page.all("main input[name=csrf_token]")[0].attributes["value"]
    with postgres_office.app_context():
        engine = db.engine
    asked = count(1)

    def end(connection: Connection, *_of: Any) -> None:
        if next(asked) == 3:
            raw: Any = connection.connection.driver_connection
            with psycopg.connect(raw.info.dsn, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s, 5000)", (raw.info.backend_pid,))

    event.listen(engine, "before_cursor_execute", end)
    sent = {"csrf_token": token, "username": "clerk", "password": "wrong-lantern-1"}
    assert visitor.client.post("/sign-in", data=sent).status_code == 503
    assert next(asked) > 3
    event.remove(engine, "before_cursor_execute", end)
    assert visitor.client.post("/sign-in", data=sent).status_code == 422


def test_what_postgresql_planned_is_forgotten_once_a_migration_made_it_useless(postgres_office: Flask) -> None:
    reader = Browser(postgres_office)
    reader.arrive("clerk")
    for _ in range(8):
        reader.get("/petitions/")
    with psycopg.connect(postgres_office.extensions["settings"].DATABASE_URL) as elsewhere:
        elsewhere.execute('ALTER TABLE "user" ALTER name TYPE varchar(333)')
    answers = [reader.client.get("/petitions/").status_code for _ in range(4)]
    assert answers[-1] == 200, answers


def test_a_list_of_moments_is_bound_as_moments_when_the_query_comes_again(context: Flask) -> None:
    db.session.add(LimitWindow(bucket=b"one", ends_at=MORNING, count=1))
    db.session.flush()
    wanted = select(LimitWindow.bucket).where(LimitWindow.ends_at.in_([MORNING, MORNING + timedelta(1)]))
    assert [fetch(db.session(), wanted).all() for _ in range(3)] == [[(b"one",)]] * 3


def test_which_of_several_queries_find_something_is_asked_in_one_statement(app: Flask) -> None:
    with app.app_context():
        Unit.open("O'Neill & 100% :x ?", None, by=None)
        mark("once")
        db.session.commit()
        whole = select(User).join(Unit, Unit.id == User.unit_id).options(joinedload(User.unit))
        named = [select(Unit).where(Unit.name == name) for name in ("O'Neill & 100% :x ?", "O'Neill & 100 :x ?")]
        clerks = whole.where(User.role == Role.CLERK, User.closed_at.is_(None)).order_by(User.name).limit(1)
        nobody = whole.where(User.role.in_((Role.CLERK, Role.LEADER)), User.unit_id.in_((1, 2)))
        until, later = (
            select(LimitWindow).where(each) for each in (LimitWindow.ends_at <= MORNING, LimitWindow.ends_at > MORNING)
        )
        empty = select(User).where(exists().where(Unit.id == User.unit_id, Unit.line == "nowhere"))
        with queries(app) as sent:
            assert which_find([*named, clerks, nobody, until, later, empty, clerks]) == {named[0], clerks, until}
        assert len(sent) == 1
        assert not which_find([])


def test_what_is_asked_at_once_takes_the_value_of_a_request_and_shows_no_digest(app: Flask) -> None:
    one = select(User.id).where(User.id == bindparam("user"))
    with app.app_context():
        user = db.session.scalars(select(User)).first()
        assert user is not None
        digest = select(User.id).where(User.name_digest == user.name_digest, User.id == bindparam("user"))
        with queries(app) as sent:
            assert which_find([one, digest], user=user.id) == {one, digest}
            assert which_find([one, digest], user=user.id + 1) == set()
        assert len(set(sent)) == 1
        assert str(user.id) not in sent[0]
        assert user.name_digest.hex() not in sent[0]


def test_a_query_that_comes_again_tells_the_same_past_sqlalchemy(context: Flask) -> None:
    kinds: dict[str, tuple[Any, Any]] = {
        "at": (MORNING.astimezone(timezone(timedelta(hours=8))), Moment()),
        "on": (date(2026, 3, 2), Date()),
        "held": ({"多": [1, None]}, JSON()),
        "done": (True, Boolean()),
        "raw": (b"\0\xff", LargeBinary()),
        "words": ("100% :x ? 水", String()),
    }
    own: list[Any] = [literal(value, kind).label(f"own_{name}") for name, (value, kind) in kinds.items()]
    asked: list[Any] = [
        type_coerce(bindparam(name, type_=kind), kind).label(f"asked_{name}") for name, (_, kind) in kinds.items()
    ]
    none: list[Any] = [type_coerce(null(), kind).label(f"none_{name}") for name, (_, kind) in kinds.items()]
    query = select(*own, *asked, *none, User.id, Unit.id, Unit.name).join(Unit, Unit.id == User.unit_id)
    query = query.where(User.role.in_((Role.CLERK, Role.LEADER))).order_by(User.id)
    values = {name: value for name, (value, _) in kinds.items()}
    plain = db.session.connection().execute(query, values)
    keys, rows = plain.keys(), plain.all()
    assert len(rows) > 1
    assert list(rows[0][:6]) == list(rows[0][6:12]) == list(values.values())
    for _ in range(3):
        found = fetch(db.session(), query, **values)
        assert found.keys() == keys
        assert [(row, row.own_at.utcoffset(), [type(each) for each in row]) for row in found.all()] == [
            (row, row.own_at.utcoffset(), [type(each) for each in row]) for row in rows
        ]


def test_a_query_that_comes_again_takes_other_values_and_must_be_given_all(context: Flask) -> None:
    query = select(User.username).where(User.username == bindparam("name"), User.id > 0)
    with queries(context) as sent:
        for name in ("clerk", "leader", "nobody", "clerk"):
            assert fetch(db.session(), query, name=name).scalars().all() == [name] * (name != "nobody")
    assert len(sent) == 4
    several = select(User.username).where(User.username.in_(bindparam("names", expanding=True))).order_by(User.username)
    for names in (["clerk"], ["clerk", "leader"], ["leader"], []):
        assert fetch(db.session(), several, names=names).scalars().all() == names
    for _ in range(2):
        with pytest.raises((DBAPIError, KeyError)):
            fetch(db.session(), query, other="clerk")


def test_an_error_of_a_query_that_comes_again_is_told_as_any_other_and_shows_no_value(context: Flask) -> None:
    query = select(User.id).where(User.username == bindparam("name"), func.nothing_of_the_kind(User.id) == 1)
    told = []
    for _ in range(3):
        with pytest.raises(DBAPIError) as fault:
            fetch(db.session(), query, name="secret-words")
        assert "secret-words" not in str(fault.value)
        told.append(type(fault.value))
        db.session.rollback()
    assert len(set(told)) == 1
    assert fetch(db.session(), select(User.id)).first()


def test_ids_grow_and_fit_into_a_browsers_numbers() -> None:
    made = [new_id() for _ in range(1000)]
    assert made == sorted(set(made))
    assert made[-1] < 2**53


def test_a_row_knows_its_id_before_it_is_written_and_refuses_a_name_it_does_not_have(context: Flask) -> None:
    make: Callable[..., Any] = Petition
    assert make().id
    with pytest.raises(TypeError, match="subjekt"):
        make(subjekt="x")
    assert issubclass(Petition, Base)
