"""The production server: `python -m serve`. One process, eight threads, everything in memory while it travels.

waitress takes in a whole request before a thread sees it and sends the answer after, so a slow phone holds no thread.
"""

import gc
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from types import FrameType
from typing import Any, cast

from flask import Flask
from sqlalchemy import select
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server
from waitress.task import ErrorTask

import demo
from app import create_app
from blueprints.accounts.models import User
from core.extensions import db
from core.pages import HEADERS
from settings import BadSetting, Settings

MEBIBYTE = 1 << 20
LARGEST_BODY = 34 * MEBIBYTE  # a little above what the application takes, so that it answers with its own page
HEARD_OUT = 256 * MEBIBYTE
IN_MEMORY = 80 * MEBIBYTE  # above every request and every answer: no letter touches a temporary file in clear

TOO_LARGE = (
    "文件或文字太大，没有收到。请返回后减少附件。\nThat is too large and was not received. Go back and attach less.\n"
)
UNREADABLE = "无法识别此请求。\nThis request could not be read.\n"


class Refusal(ErrorTask):
    """The answer to what never reaches the application; it bears the same headers as every page."""

    def execute(self) -> None:
        error: Any = self.request.error  # type: ignore[attr-defined]
        self.status = f"{error.code} {error.reason}"
        body = (TOO_LARGE if error.code == 413 else UNREADABLE).encode()
        self.response_headers = [*HEADERS.items(), ("Content-Type", "text/plain; charset=utf-8")]
        self.set_close_on_finish()
        self.content_length = len(body)
        cast(Channel, self.channel).to_hear_out = HEARD_OUT
        self.write(body)


class Channel(HTTPChannel):
    """The connection to one browser. Closed while it still sends, a browser would show no answer: it is heard out."""

    error_task_class = Refusal
    to_hear_out = 0  # bytes that may still come after a refusal and are dropped
    hears_out = False

    def __repr__(self) -> str:
        """As it stands in a log: without the visitor's address."""
        return "<a connection>"

    def handle_close(self) -> None:
        if self.to_hear_out and not self.hears_out and self.socket is not None:
            with suppress(OSError):
                self.socket.shutdown(socket.SHUT_WR)
                self.hears_out, self.will_close = True, False
                return
        super().handle_close()

    def readable(self) -> bool:
        return self.hears_out or bool(super().readable())

    def writable(self) -> bool:
        return self.will_close if self.hears_out else bool(super().writable())  # closed by the server's own time limit

    def handle_read(self) -> None:
        if not self.hears_out:
            super().handle_read()
            return
        dropped = self.recv(1 << 16)  # closes by itself when nothing more comes
        self.to_hear_out -= len(dropped)
        if self.to_hear_out <= 0:
            self.handle_close()


def attach(app: Flask, door: socket.socket, scheme: str = "http") -> BaseWSGIServer:
    """The server behind a listening socket; its run() serves until it is stopped. `scheme` is what people type."""
    server: Any = create_server(
        app,
        sockets=[door],
        threads=8,
        connection_limit=200,
        ident=None,  # nobody needs to know what serves
        max_request_body_size=LARGEST_BODY,
        inbuf_overflow=IN_MEMORY,
        outbuf_overflow=IN_MEMORY,
        url_scheme=scheme,  # else the address on a printed slip would begin with http behind a proxy
        clear_untrusted_proxy_headers=False,  # core.limits alone reads them, and only where TRUSTED_PROXIES says so
    )
    server.channel_class = Channel
    return cast(BaseWSGIServer, server)


def welcome(app: Flask, address: str) -> Iterator[str]:
    """What the person who started the office is told."""
    yield f"The office is open at {address} (Ctrl+C closes it)."
    with app.app_context():
        if db.session.scalar(select(User.id).limit(1)) is None:
            yield "Nobody has an account yet. Make the first administrator, with the same settings:"
            yield "  .venv/bin/flask create-admin"
        yield from demo.sign_in_names()


def main() -> None:
    """Serve the office until SIGINT or SIGTERM; what was begun is finished first."""
    try:
        settings = Settings.from_environment()
    except BadSetting as error:
        sys.exit(str(error))
    host, port = settings.HOST, settings.PORT
    try:
        door = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        sys.exit(f"Cannot listen on {host}, port {port}: {error.strerror}. Set HOST or PORT to something else.")
    try:
        app = create_app(settings)
    except BadSetting as error:
        sys.exit(str(error))
    server = attach(app, door, "https" if settings.HTTPS else "http")

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit

    signal.signal(signal.SIGTERM, stop)
    port = door.getsockname()[1]  # PORT=0 takes any that is free
    print(*welcome(app, f"http://{host}:{port}"), sep="\n", flush=True)
    gc.collect()
    gc.freeze()  # what is loaded by now stays; looking it through again and again would stop every thread
    server.run()


if __name__ == "__main__":
    main()
