"""Files on the disk: sealed, safe before the answer, gone with the row that was dropped, given out as downloads."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from core import attachments, vault
from core.permissions import allow
from settings import settings

MARKER = "鳜鱼-MARKER-7319".encode()


@pytest.fixture
def office(sqlite_office: Flask) -> Iterator[Flask]:
    with sqlite_office.app_context():
        yield sqlite_office


@pytest.mark.parametrize("size", [0, 1, 1 << 20, (1 << 20) + 1, 3_000_000])
def test_what_is_stored_comes_back(office: Flask, size: int) -> None:
    data = os.urandom(size)
    digest = attachments.store(7, data)
    assert b"".join(attachments.stream(7)) == data
    assert attachments.digest_on_disk(7) == digest
    assert [id for _path, id in attachments.on_disk()] == [7]


def test_nothing_of_it_is_readable_on_the_disk(office: Flask) -> None:
    attachments.store(7, MARKER * 9)
    files = [path for path in settings().uploads.rglob("*") if path.is_file()]
    assert len(files) == 1
    assert MARKER not in files[0].read_bytes()
    assert files[0].stat().st_mode & 0o077 == 0


def test_the_digest_tells_nothing_of_the_content(office: Flask) -> None:
    assert attachments.store(7, MARKER) != attachments.store(8, MARKER)


@pytest.mark.parametrize("harm", ["cut", "change", "swap", "gone"])
def test_what_was_harmed_does_not_open(office: Flask, harm: str) -> None:
    attachments.store(7, os.urandom(2_500_000))
    attachments.store(8, os.urandom(2_500_000))
    path = attachments.path_of(7)
    data = path.read_bytes()
    harmed = {
        "cut": data[: 1 << 20],
        "change": data[:-1] + bytes([data[-1] ^ 1]),
        "swap": attachments.path_of(8).read_bytes(),
    }
    if harm == "gone":
        attachments.discard(7)
        assert attachments.digest_on_disk(7) is None
        with pytest.raises(FileNotFoundError):
            list(attachments.stream(7))
    else:
        path.write_bytes(harmed[harm])
        with pytest.raises(vault.Broken):
            list(attachments.stream(7))


def test_a_new_key_seals_the_same_content_anew(office: Flask) -> None:
    before = attachments.store(7, MARKER)
    vault.keys().add()
    after = attachments.reseal(7)
    assert after == attachments.digest_on_disk(7) != before
    vault.keys().forget_old()
    assert b"".join(attachments.stream(7)) == MARKER


@pytest.mark.parametrize(("status", "kept"), [(200, True), (303, True), (422, False), (500, False)])
def test_a_file_goes_with_the_change_that_is_dropped(sqlite_office: Flask, status: int, kept: bool) -> None:
    def view() -> tuple[str, int]:
        attachments.store(7, MARKER)
        return "", status

    sqlite_office.add_url_rule("/trial", "healthz_trial", allow("public")(view), methods=["POST"])
    sqlite_office.config["WTF_CSRF_ENABLED"] = False
    assert sqlite_office.test_client().post("/trial").status_code == status
    with sqlite_office.app_context():
        assert [id for _path, id in attachments.on_disk()] == ([7] if kept else [])


def test_a_file_goes_when_the_view_breaks_after_it(sqlite_office: Flask) -> None:
    def view() -> str:
        attachments.store(7, MARKER)
        raise RuntimeError

    sqlite_office.add_url_rule("/trial", "healthz_trial", allow("public")(view), methods=["POST"])
    sqlite_office.config["WTF_CSRF_ENABLED"] = False
    assert sqlite_office.test_client().post("/trial").status_code == 500
    with sqlite_office.app_context():
        assert not list(attachments.on_disk())


def test_the_file_and_its_folder_are_safe_before_the_name_is_given(
    office: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def synced(descriptor: int) -> None:
        done.append("folder" if os.path.isdir(f"/proc/self/fd/{descriptor}") else "file")
        fsync(descriptor)

    def replaced(path: Path, target: Path) -> Path:
        done.append("rename")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", replaced)
    attachments.store(7, MARKER)
    assert done[-3:] == ["file", "rename", "folder"]
    assert done[0] == "folder"  # the new folder's own name


def test_what_a_crash_left_half_written_is_named_and_does_not_stand_in_the_way(office: Flask) -> None:
    path = attachments.path_of(7)
    path.parent.mkdir(parents=True)
    path.with_suffix(".part").write_bytes(b"half")
    assert [id for _path, id in attachments.on_disk()] == [None]
    attachments.store(7, MARKER)
    assert [id for _path, id in attachments.on_disk()] == [7]
    attachments.discard(7)
    attachments.discard(7)
    assert not list(attachments.on_disk())


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("report.pdf", "attachment; filename=\"report.pdf\"; filename*=UTF-8''report.pdf"),
        ("照片 1.pdf", "attachment; filename=\"1.pdf\"; filename*=UTF-8''%E7%85%A7%E7%89%87%201.pdf"),
        ("照片.pdf", "attachment; filename=\"file.pdf\"; filename*=UTF-8''%E7%85%A7%E7%89%87.pdf"),
        ("a'b;c,d.pdf", "attachment; filename=\"a'b;c,d.pdf\"; filename*=UTF-8''a%27b%3Bc%2Cd.pdf"),
    ],
)
def test_a_file_is_a_download_under_its_own_name(sqlite_office: Flask, name: str, header: str) -> None:
    with sqlite_office.test_request_context("/"):
        attachments.store(7, MARKER * 100_000)
        answer = attachments.send(7, name, "pdf")
        assert answer.headers["Content-Disposition"] == header
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.content_type == "application/pdf"
        assert answer.get_data() == MARKER * 100_000


def test_a_broken_file_is_a_fault_before_the_answer_begins(sqlite_office: Flask) -> None:
    with sqlite_office.test_request_context("/"):
        attachments.store(7, MARKER)
        attachments.path_of(7).write_bytes(attachments.path_of(7).read_bytes()[:-1])
        with pytest.raises(vault.Broken):
            attachments.send(7, "x.pdf", "pdf")
