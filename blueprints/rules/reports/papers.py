"""The wording of the papers that a member gets, in both languages. No law is quoted.

No paper says who reported, or that somebody did: it speaks of what was verified.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from blueprints.rules.reports.domain import Outcome
from core.deadlines import Rule
from core.deadlines import Unit as Days
from core.sheets import Block, Sheet, Sheets, heading, text
from core.words import Lang, Words

MARK = "纪"  # what stands in the number between the office's own characters and the year
_SEAL = Words(zh="（此处盖章）", en="(place for the seal)")
_TRANSLATION = "Translation for information; the Chinese text counts."

MEASURES = {
    Outcome.REMIND: Words(zh="提醒", en="a reminder"),
    Outcome.CRITICISE: Words(zh="批评", en="criticism"),
    Outcome.EDUCATE: Words(zh="帮助教育", en="help and education"),
    Outcome.DISCIPLINE: Words(zh="严肃处理", en="disciplinary handling"),
}


@dataclass(frozen=True)
class Head:
    """What stands at the head and the foot of a paper, and the term of an objection."""

    number: str  # 新组信纪〔2026〕3号
    office: Words
    issued_on: date
    member: str
    objection: Rule


def number(mark: str, year: int, serial: int) -> str:
    """The number of a paper."""
    return f"{mark}{MARK}〔{year}〕{serial}号"


def clearance(head: Head, told: dict[str, Any]) -> Sheets:
    """The letter of clearance 澄清函: what was verified could not be confirmed; it counts for nothing against them."""
    zh = (
        text("对涉及你的有关问题，本机关已经核实，并听取了你本人的说明。"),
        heading("一、核实结论"),
        text(f"经核实，有关问题不属实，予以澄清。{told['text']}"),
        heading("二、说明"),
        text("上述问题不作为对你考核、评价和使用的依据。根据你的意愿，本机关可以在适当范围内说明情况。"),
    )
    en = (
        text("Questions that concern you were verified by this office, and you were heard."),
        heading("1. Result"),
        text(f"They were found to be unfounded, and you are cleared. {told['text']}"),
        heading("2. What it means"),
        text("They do not count in any assessment of you. If you wish, this office says so where it is fitting."),
    )
    return _sheets(head, "clearance", Words(zh="关于有关问题的澄清函", en="Letter of clearance"), zh, en)


def _ground(finding: dict[str, Any]) -> str:
    """The rule and article that a finding cites."""
    return " ".join(filter(None, (finding["rule"], finding.get("article"))))


def decision(head: Head, told: dict[str, Any]) -> Sheets:
    """The notice of the decision: what was found, by which rule and evidence, the measure, how to object."""
    measure = MEASURES[Outcome(told["outcome"])]
    working = head.objection.unit is Days.WORKING_DAYS
    found = told["findings"]
    zh = (
        text("对涉及你的有关问题，本机关已经核实，并听取了你本人的说明。"),
        heading("一、认定的事实和依据"),
        *(
            text(f"{n}．{_ended(each['text'])}依据：{_ground(each)}。证据：{_ended(each['evidence'])}")
            for n, each in enumerate(found, 1)
        ),
        heading("二、处理决定"),
        text(f"决定给予你：{measure.zh}。{told['text']}"),
        heading("三、申辩"),
        text(
            f"你如果不同意本决定，可以自收到之日起{head.objection.length}{'个工作日' if working else '日'}内"
            "书面提出申辩，本机关将由其他人员办理并书面答复。"
        ),
    )
    en = (
        text("Questions that concern you were verified by this office, and you were heard."),
        heading("1. What was found, and on what ground"),
        *(
            text(f"{n}. {each['text']} Ground: {_ground(each)}. Evidence: {each['evidence']}")
            for n, each in enumerate(found, 1)
        ),
        heading("2. Decision"),
        text(f"The measure is: {measure.en}. {told['text']}"),
        heading("3. Objection"),
        text(
            f"If you do not agree you may object in writing within {head.objection.length} "
            f"{'working days' if working else 'days'} of receiving this; "
            "somebody else than who decided answers you in writing."
        ),
    )
    return _sheets(head, "decision", Words(zh="关于有关问题的处理决定", en="Notice of the decision"), zh, en)


def answer(head: Head, told: dict[str, Any]) -> Sheets:
    """The written answer to an objection."""
    upheld = told["verdict"] == "upheld"
    zh = (
        text("你对处理决定提出的申辩，本机关已经收到并由其他人员办理，现答复如下。"),
        heading("一、答复意见"),
        text(told["text"]),
        heading("二、结论"),
        text("维持原处理决定。" if upheld else "撤销原处理决定，重新作出决定。"),
    )
    en = (
        text("Your objection to the decision was received and looked into by somebody else. The answer is as follows."),
        heading("1. Answer"),
        text(told["text"]),
        heading("2. Result"),
        text("The decision stands." if upheld else "The decision is withdrawn; it will be decided anew."),
    )
    return _sheets(head, "answer", Words(zh="关于申辩的答复", en="Answer to the objection"), zh, en)


def _ended(words: str) -> str:
    """A sentence that ends."""
    return words if words.endswith(("。", "！", "？", "；", ".")) else f"{words}。"


def _sheets(head: Head, kind: str, title: Words, zh: tuple[Block, ...], en: tuple[Block, ...]) -> Sheets:
    bodies: dict[Lang, tuple[Block, ...]] = {"zh": zh, "en": en}
    return {
        lang: Sheet(
            kind=kind,
            number=head.number,
            title=title[lang],
            addressee=head.member,
            blocks=bodies[lang],
            office=head.office[lang],
            issued_on=head.issued_on,
            seal=_SEAL[lang],
            head=_TRANSLATION if lang == "en" else "",
        )
        for lang in ("zh", "en")
    }


PAPERS: dict[str, Callable[[Head, dict[str, Any]], Sheets]] = {
    "clearance": clearance,
    "decision": decision,
    "answer": answer,
}
