"""Bodies, cookies, headers and addresses as no browser sends them: refused in words, with the strict headers."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.browse import Browser
from tests.offices import Offices
from tests.people import PASSWORD
from tests.robust.conftest import ELSEWHERE, LETTER, House, Wire, entered, is_told, part

BODIES = {
    "a part without a name": part("", b"x") + b"--x--\r\n",
    "a file without a name": part('filename="a.txt"', b"x") + b"--x--\r\n",
    "a part that is no form's": b"--x\r\nContent-Disposition: attachment\r\n\r\nx\r\n--x--\r\n",
    "a part without a head": b"--x\r\n\r\nx\r\n--x--\r\n",
    "no end": part('name="text"', b"x"),
    "no beginning": b"x\r\n--x--\r\n",
    "nothing at all": b"",
    "thousands of parts": b"".join(part(f'name="text{n}"', b"x") for n in range(3000)) + b"--x--\r\n",
    "an unknown charset": part('name="text"', b"x", "Content-Type: text/plain; charset=martian") + b"--x--\r\n",
    "another charset": part('name="text"', b"\xff\xfe", "Content-Type: text/plain; charset=utf-16") + b"--x--\r\n",
    "a name not in UTF-8": part('name="\udcff\udcfe"', b"x") + b"--x--\r\n",
    "a name with NUL": part('name="a\0b"', b"x") + b"--x--\r\n",
    "a token of bytes": part('name="csrf_token"', b"\xff\0\xed\xa0\x80") + b"--x--\r\n",
    "a token that is a file": part('name="csrf_token"; filename="a"', b"x") + b"--x--\r\n",
    "a file's name not in UTF-8": part('name="files"; filename="\udcff.txt"', b"x") + b"--x--\r\n",
    "an index of no number": part('name="items-²-request"', b"x") + b"--x--\r\n",
    "text that is a file": part('name="text"; filename="a.txt"', b"x") + b"--x--\r\n",
    "a head without an end": b"--x\r\n" + b"X-Long: y" * 20_000,
}


UNREADABLE = (  # what is said to be so, rather than taken for an empty form
    "a part without a name", "a file without a name", "a name not in UTF-8", "a file's name not in UTF-8",
    "a name with NUL", "an index of no number", "no end",
)  # fmt: skip


KINDS = (
    "multipart/form-data; boundary=x", "multipart/form-data", "multipart/form-data; boundary=\xff;charset=no",
    "application/json", "text/plain", "application/x-www-form-urlencoded; charset=utf-16",
)  # fmt: skip


@pytest.mark.parametrize(("role", "path"), [(None, "/letters/new"), (None, "/sign-in"), ("clerk", "/petitions/new")])
def test_no_body_gives_a_fault(sqlite_office: Flask, role: str | None, path: str) -> None:
    client = entered(sqlite_office, role)
    for what, body in BODIES.items():
        for kind in KINDS if what in UNREADABLE[:3] else KINDS[:1]:
            answer = client.post(path, data=body, content_type=kind, environ_overrides=ELSEWHERE)
            is_told(answer, f"{path}: {what} as {kind}")
            assert answer.status_code >= 400, f"{path}: {what} as {kind} was taken"
            if what in UNREADABLE and kind == KINDS[0]:
                assert answer.status_code == 400, f"{path}: {what}: {answer.status}"


@pytest.mark.parametrize(
    "sent", ["[1, 2]", '"text"', "null", '{"text": {"a": [1]}, "kind": 5}', "[" * 5000, "{", "\x00"]
)
def test_json_is_no_form(sqlite_office: Flask, sent: str) -> None:
    answer = sqlite_office.test_client().post("/letters/new", data=sent, content_type="application/json")
    is_told(answer, sent[:40])
    assert answer.status_code == 422


def test_no_cookie_gives_a_fault(app: Flask) -> None:
    browser = Browser(app)
    browser.sign_in("clerk", PASSWORD)
    cookie = browser.client.get_cookie("xiafang")
    assert cookie is not None
    own = cookie.value
    for value in (
        "s.", f"{own}x", own.upper(), "s." + "x" * 8000, "s.\xff\xfe", "s.%00", "s.\u00e9", "W10.x", "e30", "null",
        '"s.\\000"', ".", "...", "s.;;=;", "=", "\x01",
    ):  # fmt: skip
        for name in ("xiafang", "xiafang_told", "xiafang_known", "language"):
            given = {"HTTP_COOKIE": f"{name}={value}" + (f"; xiafang={own}" if name != "xiafang" else "")}
            for path in ("/", "/letters/new", "/desk") if name == "xiafang" else ("/letters/new",):
                is_told(app.test_client(use_cookies=False).get(path, environ_overrides=given), f"{path} {given}")
            answer = app.test_client(use_cookies=False).post("/petitions/new", environ_overrides=given)
            is_told(answer, f"POST {given}")
            assert answer.status_code in (400, 401)


HEADERS = (
    "Accept-Language", "User-Agent", "Referer", "Origin", "X-Forwarded-For", "HX-Request-Type", "Range",
    "If-Modified-Since", "Authorization", "Content-Type", "Host", "Sec-Fetch-Site",
)  # fmt: skip


def test_no_header_gives_a_fault(sqlite_office: Flask) -> None:
    client = entered(sqlite_office, "clerk")
    for header in HEADERS:
        for value in ("", "\xff\xfe", "x" * 60_000, ";;,,==-", "zh;q=" + "9" * 400, "bytes=9-1,-,0-"):
            for path in ("/", "/petitions/"):
                is_told(client.get(path, headers={header: value}), f"{header}: {value[:40]!r}")
            is_told(client.post("/letters/status", headers={header: value}), f"{header}: {value[:40]!r}")


def test_a_letter_without_its_token_comes_back_with_its_text(visitor: Browser) -> None:
    visitor.post("/letters/new", {**LETTER}, expect=422)
    assert visitor.page.one("textarea[name=text]").text().strip() == LETTER["text"]
    visitor.submit("/letters/new")
    assert visitor.page.all(".receipt-code")


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_ten_megabytes_of_text_are_refused_in_words(sqlite_office: Flask, kind: str) -> None:
    client = entered(sqlite_office, None)
    text = b"x" * (10 << 20)
    body = b"text=" + text if "url" in kind else part('name="text"', text) + b"--x--\r\n"
    answer = client.post("/letters/new", data=body, content_type=kind, headers={"Accept-Language": "en"})
    is_told(answer, kind)
    assert answer.status_code == 413
    assert "20,000" in answer.get_data(as_text=True)


# --- over the wire -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target", ["/%ff%fe", "/petitions/%c3%28", "/letters/new?place=%ff&township=%ed%a0%80", "//evil.example/", "/" + "x" * 9000,
               "/letters/new?" + "a=1&" * 5000, "/%00", "/..%2f..%2fetc/passwd", "/static/../settings.py", "/static/%2e%2e/app.py"],
)  # fmt: skip
def test_no_address_sent_raw_gives_a_fault(raw: Wire, target: str) -> None:
    for method in ("GET", "HEAD", "POST", "PUT"):
        answer = raw.send(method, target, b"", {"Content-Type": "application/x-www-form-urlencoded"})
        is_told(answer, f"{method} {target[:60]}")
    assert "import" not in raw.send("GET", target, b"", {}).get_data(as_text=True)


@pytest.fixture(scope="module")
def raw(all_offices: Offices, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    """One server process for all that is sent to it raw."""
    app = all_offices.make("sqlite")
    house = House(app, tmp_path_factory.mktemp("raw") / "log")
    house.start()
    yield Wire(house.port)
    house.kill()
    assert "Traceback" not in house.log.read_text()
