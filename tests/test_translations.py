"""Every text for people stands in the Chinese catalogue, translated, and the catalogue holds nothing else."""

import re
import subprocess
import sys

import pytest
from babel.messages import Catalog, Message
from babel.messages.pofile import read_po

import dev
from tests.browse import CATALOGUE

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%")
SAME_IN_BOTH = re.compile(r"[\W\d]*|\W*(?:HTTP|PDF|QR|JPG|PNG|DOCX|XLSX|TXT|MB|English|中文)[\W\d]*")


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    assert CATALOGUE.exists(), "there is no Chinese catalogue: translations/zh_Hans_CN/LC_MESSAGES/messages.po"
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="zh_Hans_CN")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What the code and the templates say now."""
    template = tmp_path_factory.mktemp("texts") / "messages.pot"
    done = subprocess.run(
        [sys.executable, *dev.EXTRACT, "-o", str(template), "."], cwd=dev.ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    with template.open("rb") as file:
        return read_po(file)


def said(messages: Catalog) -> dict[tuple[str, ...], Message]:
    return {_key(each): each for each in messages if each.id}


def _key(message: Message) -> tuple[str, ...]:
    ids = (message.id,) if isinstance(message.id, str) else tuple(message.id)
    return (message.context or "", *ids)


def test_every_text_is_in_the_catalogue(source: Catalog, catalogue: Catalog) -> None:
    assert not said(source).keys() - said(catalogue).keys(), "run `make translate`, then translate these"


def test_the_catalogue_holds_no_text_that_nobody_says(source: Catalog, catalogue: Catalog) -> None:
    assert not said(catalogue).keys() - said(source).keys(), "run `make translate`"
    assert not catalogue.obsolete


def test_every_text_is_translated_and_none_is_a_guess(catalogue: Catalog) -> None:
    texts = said(catalogue).values()
    assert texts
    assert not [each.id for each in texts if each.fuzzy or not _strings(each) or not all(_strings(each))]


def test_a_translation_is_in_chinese(catalogue: Catalog) -> None:
    for message in said(catalogue).values():
        for text in _strings(message):
            bare = PLACEHOLDER.sub("", text)
            assert SAME_IN_BOTH.fullmatch(bare) or re.search(r"[\u4e00-\u9fff]", bare), f"{message.id!r}: {text!r}"


def test_a_translation_keeps_the_names_that_are_filled_in(catalogue: Catalog) -> None:
    for message in said(catalogue).values():
        ids = (message.id,) if isinstance(message.id, str) else tuple(message.id)
        wanted = set(PLACEHOLDER.findall(ids[-1])) - {"%%"}
        for text in _strings(message):
            assert set(PLACEHOLDER.findall(text)) - {"%%"} == wanted, f"{message.id!r}: {text!r}"


def test_chinese_is_written_with_its_own_punctuation(catalogue: Catalog) -> None:
    for message in said(catalogue).values():
        for text in _strings(message):
            assert not re.search(r"[\u4e00-\u9fff][,;:?!](?!\d)", text), f"{message.id!r}: {text!r}"


def test_english_is_the_source_and_holds_no_chinese(source: Catalog) -> None:
    for message in said(source).values():
        assert not re.search(r"[\u4e00-\u9fff]", str(message.id)), message.id


def _strings(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
