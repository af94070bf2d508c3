"""A letter leaves no trace in clear: not in a log at whatever level, not in an address, not in a file on the disk."""

import base64
import logging
import re
import secrets
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import serve
from blueprints.petitions.docket.domain import State
from blueprints.petitions.docket.models import Petition
from core.extensions import db
from tests import letters, postgres
from tests.browse import Page, Value
from tests.people import PASSWORD
from tests.robust.conftest import Caller

CLIENT = "127.0.0.77"  # where these visitors call from
TOKEN = f"zq{secrets.token_hex(5)}"
RARE = "鱻龘靐"  # a word that nothing else in the office has
WORD = f"{TOKEN}{RARE}"  # stands in everything that anybody types


class Letterbox(logging.Handler):
    """Every line of every log, as it would be written."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name} {self.format(record)}")


@contextmanager
def served(app: Flask) -> Iterator[Any]:
    """The office behind the production server, in this process, so that all its logs can be read."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        server = serve.attach(app, door)
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            yield server
        finally:
            server.close()
            thread.join(10)
            server.task_dispatcher.shutdown()


class Watched(Caller):
    """A browser that notes every address it is sent to or could go to."""

    addresses: list[str] = []

    def _open(self, *arguments: object, **named: object) -> Page:
        page = super()._open(*arguments, **named)  # type: ignore[arg-type]
        self.addresses.append(page.path)
        for attribute in ("href", "action", "src", "hx-get", "hx-post", "formaction"):
            self.addresses += [str(node.attributes[attribute]) for node in page.all(f"[{attribute}]")]
        return page


def a_matter_from_letter_to_rating(app: Flask, port: int) -> str:
    """Everything that anybody can type about one matter, and whatever they get wrong; returns the receipt code."""
    people = {name: Watched(port, source=CLIENT) for name in ("visitor", "clerk", "handler", "leader", "stranger")}
    for name in ("clerk", "handler", "leader"):
        people[name].sign_in(name, PASSWORD)
    visitor, clerk = people["visitor"], people["clerk"]
    text = f"Text {WORD} " * 40
    code = letters.write(
        visitor,
        subject=f"Subject {WORD}",
        text=text,
        name=f"Name {WORD}",
        address=f"Address {WORD}",
        contact=f"Contact {WORD}",
        person=f"Person {WORD}",
        files=(BytesIO(f"File {WORD}".encode()), f"file-{WORD}.txt"),
    )
    visitor.submit("/letters/slip.pdf")
    letters.look_up(visitor, code)
    visitor.submit(
        "/letters/status/message", text=f"Message {WORD}", files=(BytesIO(f"More {WORD}".encode()), f"{WORD}.txt")
    )

    with app.app_context():
        petition = db.session.scalars(db.select(Petition)).one()
        id, unit = petition.id, letters.unit_id(letters.WATER)
        db.session.rollback()
    typed = {"reason": f"Reason {WORD}", "text": f"Words {WORD}", "basis": f"Basis {WORD}", "proof": f"Proof {WORD}"}
    typed |= {f"items-0-{name}": f"Answer {WORD}" for name in ("request", "facts", "opinion")}
    way = (*letters.WAY[State.SIGNED], "message", "note", "deliver", "notify")
    for action in way:
        who = people[letters.TAKEN_BY.get(action, "clerk")]
        own: dict[str, Value] = {name: value for name, value in typed.items() if name in letters.answers(action, unit)}
        letters.press(who, id, action, unit=unit, fields=own)
    clerk.get(f"/petitions/{id}/identity")
    clerk.submit(f"/petitions/{id}/identity", reason=f"Curious {WORD}")
    letters.look_up(visitor, code)
    visitor.submit("/letters/status/rating", satisfaction="satisfied", words=f"Rating {WORD}")

    stranger = people["stranger"]
    for wrong in ("3" * 20, "1234 5678 9012 3456 7890", f"{code[:-1]}{9 - int(code[-1])}", WORD):
        letters.look_up(stranger, wrong, expect=404)
    stranger.get("/sign-in")
    stranger.submit("/sign-in", expect=422, username=WORD, password=WORD)
    stranger.submit("/sign-in", expect=422, username="clerk", password=WORD)
    stranger.get(f"/{WORD}", expect=404)
    stranger.post("/letters/new", {"text": text}, expect=422)
    return code


