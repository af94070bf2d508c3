"""Files made to harm: refused by name, or harmless; their names lead nowhere."""

import re
import secrets
import zipfile
from io import BytesIO
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from blueprints.petitions.casefile.models import Attachment
from core import attachments
from core.cleaning import clean
from core.extensions import db
from tests import letters
from tests.browse import Browser, Page
from tests.people import PASSWORD
from tests.robust.conftest import LETTER, is_told, part


def zipped(**parts: bytes) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return target.getvalue()


def picture(form: str) -> bytes:
    target = BytesIO()
    Image.new("RGB", (64, 64), "white").save(target, form)
    return target.getvalue()


XXE = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><Types>&e;</Types>'
LAUGHS = b"<!DOCTYPE x [<!ENTITY a 'ha'>" + b"<!ENTITY b '&a;&a;&a;&a;'>" * 50 + b"]><x>&b;</x>"
REFUSED = {  # name: content; none of them may be taken
    "bomb.docx": zipped(Content_Types_xml=b"x", word__document_xml=bytes(80 << 20)),
    "entities.xlsx": zipped(**{"[Content_Types]_xml": XXE, "xl__workbook_xml": XXE}),
    "laughs.docx": zipped(**{"[Content_Types]_xml": LAUGHS}),
    "plain.docx": b"not a document at all",
    "empty.docx": zipped(),
    "cut.jpg": picture("JPEG")[:200],
    "cut.png": picture("PNG")[:60],
    "cut.pdf": b"%PDF-1.7\n1 0 obj\n<< /Type /Cata",
    "page.jpg": b"<html><script>alert(1)</script></html>",
    "page.html": b"<html></html>",
    "program.exe": b"MZ\x90\x00",
    "picture.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "binary.txt": bytes(range(256)),
    "nothing.txt": b"",
    "none": b"x",
}
NAMES = (
    "../../x.txt", "..\\..\\x.txt", "/etc/passwd.txt", "C:\\autoexec.txt", "a\0b.txt", "\u202etxt.exe.txt", "x" * 300 + ".txt",
    "CON.txt", "nul.txt", ".txt", "...txt", " .txt", "a;b\"c.txt", "a\r\nX-Y: z.txt", "%2e%2e%2f.txt", "文件.txt",
    "<script>.txt", "~root.txt", "-rf.txt", "a/../../b.txt", "\x7f.txt",
)  # fmt: skip


def with_file(client: FlaskClient, name: str, content: bytes) -> TestResponse:
    token = str(Page(client.get("/letters/new"), "").one("main input[name=csrf_token]").attributes["value"])
    fields = {**LETTER, "text": f"{secrets.token_hex(8)}", "csrf_token": token}
    body = b"".join(part(f'name="{each}"', value.encode()) for each, value in fields.items())
    quoted = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    body += part(f'name="files"; filename="{quoted}"', content, "Content-Type: application/pdf") + b"--x--\r\n"
    return client.post("/letters/new", data=body, content_type="multipart/form-data; boundary=x")


def test_a_file_that_may_not_be_kept_is_refused_by_name_and_the_letter_comes_back(sqlite_office: Flask) -> None:
    client = sqlite_office.test_client()
    for name, content in REFUSED.items():
        answer = with_file(client, name, content)
        is_told(answer, name)
        assert answer.status_code == 422, f"{name} was taken"
        page = Page(answer, "/letters/new")
        assert name in page.one("#files-error").text()
        assert page.one("textarea[name=text]").text().strip()


def test_a_picture_with_something_behind_it_keeps_only_the_picture(sqlite_office: Flask) -> None:
    client = sqlite_office.test_client()
    answer = with_file(client, "both.jpg", picture("JPEG") + zipped(evil=b"#!/bin/sh") + b"<script>alert(1)</script>")
    assert answer.status_code == 303
    (content,) = kept_files(sqlite_office).values()
    assert content.startswith(b"\xff\xd8\xff")
    assert content.endswith(b"\xff\xd9")
    assert b"script" not in content


def kept_files(app: Flask) -> dict[str, bytes]:
    """The files the office holds, by name."""
    with app.app_context():
        found = db.session.scalars(select(Attachment)).all()
        return {row.name: b"".join(attachments.stream(row.id)) for row in found}


def test_no_name_of_a_file_leads_anywhere(app: Flask) -> None:
    """Neither on our disk nor on that of whoever downloads it."""
    outside = set(Path(app.instance_path).parent.iterdir())
    for name in NAMES:
        answer = with_file(app.test_client(), name, b"a note")
        is_told(answer, repr(name))
        assert answer.status_code == 303, f"{name!r}: {answer.status}"
    names = set(kept_files(app))
    assert names
    for name in names:
        assert 1 < len(name) <= 100
        assert not re.search(r'[/\\<>:"|?*\x00-\x1f\x7f\u202e\ud800-\udfff]', name), repr(name)
        assert not re.match(r"(?i)(con|nul)\.|\.|-", name) or name == "-rf.txt", repr(name)
    assert set(Path(app.instance_path).parent.iterdir()) == outside
    uploads = [path for path in Path(app.instance_path, "uploads").rglob("*") if path.is_file()]
    assert all(path.name.isdecimal() for path in uploads)


def test_hostile_names_come_out_as_plain_downloads(sqlite_office: Flask) -> None:
    files = tuple(clean(name, b"a note") for name in NAMES)
    put = letters.put(sqlite_office, files=files)
    clerk = Browser(sqlite_office)
    clerk.sign_in("clerk", PASSWORD)
    links = [str(each.attributes["href"]) for each in clerk.get(f"/petitions/{put.id}").all(".files a")]
    assert len(links) == len(NAMES)
    for link in links:
        answer = clerk.client.get(link, buffered=True)
        is_told(answer, link)
        head = answer.headers["Content-Disposition"]
        assert re.fullmatch(r"attachment; filename=\"[ !#-\[\]-~]+\"; filename\*=UTF-8''[\w.~%-]+", head), head
