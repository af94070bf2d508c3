"""Papers as files: what an office may send, read back by a second library."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, FileSystemLoader
from pypdf import PdfReader
from selectolax.lexbor import LexborHTMLParser

from core import papers
from core.sheets import Sheet, as_json, code, facts, from_json, heading, text, written
from core.words import LANGS, Lang

HOME = Path(__file__).parents[2]

SHEET = Sheet(
    kind="opinion",
    number="新组信复〔2026〕12号",
    title="关于村口路灯不亮信访事项的答复意见",
    addressee="信访人",
    blocks=(
        text("你反映的事项，本机关已办理完毕。\n第二段：详见https://example.org/a/b 与 GB/T 9704-2012。"),
        heading("一、事实"),
        facts(("登记编号", "2026-00012"), ("标题", "很长的标题" * 20), ("附件", "无")),
        text("Latin words and 中文混排，标点（括号）《书名》“引号”……都在。"),
        code("1234 5678 9012 3456 7890"),
    ),
    office="中共新洲区委组织部",
    issued_on=date(2026, 11, 23),
    seal="（此处盖章）",
    head="说明",
    note="附注。",
)
SHEETS: dict[Lang, Sheet] = {
    "zh": SHEET,
    "en": replace(SHEET, title="Answer to the matter", addressee="the petitioner", small=True),
}


def letters(words: str) -> str:
    """The text without blanks and line ends, which a page sets as it likes."""
    return "".join(words.split())


def pages(pdf: bytes) -> list[str]:
    """The text of each page without its page number, which must be right."""
    found = []
    for number, page in enumerate(PdfReader(BytesIO(pdf)).pages, 1):
        words, marks = re.subn(rf"\s*— {number} —\s*$", "", page.extract_text())
        assert marks == 1
        found.append(words)
    return found


def on_screen(sheet: Sheet, lang: Lang) -> str:
    """The text of the same sheet as the page shows it."""
    environment = Environment(loader=FileSystemLoader(HOME / "templates"), autoescape=True)
    html = str(environment.get_template("papers/sheet.html").module.sheet(sheet, lang))  # type: ignore[attr-defined]
    return LexborHTMLParser(html).text()


@pytest.mark.parametrize("lang", LANGS)
def test_the_paper_and_the_page_hold_the_same_text_in_the_same_order(lang: Lang) -> None:
    sheet = SHEETS[lang]
    printed = letters("".join(pages(papers.as_pdf(sheet, lang))))
    assert printed == letters(on_screen(sheet, lang))
    for each in (sheet.number, sheet.title, sheet.office, "2026-00012", "1234567890", written(sheet.issued_on, lang)):
        assert letters(each) in printed


def test_the_same_sheet_always_gives_the_same_bytes() -> None:
    first = papers.as_pdf(SHEET, "zh")
    assert papers.as_pdf(SHEET, "zh") == first
    program = (
        "import json, sys; from core import papers; from core.sheets import from_json;"
        "sys.stdout.buffer.write(papers.as_pdf(from_json(json.load(sys.stdin))['zh'], 'zh'))"
    )
    elsewhere = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(as_json(SHEETS)).encode(),
        capture_output=True,
        check=True,
        cwd=HOME,
        env=os.environ | {"PYTHONHASHSEED": "7", "TZ": "America/Lima"},
    )
    assert elsewhere.stdout == first


def test_eight_threads_draw_what_one_draws() -> None:
    sheets = [replace(SHEET, number=f"新组信复〔2026〕{n}号", title=chr(0x4E00 + 97 * n) * 3) for n in range(8)]
    alone = [papers.as_pdf(sheet, "zh") for sheet in sheets]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda sheet: papers.as_pdf(sheet, "zh"), sheets)) == alone


def test_a_sheet_comes_back_from_json_as_it_was_issued() -> None:
    assert from_json(json.loads(json.dumps(as_json(SHEETS)))) == SHEETS


def fonts(reader: PdfReader) -> Iterator[Any]:
    for page in reader.pages:
        used: Any = page["/Resources"]
        for font in used["/Font"].values():
            yield from (each.get_object() for each in font.get_object()["/DescendantFonts"])


@pytest.mark.parametrize("lang", LANGS)
def test_the_file_says_what_it_is_and_brings_its_font(lang: Lang) -> None:
    reader = PdfReader(BytesIO(papers.as_pdf(SHEETS[lang], lang)))
    assert reader.metadata is not None
    assert reader.metadata.title == SHEETS[lang].title
    assert reader.metadata.author == SHEET.office
    assert reader.metadata.creation_date is not None
    assert reader.metadata.creation_date.date() == SHEET.issued_on
    root: Any = reader.root_object
    assert root["/Lang"] == {"zh": "zh-CN", "en": "en"}[lang]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    assert {(round(page.mediabox.width), round(page.mediabox.height)) for page in reader.pages} == {(595, 842)}
    found = list(fonts(reader))
    assert found
    for font in found:
        assert "/FontFile2" in font["/FontDescriptor"]


def test_long_text_flows_over_pages_and_loses_nothing() -> None:
    words = "".join(f"第{n}句，写明事实和理由。" for n in range(2000))
    found = pages(papers.as_pdf(replace(SHEET, blocks=(text(words),)), "zh"))
    assert len(found) > 20
    assert letters(words) in letters("".join(found))


def test_the_organ_its_date_and_the_seal_stand_together_with_text_above_them() -> None:
    closing = letters(SHEET.office + written(SHEET.issued_on, "zh") + SHEET.seal)
    lengths = set()
    for lines in range(1, 40):
        sheet = replace(SHEET, blocks=(text("\n".join(f"第{n}行。" for n in range(lines))),), head="", note="")
        found = pages(papers.as_pdf(sheet, "zh"))
        last = letters(found[-1])
        assert last.endswith(closing)
        assert letters(f"第{lines - 2}行。第{lines - 1}行。" if lines > 1 else "第0行。") in last
        lengths.add(len(found))
    assert lengths == {1, 2, 3}


def test_a_table_breaks_between_pages_and_loses_nothing() -> None:
    rows = [(f"第{n}项", f"内容{n}" * 12) for n in range(60)]
    found = pages(papers.as_pdf(replace(SHEET, blocks=(facts(*rows),)), "zh"))
    assert len(found) > 3
    assert letters("".join(label + value for label, value in rows)) in letters("".join(found))


def test_rare_characters_of_names_print() -> None:
    names = "䶮㙓龘𬭊堃喆㛃犇淼昇—玥·阿卜杜拉"
    sheet = replace(SHEET, addressee=names)
    assert papers.missing(sheet) == []
    assert names in pages(papers.as_pdf(sheet, "zh"))[0]


def test_a_character_that_the_font_lacks_is_shown_and_named_and_never_dropped() -> None:
    sheet = replace(SHEET, addressee="张𠮷", blocks=(text("他叫𠮷，笑🙂。"), facts(("名", "𫚉"))))
    assert papers.missing(sheet) == ["𠮷", "🙂", "𫚉"]
    for lang in LANGS:
        printed = letters("".join(pages(papers.as_pdf(sheet, lang))))
        assert "张〓" in printed
        assert "他叫〓，笑〓。" in printed
        assert "U+20BB7、U+1F642、U+2B689" in printed


def test_marks_without_a_shape_leave_no_hole() -> None:
    sheet = replace(SHEET, addressee="张\u200b三\ufeff", blocks=(text("葛\U000e0100先生\u2028第二段\t完"),))
    assert papers.missing(sheet) == []
    printed = letters("".join(pages(papers.as_pdf(sheet, "zh"))))
    assert "张三：" in printed
    assert "葛先生第二段完" in printed


WIDE, NARROW = "中文字号〔〕“”‘’（）《》，。、；：？！…—·", "ab12/.,:;()% "


def ems(words: str) -> float:
    return sum(0.5 if each in NARROW else 1.0 for each in words)


@given(st.text(WIDE + NARROW, max_size=200), st.integers(12, 30))
def test_lines_keep_every_letter_and_stay_within_the_measure(words: str, measure: int) -> None:
    lines = list(papers._break(words, ems, measure - 2, measure))
    assert letters("".join(lines)) == letters(words)
    assert all(ems(line) <= measure for line in lines)
    assert all(line == line.strip() != "" for line in lines)


@given(
    st.lists(
        st.sampled_from(["中", "文", "字。", "，号", "（内", "外）", "《书", "名》", "word ", "3.5%", "“引", "用”"])
    )
)
def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one(pieces: list[str]) -> None:
    for line in list(papers._break("中" + "".join(pieces), ems, 20, 20))[1:]:
        assert line[0] not in "，。）》”%"
        assert line[-1] not in "（《“"


def test_latin_words_and_numbers_stay_whole() -> None:
    words = "依据GB/T 9704-2012第7.2.4条，金额为3,500.00元，网址https://example.org/a.html可查。"
    for measure in range(28, 60):
        lines = list(papers._break(words, ems, measure, measure))
        for whole in ("9704-2012", "3,500.00", "https://example.org/a.html"):
            assert any(whole in line for line in lines)


def test_a_paper_is_sent_as_a_file_that_nothing_keeps_and_the_name_is_put_in_for_its_reader() -> None:
    kept = as_json(SHEETS)
    assert "张三" not in json.dumps(kept, ensure_ascii=False)
    with Flask(__name__).test_request_context():
        answer = papers.send(kept, "zh", SHEET.number, addressee="张三")
        answer.direct_passthrough = False
        found = pages(answer.get_data())[0]
        plain = papers.send(kept, "en", SHEET.number)
        plain.direct_passthrough = False
        plainly = pages(plain.get_data())[0]
    assert "张三：" in found
    assert "信访人：" not in found
    assert "To: the petitioner" in plainly
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
