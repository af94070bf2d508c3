"""The wording of the yearly report (2022 Art 41), in both languages: counts alone, nothing of any matter."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from blueprints.petitions.casefile.domain import PaperKind
from blueprints.petitions.causes.domain import Reply
from blueprints.petitions.causes.queries import ProposalsMade
from blueprints.petitions.docket.papers import CHANNELS, KINDS
from blueprints.petitions.figures.domain import SMALL, By, Count, Measure
from blueprints.petitions.figures.queries import Year
from core.profiles import Profile
from core.sheets import Block, Sheet, Sheets, facts, heading, text, written
from core.words import LANGS, Lang, Words

PAPERS = {
    PaperKind.ACCEPTANCE: Words(zh="受理", en="accepted"),
    PaperKind.DECLINED: Words(zh="不予受理", en="not accepted"),
    PaperKind.FORWARDING: Words(zh="转送", en="forwarded"),
    PaperKind.EXTENSION: Words(zh="延期办理", en="extended"),
    PaperKind.OPINION: Words(zh="出具处理意见", en="answered"),
    PaperKind.MEDIATION: Words(zh="调解", en="mediated"),
    PaperKind.REVIEW: Words(zh="复查", en="reviewed"),
    PaperKind.REEXAMINATION: Words(zh="复核", en="re-examined"),
    PaperKind.SUPERVISION: Words(zh="督办", en="supervised"),
}
MEASURES = {
    Measure.RECEIVED: Words(zh="收到", en="Received"),
    Measure.NOTICES: Words(zh="按期告知", en="Notices in time"),
    Measure.ANSWERS: Words(zh="按期答复", en="Answers in time"),
    Measure.SOLVED: Words(zh="在乡镇（街道）、村（社区）解决", en="Solved in village or township"),
    Measure.SATISFIED: Words(zh="评价为满意、基本满意", en="Rated satisfied or fairly satisfied"),
}
_AWAY = Words(zh="不列示", en="not told")
_ABOUT_AWAY = Words(
    zh=f"少于{SMALL}件的数字，以及由此可以推算出它的数字，均不列示。",
    en=f"Numbers below {SMALL} are not told, nor those from which they could be worked out.",
)
_OWN = Words(zh="本表只统计本单位承办的信访事项。", en="Counted is what this unit handles alone.")
_BY_NAME = Words(
    zh=f"按名称排列，只列{SMALL}件以上的单位；件数多少不作为考核依据。",
    en=f"By name; only units of {SMALL} letters or more. The number of letters rates nobody.",
)


@dataclass(frozen=True)
class Fact:
    """A line of the report: what it is of, the number in words, and the page with what is behind it."""

    label: Words
    value: Words
    opens: tuple[str, dict[str, Any]] | None = None  # endpoint and what it is asked


@dataclass(frozen=True)
class Part:
    """A part of the report."""

    title: Words
    facts: tuple[Fact, ...]
    says: Words | None = None


def report(
    of: Year, parts: Iterable[Part], law: Profile, office: Words, today: date, *, own: bool, all_of_it: bool
) -> Sheets:
    """The report of a year, as of today; `own`: of one unit's matters; `all_of_it`: nothing is hidden."""
    title = Words(zh=f"{of.year}年度信访情况报告", en=f"Letters and visits in {of.year}")
    under_way = of.year == today.year
    first = Words(
        zh=f"根据{law.cite('report').zh}，现将{of.year}年度信访事项办理情况报告如下。各项数字由办理记录汇总"
        + (f"，截至{written(today, 'zh')}。" if under_way else "。"),
        en=f"As {law.cite('report').en} asks, the year's letters and visits in figures, counted from the record"
        + (f" up to {written(today, 'en')}." if under_way else "."),
    )
    above = [first, *([_OWN] if own else []), *([] if all_of_it else [_ABOUT_AWAY])]
    told = tuple(parts)
    return {
        lang: Sheet(
            kind="report",
            number="",
            title=title[lang],
            blocks=(text("\n".join(each[lang] for each in above)), *_blocks(told, lang)),
            office=office[lang],
            issued_on=today,
        )
        for lang in LANGS
    }