def what_goes_wrong(app: Flask, port: int) -> None:
    """Faults of every kind while a letter is on its way: of the disk, of the database, of a row, of the wire."""
    visitor, clerk = Watched(port, source=CLIENT), Watched(port, source=CLIENT)
    clerk.sign_in("clerk", PASSWORD)
    note = (BytesIO(f"File {WORD}".encode()), f"{WORD}.txt")
    visitor.get("/letters/new")
    uploads = Path(app.instance_path, "uploads")
    uploads.rename(uploads.with_name("away"))
    uploads.touch()  # where a folder should be
    visitor.submit("/letters/new", expect=503, fields={**letters.TYPED, "subject": WORD, "text": WORD, "files": note})
    uploads.unlink()
    uploads.with_name("away").rename(uploads)
    put = letters.put(app)
    with app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE petition SET text_sealed = subject_sealed WHERE id = {put.id}")
        connection.exec_driver_sql("ALTER TABLE message RENAME TO away")
        connection.exec_driver_sql("ALTER TABLE petition_search RENAME TO away_search")
    clerk.get(f"/petitions/{put.id}", expect=500)
    clerk.get(f"/petitions/{put.id}/note")
    clerk.submit(f"/petitions/{put.id}/note", expect=500, text=f"Note {WORD}")
    clerk.get(f"/petitions/?q={TOKEN}", expect=500)
    letters.look_up(visitor, put.code, expect=500)
    with app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO message")
        connection.exec_driver_sql("ALTER TABLE away_search RENAME TO petition_search")
    nonsense = (
        f"GET /{WORD} HTTP/9\r\n\r\n",
        f"{WORD}\r\n\r\n",
        f"POST /letters/new HTTP/1.1\r\nHost: x\r\nContent-Length: {TOKEN}\r\n\r\n{WORD}",
        f"POST /letters/new HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n{WORD}",  # goes away in the middle
        f"POST /letters/new HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: {TOKEN}\r\n\r\n{WORD}",
        f"POST /letters/new HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{WORD}\r\n\r\n",
    )
    for _ in range(20):  # gone before the answer comes
        with socket.create_connection(("127.0.0.1", port), source_address=(CLIENT, 0)) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.sendall(f"GET /letters/new?place={TOKEN} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    for each in nonsense:
        with socket.create_connection(("127.0.0.1", port), timeout=10, source_address=(CLIENT, 0)) as connection:
            connection.sendall(each.encode())
            connection.shutdown(socket.SHUT_WR)
            with suppress(OSError):
                while connection.recv(1 << 16):
                    pass


def spellings(word: str) -> set[bytes]:
    """How a word could lie on a disk: as text in several encodings, escaped, and in base64 wherever it begins."""
    found = {word.encode(each) for each in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "gb18030")}
    found |= {ascii(word)[1:-1].encode(), word.encode().hex().encode(), word.encode().hex().upper().encode()}
    for before in range(3):
        coded = base64.b64encode(bytes(before) + word.encode())
        inner = coded[-(-before * 8 // 6) : len(coded) // 4 * 4 - 4]
        found |= {inner, inner.replace(b"+", b"-").replace(b"/", b"_")}
    return {each for each in found if len(each) > 5}


def hits(folder: Path, words: tuple[str, ...]) -> list[str]:
    """The files in which one of the words stands, in whatever spelling."""
    wanted = {each for word in words for each in spellings(word)}
    return [
        f"{path.relative_to(folder)}: {each!r}"
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
        for content in [path.read_bytes()]
        for each in wanted
        if each in content
    ]


@pytest.fixture
def log() -> Iterator[Letterbox]:
    """All logs at the finest level, as an operator may set it who looks for a fault."""
    handler, root = Letterbox(), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.setLevel(before)
    root.removeHandler(handler)


def test_a_letter_leaves_no_trace_in_clear(
    app: Flask,
    database: str,
    postgres_server: Callable[[], postgres.Server],
    log: Letterbox,
    capfd: pytest.CaptureFixture[str],
) -> None:
    Watched.addresses.clear()
    logging.getLogger("app").setLevel(logging.NOTSET)
    with served(app) as server:
        port = server.effective_port
        code = a_matter_from_letter_to_rating(app, port)
        before = len(log.lines)
        what_goes_wrong(app, port)
        faults = "\n".join(log.lines[before:])
        with socket.create_connection(("127.0.0.1", port), source_address=(CLIENT, 0)) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\n")
            Caller(port).get("/")  # answered after the other was accepted
            assert CLIENT not in repr(list(server.active_channels.values()))
        folders = [Path(app.instance_path)]
        if database == "sqlite":
            assert Path(app.instance_path, "data", "office.db-wal").stat().st_size
        else:
            folders.append(postgres_server().folder / "data")
        kinds = "\n".join(f"{kind}: {folder}" for folder in folders for kind in hits(folder, (TOKEN, RARE)))
    assert not kinds, kinds

    lines = "\n".join([*log.lines, *capfd.readouterr()])
    assert faults.count("a fault at ") == 4
    assert faults.count("the store could not take a change") == 1
    for secret in (TOKEN, RARE, CLIENT, code, " ".join(re.findall("....", code)), letters.WRITER["name"]):
        assert secret not in lines
    assert not re.search(r"\d{20}|(\d{4}[ -]){4}\d{4}", lines)

    grouped = re.compile(rf"{code}|{code[:4]}.{{1,3}}{code[4:8]}")
    asked_for = {f"/{WORD}", f"/petitions/?q={TOKEN}"}  # by these tests themselves
    assert len(Watched.addresses) > 200
    told = {each for each in Watched.addresses if grouped.search(each) or TOKEN in each}
    assert told <= asked_for


def test_the_spellings_find_a_word_that_is_there(tmp_path: Path) -> None:
    """What the test above looks for would be seen."""
    for number, content in enumerate(
        (f"…{WORD}…".encode(), f"x{WORD}".encode("utf-16"), base64.b64encode(f"a letter: {WORD}.".encode()), ascii(WORD).encode())
    ):  # fmt: skip
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "file").write_bytes(content)
        assert hits(folder, (TOKEN,)), content
        assert hits(folder, (RARE,)), content
