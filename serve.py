"""The production server: `python -m serve`. One process, eight threads, everything in memory while it travels.

waitress takes in a whole request before a thread sees it and sends the answer after, so a slow phone holds no thread.
"""

import signal
import sys
from collections.abc import Iterator
from types import FrameType

from flask import Flask
from sqlalchemy import select
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server
from waitress.task import ErrorTask

from app import create_app
from blueprints.accounts.models import User
from core.extensions import db
from core.pages import HEADERS
from settings import BadSetting, Settings

MEBIBYTE = 1 << 20
LARGEST_BODY = 34 * MEBIBYTE  # a little above what the application takes, so that it answers with its own page
IN_MEMORY = 80 * MEBIBYTE  # above every request and every answer: no letter touches a temporary file in clear

TOO_LARGE = (
    "文件或文字太大，没有收到。请返回后减少附件。\nThat is too large and was not received. Go back and attach less.\n"
)
UNREADABLE = "无法识别此请求。\nThis request could not be read.\n"


class Refusal(ErrorTask):
    """The answer to what never reaches the application; it bears the same headers as every page."""

    def execute(self) -> None:
        error = self.request.error
        self.status = f"{error.code} {error.reason}"
        body = (TOO_LARGE if error.code == 413 else UNREADABLE).encode()
        self.response_headers = [*HEADERS.items(), ("Content-Type", "text/plain; charset=utf-8")]
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class Channel(HTTPChannel):
    """The connection to one browser."""

    error_task_class = Refusal


def listen(app: Flask, host: str, port: int) -> BaseWSGIServer:
    """A server that takes connections already; `run()` serves until it is stopped. Raises OSError: the port is taken."""
    server = create_server(
        app,
        host=host,
        port=port,
        threads=8,
        connection_limit=200,
        ident=None,  # nobody needs to know what serves
        max_request_body_size=LARGEST_BODY,
        inbuf_overflow=IN_MEMORY,
        outbuf_overflow=IN_MEMORY,
    )
    server.channel_class = Channel
    return server


def welcome(app: Flask, address: str) -> Iterator[str]:
    """What the person who started the office is told."""
    yield f"The office is open at {address} (Ctrl+C closes it)."
    with app.app_context():
        if db.session.scalar(select(User.id).limit(1)) is None:
            yield "Nobody has an account yet. Make the first administrator: .venv/bin/flask create-admin"


def main() -> None:
    """Serve the office until SIGINT or SIGTERM; what was begun is finished first."""
    try:
        settings = Settings.from_environment()
        app = create_app(settings)
        server = listen(app, settings.HOST, settings.PORT)
    except BadSetting as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(f"Cannot listen on {settings.HOST}:{settings.PORT}: {error.strerror}. Set PORT to another one.")

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit

    signal.signal(signal.SIGTERM, stop)
    print(*welcome(app, f"http://{settings.HOST}:{settings.PORT}"), sep="\n", flush=True)
    server.run()


if __name__ == "__main__":
    main()
