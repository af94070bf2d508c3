"""What was taken from others is byte for byte what they published."""

import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PINNED = {
    "static/vendor/htmx.min.js": "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130",
    "tests/vendor/axe-core/axe.min.js": "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c",
    "assets/fonts/NotoSerifSC-Regular.ttf": "c358a69de3df5f423a8946a7b03e3126fb6ba116f1130a463455b4e39e1f0742",
}
NOT_CODE = {"README.md", "LICENSE", "LICENSE-3RD-PARTY.txt", "htmx.LICENSE", "NotoSerifSC.LICENSE"}


@pytest.mark.parametrize("path", PINNED)
def test_a_vendored_file_has_the_digest_that_was_pinned(path: str) -> None:
    assert hashlib.sha256((ROOT / path).read_bytes()).hexdigest() == PINNED[path]


def test_every_vendored_file_is_pinned() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for folder in ("static/vendor", "tests/vendor", "assets/fonts")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.name not in NOT_CODE
    }
    assert found == set(PINNED)


def test_the_versions_that_the_readmes_name_are_the_files_own() -> None:
    htmx = (ROOT / "static/vendor/htmx.min.js").read_text("utf-8")
    axe = (ROOT / "tests/vendor/axe-core/axe.min.js").read_text("utf-8")
    own = {re.search(r'version="(\d[\d.]+)"', htmx), re.search(r"axe v(\d[\d.]+)", axe)}
    readmes = (ROOT / "static/vendor/README.md").read_text("utf-8") + (ROOT / "tests/vendor/README.md").read_text(
        "utf-8"
    )
    assert all(version and f" {version[1]} " in readmes for version in own)
