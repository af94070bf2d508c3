"""The wording of the yearly report in both languages, from the figures and from what the office wrote."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from blueprints.pairing.year_reports.domain import Figures, Part, Section
from core import money
from core.sheets import Block, Sheet, Sheets, facts, heading, table, text, written
from core.words import LANGS, Lang, Words

MARK = "帮"  # what stands in the number between the office's own characters and the year
KIND = "year_report"

_SECTIONS = {
    Section.OVERVIEW: Words(zh="工作概况", en="The year as a whole"),
    Section.WELL: Words(zh="主要成效", en="What went well"),
    Section.LACKING: Words(zh="存在的不足", en="What did not go well"),
    Section.NEXT: Words(zh="下一年打算", en="What is planned for the next year"),
}
_FIGURES = Words(zh="主要数据", en="The year in figures")
_TOOK = Words(zh="需求从提出到村里确认的天数", en="Days until a need was met")
_DRAFT = Words(zh="草稿，尚未签发", en="Draft, not issued")
_NOTHING = Words(zh="（尚未填写）", en="(not written yet)")
_NONE = Words(zh="本年度无。", en="None in this year.")
_TRANSLATION = "Translation for information; the Chinese text counts. What the office wrote stands as it was written."
_SEAL = Words(zh="（此处盖章）", en="(place for the seal)")
_PURPOSE = Words(
    zh="经费用途按所解决需求的类别归类。",
    en="The purpose of money is the kind of need that it serves.",
)


@dataclass(frozen=True, kw_only=True)
class Head:
    """What stands on the report besides its figures and its sections."""

    number: str  # empty while it is a draft
    office: Words
    on: date
    replaces: str = ""  # the number of the report that this one replaces


def title(year: int) -> Words:
    """What the report of a year is called."""
    return Words(zh=f"{year}年度结对帮扶工作报告", en=f"Report on pairing assistance in {year}")


def report(head: Head, figures: Figures, sections: Mapping[str, str]) -> Sheets:
    """The report: the year in the office's words, in figures and tables."""
    return {
        lang: Sheet(
            kind=KIND,
            number=head.number,
            title=title(figures.year)[lang],
            blocks=tuple(_blocks(head, figures, sections, lang)),
            office=head.office[lang],
            issued_on=head.on,
            seal=_SEAL[lang] if head.number else "",
            head="" if head.number and lang == "zh" else _TRANSLATION if head.number else _DRAFT[lang],
            small=True,
        )
        for lang in LANGS
    }


def _blocks(head: Head, figures: Figures, sections: Mapping[str, str], lang: Lang) -> Iterator[Block]:
    yield text(_first(head, figures)[lang])
    pieces: list[tuple[Words, tuple[Block, ...]]] = [
        _section(Section.OVERVIEW, sections, lang),
        (_FIGURES, (_lines(figures, lang),)),
        *((part.title, tuple(_part(part, lang))) for part in figures.parts),
        *(_section(each, sections, lang) for each in (Section.WELL, Section.LACKING, Section.NEXT)),
    ]
    for nth, (words, blocks) in enumerate(pieces):
        yield heading(f"{'一二三四五六七八九十'[nth]}、{words.zh}" if lang == "zh" else f"{nth + 1}. {words.en}")
        yield from blocks


def _first(head: Head, figures: Figures) -> Words:
    zh = f"本报告的数据取自本机关结对帮扶工作记录，截至{written(figures.as_of, 'zh')}。"
    en = (
        f"The figures are counted from the office's records of pairing assistance as of {written(figures.as_of, 'en')}."
    )
    if head.replaces:
        zh += f"\n本报告替代{head.replaces}报告，原报告自本报告签发之日起不再使用。"
        en += (
            f"\nThis report replaces report {head.replaces}, which is no longer to be used from the day of this issue."
        )
    return Words(zh=zh, en=en)


def _section(section: Section, sections: Mapping[str, str], lang: Lang) -> tuple[Words, tuple[Block, ...]]:
    return _SECTIONS[section], (text(sections.get(section) or _NOTHING[lang]),)


def _lines(figures: Figures, lang: Lang) -> Block:
    rows = [(each.words[lang], told(each.number, each.fen)[lang]) for each in figures.lines]
    if figures.took:
        median, low, high = (f"{each:.10g}" for each in figures.took)
        took = Words(
            zh=f"中位数{median}天，其中一半在{low}至{high}天之间",
            en=f"median {median}; half of them took between {low} and {high} days",
        )
        rows.append((_TOOK[lang], took[lang]))
    return facts(*rows)


def _part(part: Part, lang: Lang) -> Iterator[Block]:
    if not part.rows:
        yield text(_NONE[lang])
        return
    if part.key == "kind":
        yield text(_PURPOSE[lang])
    unit = "（元）" if lang == "zh" else " (CNY)"
    heads = [each.words[lang] + (unit if each.fen else "") for each in part.columns]
    rows = [
        (row.words[lang], *(_cell(number, each.fen) for number, each in zip(row.numbers, part.columns, strict=True)))
        for row in part.rows
    ]
    yield table((part.head[lang], *heads), *rows)


def _cell(number: int, fen: bool) -> str:
    return money.grouped(number) if fen else str(number)


def told(number: int, fen: bool) -> Words:
    """A number as it is read."""
    return money.shown(number) if fen else Words(zh=str(number), en=str(number))