def _blocks(parts: Iterable[Part], lang: Lang) -> Iterable[Block]:
    for nth, part in enumerate(parts):
        yield heading(f"{'一二三四五六'[nth]}、{part.title.zh}" if lang == "zh" else f"{nth + 1}. {part.title.en}")
        yield facts(*((fact.label[lang], fact.value[lang]) for fact in part.facts))
        if part.says:
            yield text(part.says[lang])


def parts_of(of: Year) -> Iterable[Part]:
    """What the report tells, part by part; each number with what is behind it."""
    yield Part(Words(zh="收到信访事项", en="What was received"), tuple(_received(of)))
    yield Part(Words(zh="办理情况", en="How it was handled"), tuple(_handled(of)))
    yield Part(
        Words(zh="期限和满意度", en="In time, and how it was rated"),
        tuple(
            Fact(words, _share(of.measures[measure]), _figure(of, of.measures[measure], measure=measure))
            for measure, words in MEASURES.items()
            if measure is not Measure.RECEIVED
        ),
    )
    if of.proposals:
        yield Part(Words(zh="改进建议", en="Proposals to units"), tuple(_proposals(of.year, of.proposals)))
    if of.places:
        yield Part(
            Words(zh="各乡镇（街道）收到事项", en="By township"),
            tuple(
                Fact(Words(zh=name, en=name), _many(count), _figure(of, count, by=By.PLACE, key=code))
                for code, name, count in of.places
            ),
        )
    if of.complained_of:
        yield Part(
            Words(zh="被反映较多的单位", en="Units that several letters are about"),
            tuple(
                Fact(Words(zh=name, en=name), _many(count), _figure(of, count, about=unit))
                for unit, name, count in of.complained_of
            ),
            _BY_NAME,
        )


def _received(of: Year) -> Iterable[Fact]:
    total = of.measures[Measure.RECEIVED]
    yield Fact(Words(zh="合计", en="In all"), _many(total), _figure(of, total))
    sides: tuple[tuple[By, Mapping[Any, Words], dict[str, Count]], ...] = (
        (By.CHANNEL, CHANNELS, of.channels),
        (By.KIND, KINDS, of.kinds),
    )
    for by, words, counts in sides:
        for key, label in words.items():
            count = counts.get(key, Count(0))
            yield Fact(label, _many(count), _figure(of, count, by=by, key=key))


def _handled(of: Year) -> Iterable[Fact]:
    yield Fact(Words(zh="交办", en="assigned"), _many(of.assigned), _figure(of, of.assigned, done="assigned"))
    for kind, label in PAPERS.items():
        count = of.papers.get(kind, Count(0))
        yield Fact(label, _many(count), _figure(of, count, done=kind))


def _proposals(year: int, made: ProposalsMade) -> Iterable[Fact]:
    asked: tuple[tuple[Words, int, dict[str, str]], ...] = (
        (Words(zh="提出", en="made"), made.made, {}),
        (Words(zh="全部采纳", en="adopted"), made.adopted, {"reply": Reply.ADOPTED}),
        (Words(zh="部分采纳", en="partly adopted"), made.partly, {"reply": Reply.PARTLY}),
        (Words(zh="未采纳", en="not adopted"), made.refused, {"reply": Reply.REFUSED}),
        (Words(zh="尚未答复", en="not answered yet"), made.waiting, {"which": "waiting"}),
    )
    for label, number, which in asked:
        count = Words(zh=f"{number}件", en=str(number))
        yield Fact(label, count, ("causes.proposals", {"year": year, **which}) if number else None)


def _figure(of: Year, count: Count, **asked: Any) -> tuple[str, dict[str, Any]] | None:
    if count.hidden or not count.whole:
        return None
    return "figures.behind", {"period": of.year, **({} if "done" in asked else {"measure": Measure.RECEIVED}), **asked}


def _many(count: Count) -> Words:
    return _AWAY if count.hidden else Words(zh=f"{count.whole}件", en=str(count.whole))


def _share(count: Count) -> Words:
    if count.hidden:
        return _AWAY
    if count.share is None:
        return Words(zh="无", en="none")
    of = f"{count.good}/{count.whole}"
    zh, en = ("，件数较少", ", few") if count.few else ("", "")
    return Words(zh=f"{count.share}%（{of}{zh}）", en=f"{count.share}% ({of}{en})")
