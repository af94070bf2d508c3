"""The approval sheet of a reception (公务接待审批单) in both languages, as it is kept when it is approved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from blueprints.rules.receptions.domain import LINE_WORDS, Finding, Kind, Line
from core import money
from core.sheets import Block, Sheet, Sheets, facts, heading, text, written
from core.words import LANGS, Lang, Words

MARK = "接"  # what stands in the number between the office's own characters and the year
TITLE = Words(zh="公务接待审批单", en="Approval of an official reception")
_SEAL = Words(zh="（此处盖章）", en="(place for the seal)")
_TRANSLATION = "Translation for information; the Chinese text counts."
_FITS, _DOES_NOT = Words(zh="符合", en="fits"), Words(zh="不符合", en="does not fit")


@dataclass(frozen=True, kw_only=True)
class Head:
    """What stands on the sheet besides the lines of the standard and the money."""

    number: str  # 新组信接〔2026〕3号
    office: Words
    issued_on: date
    unit: str
    asked_by: str
    approved_by: str
    guest_unit: str
    guests: int
    guest_list: str
    purpose: str
    from_on: date
    until_on: date
    letter: str
    hosts: int
    host_list: str
    standard: Words
    bill_due_on: date


def approval(head: Head, findings: Sequence[Finding], planned: Mapping[Kind, int], exception: str | None) -> Sheets:
    """The sheet: the visit, each line of the standard, the money by kind, and who approved it on what ground."""
    return {lang: _sheet(head, findings, planned, exception, lang) for lang in LANGS}


def _sheet(
    head: Head, findings: Sequence[Finding], planned: Mapping[Kind, int], exception: str | None, lang: Lang
) -> Sheet:
    zh = lang == "zh"
    none = "无" if zh else "none"
    days = written(head.from_on, lang)
    if head.until_on != head.from_on:
        days += ("至" if zh else " – ") + written(head.until_on, lang)
    total = sum(planned.values())
    visit = facts(
        ("来访单位" if zh else "Guests from", head.guest_unit),
        ("来宾人数" if zh else "Guests", str(head.guests)),
        ("来宾姓名、职务" if zh else "Names and posts", head.guest_list),
        ("事由" if zh else "Purpose", head.purpose),
        ("时间" if zh else "Days", days),
        ("公函" if zh else "Official letter", head.letter or none),
        (
            "陪餐人员" if zh else "Hosts",
            "；".join(filter(None, (str(head.hosts), head.host_list))) if head.hosts else none,
        ),
        ("申请单位、申请人" if zh else "Asked for by", f"{head.unit} {head.asked_by}"),
    )
    lines = facts(*((each.label[lang], _line(each, lang)) for each in findings))
    costs = facts(
        *((LINE_WORDS[Line(kind)][lang], money.shown(fen)[lang]) for kind, fen in planned.items() if fen),
        ("合计" if zh else "Total", money.shown(total)[lang]),
        *((("大写", money.capitals(total)),) if zh else ()),
    )
    reason: tuple[Block, ...] = ()
    if exception:
        reason = (heading("四、例外批准的理由" if zh else "4. Why it is approved all the same"), text(exception))
    ends = written(head.bill_due_on, lang)
    return Sheet(
        kind="reception",
        number=head.number,
        title=TITLE[lang],
        blocks=(
            heading("一、接待事项" if zh else "1. The visit"),
            visit,
            heading(f"二、对照《{head.standard.zh}》" if zh else f"2. Against the standard: {head.standard.en}"),
            lines,
            heading("三、经费预算" if zh else "3. Money"),
            costs,
            *reason,
            text(
                f"经审批，同意接待。审批人：{head.approved_by}。接待结束后，请于{ends}前凭票据报账。"
                if zh
                else f"Approved by {head.approved_by}. The bill is due by {ends}."
            ),
        ),
        office=head.office[lang],
        issued_on=head.issued_on,
        seal=_SEAL[lang],
        head="" if zh else _TRANSLATION,
        small=True,
    )


def _line(found: Finding, lang: Lang) -> str:
    asked, allowed, ground = found.asked[lang], found.allowed[lang], found.ground.words[lang]
    verdict = (_FITS if found.fits else _DOES_NOT)[lang]
    if lang == "zh":
        return f"{asked}；标准：{allowed}（{ground}）；{verdict}"
    return f"{asked}; standard: {allowed} ({ground}); {verdict}"


def _several(count: int, names: str) -> str:
    return f"{count}{f'（{names}）' if names else ''}" if count else ""
