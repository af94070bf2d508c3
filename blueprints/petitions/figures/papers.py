"""The wording of the yearly report (2022 Art 41), in both languages: counts alone, nothing of any matter."""

from collections.abc import Iterable
from datetime import date

from blueprints.petitions.casefile.domain import PaperKind
from blueprints.petitions.causes.queries import ProposalsMade
from blueprints.petitions.docket.papers import CHANNELS, KINDS
from blueprints.petitions.figures.domain import SMALL, Count, Measure
from blueprints.petitions.figures.queries import Year
from core.profiles import Profile
from core.sheets import Block, Sheet, Sheets, facts, heading, text
from core.words import Lang, Words

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
_FEW = Words(zh=f"少于{SMALL}件，不列示", en=f"fewer than {SMALL}, not told")


def report(of: Year, proposals: ProposalsMade, law: Profile, office: Words, today: date) -> Sheets:
    """The report of a year, as of today."""
    title = Words(zh=f"{of.year}年度信访情况报告", en=f"Letters and visits in {of.year}")
    return {
        lang: Sheet(
            kind="report",
            number="",
            title=title[lang],
            blocks=tuple(_blocks(of, proposals, law, lang)),
            office=office[lang],
            issued_on=today,
        )
        for lang in ("zh", "en")
    }


def _blocks(of: Year, proposals: ProposalsMade, law: Profile, lang: Lang) -> Iterable[Block]:
    zh = lang == "zh"
    yield text(
        f"根据{law.cite('report').zh}，现将{of.year}年度信访事项办理情况报告如下。各项数字由办理记录汇总。"
        if zh
        else f"As {law.cite('report').en} asks, the year's letters and visits in figures, counted from the record."
    )
    yield heading("一、收到信访事项" if zh else "1. What was received")
    total = of.measures[Measure.RECEIVED]
    yield facts(
        ("合计" if zh else "In all", _many(total, lang)),
        *((CHANNELS[channel][lang], _many(of.channels.get(channel, Count(0)), lang)) for channel in CHANNELS),
        *((KINDS[kind][lang], _many(of.kinds.get(kind, Count(0)), lang)) for kind in KINDS),
    )
    yield heading("二、办理情况" if zh else "2. How it was handled")
    yield facts(
        ("交办" if zh else "assigned", _many(of.assigned, lang)),
        *((words[lang], _many(of.papers.get(kind, Count(0)), lang)) for kind, words in PAPERS.items()),
    )
    yield heading("三、期限和满意度" if zh else "3. In time, and how it was rated")
    yield facts(
        *(
            (MEASURES[measure][lang], _share(of.measures[measure], lang))
            for measure in Measure
            if measure is not Measure.RECEIVED
        )
    )
    yield heading("四、改进建议" if zh else "4. Proposals to units")
    yield facts(
        ("提出" if zh else "made", str(proposals.made)),
        ("全部采纳" if zh else "adopted", str(proposals.adopted)),
        ("部分采纳" if zh else "partly adopted", str(proposals.partly)),
        ("未采纳" if zh else "not adopted", str(proposals.refused)),
    )
    if of.places:
        yield heading("五、各乡镇（街道）收到事项" if zh else "5. By township")
        yield facts(*((row.name, _many(row.counts[Measure.RECEIVED], lang)) for row in of.places))
    if of.complained_of:
        yield heading("六、被反映较多的单位" if zh else "6. Units that several letters are about")
        yield facts(*((name, _many(count, lang)) for name, count in of.complained_of))
        yield text(
            f"按名称排列，只列{SMALL}件以上的单位；件数多少不作为考核依据。"
            if zh
            else f"By name; only units of {SMALL} letters or more. The number of letters rates nobody."
        )


def _many(count: Count, lang: Lang) -> str:
    return _FEW[lang] if count.hidden else f"{count.whole}件" if lang == "zh" else str(count.whole)


def _share(count: Count, lang: Lang) -> str:
    if count.hidden:
        return _FEW[lang]
    if count.share is None:
        return "无" if lang == "zh" else "none"
    of = f"{count.good}/{count.whole}"
    few = "" if not count.few else "，件数较少" if lang == "zh" else ", few"
    return f"{count.share}%（{of}{few}）" if lang == "zh" else f"{count.share}% ({of}{few})"
