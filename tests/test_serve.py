"""The production server: what reaches no view, what stays in memory, and how it starts and stops."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator

import pytest
from flask import Flask, request

import dev
import serve
from core.pages import HEADERS


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    """A small application behind the production server: it gives back what it was sent."""
    app = Flask("echo")
    app.add_url_rule("/", view_func=lambda: request.get_data(), methods=["POST"])
    with socket.create_server(("127.0.0.1", 0)) as door:
        server = serve.attach(app, door)
        thread = threading.Thread(target=server.run)
        thread.start()
        yield door.getsockname()
        server.close()
        thread.join(10)
        server.task_dispatcher.shutdown()
        assert not thread.is_alive()


def exchange(address: tuple[str, int], sent: bytes) -> tuple[str, dict[str, str], bytes]:
    """Send these bytes; the answer's first line, headers and body."""
    with socket.create_connection(address, timeout=20) as connection:
        connection.sendall(sent)
        answer = b""
        while piece := connection.recv(1 << 16):
            answer += piece
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    return first, dict(line.split(": ", 1) for line in lines), body


@pytest.mark.parametrize(
    "nonsense",
    [
        b"NONSENSE\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nmany\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: " + b"y" * 300_000 + b"\r\n\r\n",
    ],
    ids=["no request", "no length", "no chunk", "huge head"],
)
def test_what_is_no_request_is_refused_with_the_strict_headers(address: tuple[str, int], nonsense: bytes) -> None:
    first, headers, body = exchange(address, nonsense)
    assert re.fullmatch(r"HTTP/1\.[01] 4\d\d [\w ]+", first)
    assert headers.items() >= HEADERS.items()
    assert body.decode() == serve.UNREADABLE


@pytest.mark.parametrize("sent", [0, serve.LARGEST_BODY + 1], ids=["before it is sent", "while it is sent"])
def test_a_body_above_the_cap_is_refused_and_the_sender_can_read_why(address: tuple[str, int], sent: int) -> None:
    head = f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {serve.LARGEST_BODY + 1}\r\n\r\n"
    first, headers, body = exchange(address, head.encode() + bytes(sent))
    assert " 413 " in first
    assert headers.items() >= HEADERS.items()
    assert body.decode() == serve.TOO_LARGE


def test_nothing_of_a_large_letter_touches_a_temporary_file(
    address: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")  # whoever made a temporary file now would fail
    letter = os.urandom(30 << 20)
    head = f"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(letter)}\r\n\r\n"
    first, _, body = exchange(address, head.encode() + letter)
    assert " 200 " in first
    assert body == letter


def test_an_answer_does_not_say_what_serves_it(address: tuple[str, int]) -> None:
    _, headers, _ = exchange(address, b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
    assert "Server" not in headers


def test_what_our_own_proxy_adds_reaches_the_application() -> None:
    app = Flask("echo")
    app.add_url_rule("/", view_func=lambda: f"{request.headers['X-Forwarded-For']} {request.host_url}")
    with socket.create_server(("127.0.0.1", 0)) as door:
        server = serve.attach(app, door, "https")
        thread = threading.Thread(target=server.run)
        thread.start()
        asked = b"GET / HTTP/1.1\r\nHost: office.example\r\nX-Forwarded-For: 10.1.2.3\r\nConnection: close\r\n\r\n"
        _, _, body = exchange(door.getsockname(), asked)
        server.close()
        thread.join(10)
        server.task_dispatcher.shutdown()
    assert body == b"10.1.2.3 https://office.example/"


# --- the process that `make run` starts ----------------------------------------------------------------------------


def start(environment: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "serve"],
        cwd=dev.ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    own = {
        "INSTANCE": str(tmp_path_factory.mktemp("served") / "instance"),
        "DATABASE_URL": "",
        "DEMO": "0",
        "HOST": "127.0.0.1",
        "PORT": "0",
    }
    env = {**os.environ, **own}
    command = [sys.executable, "-m", "flask", "--app", "app", "db", "upgrade"]
    subprocess.run(command, cwd=dev.ROOT, env=env, check=True, capture_output=True)
    return env


def test_an_empty_office_says_how_to_make_the_first_administrator(environment: dict[str, str]) -> None:
    with start(environment) as server:
        assert server.stdout is not None
        assert re.match(r"The office is open at http://127\.0\.0\.1:\d+ ", server.stdout.readline())
        assert server.stdout.readline().startswith("Nobody has an account yet.")
        assert server.stdout.readline() == "  .venv/bin/flask create-admin\n"
        server.send_signal(signal.SIGTERM)
        assert server.wait(10) == 0


def test_a_port_that_is_taken_is_said_in_one_sentence(environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with start({**environment, "PORT": port}) as server:
            _, errors = server.communicate(timeout=20)
    assert server.returncode == 1
    assert re.fullmatch(r"Cannot listen on 127\.0\.0\.1, port \d+: .*\. Set HOST or PORT to something else\.\n", errors)


def test_a_setting_that_cannot_be_used_is_named_without_its_value(environment: dict[str, str]) -> None:
    with start({**environment, "PORT": "eighty"}) as server:
        _, errors = server.communicate(timeout=20)
    assert server.returncode == 1
    assert errors.startswith("PORT is not a usable value")
    assert "eighty" not in errors
