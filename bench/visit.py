"""What a browser sends, as bytes over one kept connection, so that the client adds as little as it can to the time."""

import re
import socket
from secrets import token_hex
from time import perf_counter
from types import TracebackType
from typing import NamedTuple, Self
from urllib.parse import urlencode

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_COOKIE = re.compile(rb"\r\nset-cookie: ([^=]+)=([^;\r]*)([^\r]*)", re.IGNORECASE)
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)


class Answer(NamedTuple):
    """What came back, and how many seconds after the first byte was sent the last one was there."""

    status: int
    text: str
    seconds: float

    @property
    def token(self) -> str:
        """The token of the page's form."""
        found = _TOKEN.search(self.text)
        assert found, "the page has no form"
        return found[1]


class Visitor:
    """One browser: a connection, and the cookies it was given."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.cookies: dict[str, str] = {"language": "zh"}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.socket.close()

    def get(self, path: str) -> Answer:
        """Load a page."""
        return self._ask("GET", path, b"", "")

    def post(self, path: str, **fields: str) -> Answer:
        """Send a form."""
        return self._ask("POST", path, urlencode(fields).encode(), "application/x-www-form-urlencoded")

    def post_parts(self, path: str, **fields: str) -> Answer:
        """Send a form that could carry files, as a browser sends it when none was chosen."""
        edge = f"----{token_hex(12)}"  # another each time, as from a browser
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}'
            for name, value in fields.items()
        ]
        parts.append(
            f'--{edge}\r\nContent-Disposition: form-data; name="files"; filename=""\r\n'
            f"Content-Type: application/octet-stream\r\n\r\n\r\n--{edge}--\r\n"
        )
        return self._ask("POST", path, "\r\n".join(parts).encode(), f"multipart/form-data; boundary={edge}")

    def _ask(self, method: str, path: str, body: bytes, kind: str) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", f"Cookie: {cookies}"]
        if method == "POST":
            lines += [f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
        sent = "\r\n".join([*lines, "", ""]).encode() + body
        begun = perf_counter()
        self.socket.sendall(sent)
        got = b""
        while b"\r\n\r\n" not in got:
            got += self._receive()
        head, _, text = got.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        assert length, f"{path} came without its length"
        while len(text) < int(length[1]):
            text += self._receive()
        seconds = perf_counter() - begun
        for name, value, about in _COOKIE.findall(head):
            if b"Max-Age=0" in about:
                self.cookies.pop(name.decode(), None)
            else:
                self.cookies[name.decode()] = value.decode()
        return Answer(int(head[9:12]), text.decode(), seconds)

    def _receive(self) -> bytes:
        piece = self.socket.recv(1 << 16)
        assert piece, "the server closed the connection"
        return piece
