"""The wording of the docket's papers, in both languages. Articles are cited by number; no law is quoted.

Each function takes plain values and gives both sheets, kept at issue; the Chinese text is the one that counts.
No sheet holds the petitioner's name: it is put in as the addressee for whoever may read it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from blueprints.petitions.casefile.domain import PaperKind
from blueprints.petitions.docket.domain import Channel, Elsewhere, Kind, Outcome
from core.deadlines import Deadline
from core.profiles import Profile, chinese_number
from core.sheets import Block, Sheet, Sheets, code, facts, heading, text, written
from core.words import Lang, Words

PETITIONER = Words(zh="信访人", en="the petitioner")
_SEAL = Words(zh="（此处盖章）", en="(place for the seal)")
_TRANSLATION = "Translation for information; the Chinese text counts."

KINDS = {
    Kind.PROPOSAL: Words(zh="建议意见", en="proposal"),
    Kind.ACCUSATION: Words(zh="检举控告", en="accusation"),
    Kind.CLAIM: Words(zh="申诉求决", en="claim for relief"),
}

CHANNELS = {
    Channel.LETTER: Words(zh="来信", en="letter"),
    Channel.VISIT: Words(zh="来访", en="visit"),
    Channel.CALL: Words(zh="来电", en="call"),
    Channel.ONLINE: Words(zh="网上信访", en="online letter"),
}

# What stands in a paper's number between the office's own characters and the year.
MARKS = {PaperKind.ACCEPTANCE: "受", PaperKind.DECLINED: "不受", PaperKind.OPINION: "复"}

OUTCOMES = {
    Outcome.SUPPORTED: Words(
        zh="予以支持。本机关将督促有关单位落实。", en="Supported. This office will see that it is carried out."
    ),
    Outcome.EXPLAINED: Words(
        zh="解释疏导。你的诉求合理，但缺乏法律依据，本机关已在前文说明理由。",
        en="Explained. The request is reasonable but has no legal basis; the reasons are given above.",
    ),
    Outcome.REFUSED: Words(zh="不予支持。理由见前文。", en="Not supported. The reasons are given above."),
}

# Why another channel is competent, and where to go.
_ELSEWHERE = {
    Elsewhere.COURT: (
        Words(zh="依法应当通过诉讼途径解决", en="is to be settled by a court"),
        Words(zh="请依法向有管辖权的人民法院提起诉讼", en="Please go to the people's court that has jurisdiction"),
    ),
    Elsewhere.PROCURATORATE: (
        Words(zh="依法属于人民检察院职权范围", en="lies with the people's procuratorate"),
        Words(zh="请向有管辖权的人民检察院提出", en="Please go to the procuratorate that has jurisdiction"),
    ),
    Elsewhere.POLICE: (
        Words(zh="依法属于公安机关职权范围", en="lies with the police"),
        Words(zh="请向有管辖权的公安机关提出", en="Please go to the police that has jurisdiction"),
    ),
    Elsewhere.ARBITRATION: (
        Words(zh="依法应当通过仲裁途径解决", en="is to be settled by arbitration"),
        Words(zh="请依法向有管辖权的仲裁机构申请仲裁", en="Please apply to the arbitration body that has jurisdiction"),
    ),
    Elsewhere.RECONSIDERATION: (
        Words(zh="依法应当通过行政复议途径解决", en="is to be settled by administrative reconsideration"),
        Words(zh="请依法向行政复议机关申请行政复议", en="Please apply to the reconsideration authority"),
    ),
    Elsewhere.PARTY_APPEAL: (
        Words(zh="属于党员申诉事项", en="is an appeal of a Party member"),
        Words(zh="请按照党内有关规定，向有权处理的党组织提出申诉", en="Please appeal to the competent Party organ"),
    ),
    Elsewhere.RULING: (
        Words(zh="依法应当通过行政裁决等途径解决", en="is to be settled by an administrative ruling"),
        Words(zh="请依法向有权作出行政裁决的机关提出申请", en="Please apply to the authority that may give the ruling"),
    ),
    Elsewhere.DUTY: (
        Words(zh="属于申请有关机关履行法定职责的事项", en="asks an authority to do what the law makes its duty"),
        Words(zh="请依法向负有该项职责的机关提出申请", en="Please apply to the authority that has this duty"),
    ),
    Elsewhere.UNDER_WAY: (
        Words(zh="已由有权处理的机关、单位受理，且尚在办理期限内", en="is being handled in time by another organ"),
        Words(zh="请等候该机关、单位的处理意见", en="Please wait for the answer of that organ"),
    ),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Head:
    """What stands at the head and the foot of a paper."""

    number: str  # 新组信受〔2026〕12号
    office: Words
    issued_on: date


@dataclass(frozen=True, kw_only=True)
class Matter:
    """What the papers say of the matter itself. `number` is the docket number, empty before it is registered."""

    number: str
    subject: str
    kind: Kind
    channel: Channel
    received_on: date


@dataclass(frozen=True, kw_only=True)
class Item:
    """One request with its facts and the opinion on it."""

    request: str
    facts: str
    opinion: str


def acceptance(head: Head, matter: Matter, law: Profile, handling: Deadline) -> Sheets:
    """The acceptance notice 受理告知书; `handling` is the clock that acceptance starts."""
    ground = law.cite("accept")
    zh = (
        text(f"{_received(matter, 'zh')}经审查，该事项属于本机关职责范围。根据{ground.zh}，本机关决定予以受理。"),
        text(_promise(matter, law, handling, "zh")),
        text("办理期间，你可以凭查询码查询办理进度、补充材料、与本机关联系。"),
        text("特此告知。"),
    )
    en = (
        text(f"{_received(matter, 'en')} It lies within this office's duties and is accepted ({ground.en})."),
        text(_promise(matter, law, handling, "en")),
        text("With your receipt code you can follow it, add material and write to this office."),
    )
    return _sheets(PaperKind.ACCEPTANCE, head, Words(zh="信访事项受理告知书", en="Acceptance notice"), zh, en)


def _promise(matter: Matter, law: Profile, handling: Deadline, lang: Lang) -> str:
    days, last = handling.days, written(handling.due_on, lang)
    source = handling.rule.source[lang]
    more = law.rule("extension")
    zh = f"本机关将自受理之日起{days}日内，即至迟于{last}，"
    en = f"This office will answer in writing within {days} days of acceptance, by {last} at the latest"
    if handling.rule.target:
        zh += "书面答复你。该期限是本机关自行确定的工作目标，并非法定期限。"
        en += ". This term is the office's own target; the law sets none."
    else:
        zh += (
            f"出具书面处理意见（{source}）。情况复杂、需要延长办理期限的，"
            f"延长期限不超过{more.length}日，本机关将告知你延期理由（{more.source.zh}）。"
        )
        en += (
            f" ({source}). If the matter is complex, this may take up to {more.length} days longer; "
            f"you will then be told why ({more.source.en})."
        )
    if matter.kind is Kind.ACCUSATION:
        zh += "对你的身份信息和反映的内容，本机关依规严格保密。"
        en += " Who you are and what you wrote is kept confidential."
    return zh if lang == "zh" else en


def declined(head: Head, matter: Matter, law: Profile, elsewhere: Elsewhere, reason: str) -> Sheets:
    """The non-acceptance notice 不予受理告知书: why, and where to go instead."""
    ground = law.cite("accept", "decline")
    because, go = _ELSEWHERE[elsewhere]
    zh = (
        text(f"{_received(matter, 'zh')}经审查，该事项{because.zh}。根据{ground.zh}，本机关决定不予受理。"),
        text(f"具体理由：{reason}"),
        text(f"{go.zh}。"),
        text("特此告知。"),
    )
    en = (
        text(f"{_received(matter, 'en')} It {because.en} and is not accepted here ({ground.en})."),
        text(f"Reason: {reason}"),
        text(f"{go.en}."),
    )
    return _sheets(PaperKind.DECLINED, head, Words(zh="信访事项不予受理告知书", en="Non-acceptance notice"), zh, en)


def opinion(
    head: Head,
    matter: Matter,
    law: Profile,
    *,
    accepted_on: date,
    items: Sequence[Item],
    outcome: Outcome,
    basis: str,
    review_organ: Words,
) -> Sheets:
    """The handling opinion 处理意见书. Only on a claim for relief does the law offer a review."""
    claim = matter.kind is Kind.CLAIM
    day_zh, day_en = written(accepted_on, "zh"), written(accepted_on, "en")
    ground = law.cite("opinion")
    zh = [
        text(
            _received(matter, "zh", f"，于{day_zh}受理，现已办理完毕")
            + (f"根据{ground.zh}，答复如下：" if claim else "现答复如下：")
        ),
        *_answers(items, "zh"),
        heading("三、处理依据"),
        text(basis),
        heading("四、办理结果"),
        text(OUTCOMES[outcome].zh),
    ]
    en = [
        text(
            f"{_received(matter, 'en')} It was accepted on {day_en} and has been handled. "
            + (f"The answer ({ground.en}):" if claim else "The answer:")
        ),
        *_answers(items, "en"),
        heading("3. Legal basis"),
        text(basis),
        heading("4. Outcome"),
        text(OUTCOMES[outcome].en),
    ]
    if claim:
        right = law.rule("ask_review")
        zh += [
            heading("五、救济途径"),
            text(
                f"如不服本处理意见，可以自收到本意见之日起{right.length}日内，根据{right.source.zh}，"
                f"向{review_organ.zh}申请复查。期限的最后一日为休息日、节假日的，顺延至其后第一个工作日。"
            ),
        ]
        en += [
            heading("5. What you can do"),
            text(
                f"If you do not agree, you may ask the {review_organ.en} for a review within {right.length} days of "
                f"receiving this answer ({right.source.en}). "
                "If the last day is not a working day, the next working day counts."
            ),
        ]
    zh.append(text("特此答复。"))
    subject = matter.subject.removeprefix("关于").rstrip("。！？.!? ")
    title = Words(zh=f"关于{subject}信访事项的答复意见", en=f'Answer to the matter "{subject}"')
    return _sheets(PaperKind.OPINION, head, title, tuple(zh), tuple(en))


def _answers(items: Sequence[Item], lang: Lang) -> list[Block]:
    """Requests first, then the facts and the opinion on each, numbered alike when there are several."""
    many = len(items) > 1
    marks = [
        "" if not many else f"（{chinese_number(n)}）" if lang == "zh" else f"({n}) " for n in range(1, len(items) + 1)
    ]
    first, second = (
        ("一、信访诉求", "二、调查核实情况和处理意见")
        if lang == "zh"
        else ("1. What was asked", "2. Facts and opinion")
    )
    found, held = ("查明：", "意见：") if lang == "zh" else ("Facts: ", "Opinion: ")
    blocks = [
        heading(first),
        *(text(mark + item.request) for mark, item in zip(marks, items, strict=True)),
        heading(second),
    ]
    for mark, item in zip(marks, items, strict=True):
        blocks += [text(f"{mark}{found}{item.facts}"), text(f"{held}{item.opinion}")]
    return blocks


def slip(
    *,
    office: Words,
    matter: Matter,
    given_on: date,
    receipt: str,
    anonymous: bool,
    files: int,
    notice: Deadline,
    address: str,
) -> Sheets:
    """The receipt slip 收件回执, with the code in groups. Never kept, because it holds the code."""
    last_zh, last_en = written(notice.due_on, "zh"), written(notice.due_on, "en")
    rows_zh = [
        ("收到日期", written(matter.received_on, "zh")),
        ("信访形式", CHANNELS[matter.channel].zh),
        ("信访类别", KINDS[matter.kind].zh),
        ("标题", matter.subject),
        ("署名方式", "匿名" if anonymous else "实名"),
        ("附件", f"{files}件" if files else "无"),
    ]
    rows_en = [
        ("Received on", written(matter.received_on, "en")),
        ("By", CHANNELS[matter.channel].en),
        ("Class", KINDS[matter.kind].en),
        ("Subject", matter.subject),
        ("Signed", "anonymous" if anonymous else "by name"),
        ("Files", str(files) if files else "none"),
    ]
    if matter.number:
        rows_zh.insert(0, ("登记编号", matter.number))
        rows_en.insert(0, ("Docket number", matter.number))
    zh = (
        facts(*rows_zh),
        heading("查询码"),
        code(receipt),
        text(
            f"凭查询码可以查询办理进度、阅读告知书和答复意见、补充材料、与本机关联系。请打开{address}，输入以上20位数字。"
        ),
        text("本机关不留存查询码，遗失后无法找回。请妥善保管，不要告诉他人。"),
        heading("告知期限"),
        text(
            f"本机关将自收到之日起{notice.days}日内，即至迟于{last_zh}，书面告知你是否受理（{notice.rule.source.zh}）。"
        ),
    )
    en = (
        facts(*rows_en),
        heading("Receipt code"),
        code(receipt),
        text(
            "With this code you can follow the matter, read notices and the answer, add material and write to us. "
            f"Open {address} and type the 20 digits."
        ),
        text("The office keeps no copy of the code and cannot find it again. Keep it safe and show it to nobody."),
        heading("When you will hear from us"),
        text(
            f"Within {notice.days} days of receipt, by {last_en} at the latest, you will be told in writing whether "
            f"the matter is accepted ({notice.rule.source.en})."
        ),
    )
    head = Head(number="", office=office, issued_on=given_on)
    sheets = _sheets("slip", head, Words(zh="信访事项收件回执", en="Receipt"), zh, en)
    return {lang: replace(sheet, addressee="", small=True) for lang, sheet in sheets.items()}


def _received(matter: Matter, lang: Lang, then: str = "") -> str:
    day, how = written(matter.received_on, lang), CHANNELS[matter.channel][lang]
    if lang == "zh":
        return f"你通过{how}反映的“{matter.subject}”事项（登记编号：{matter.number}），本机关于{day}收到{then}。"
    return f'Your matter "{matter.subject}" (docket number {matter.number}, by {how}) was received on {day}.'


def _sheets(kind: str, head: Head, title: Words, zh: tuple[Block, ...], en: tuple[Block, ...]) -> Sheets:
    blocks: dict[Lang, tuple[Block, ...]] = {"zh": zh, "en": en}
    return {
        lang: Sheet(
            kind=kind,
            number=head.number,
            title=title[lang],
            addressee=PETITIONER[lang],
            blocks=blocks[lang],
            office=head.office[lang],
            issued_on=head.issued_on,
            seal=_SEAL[lang],
            head="" if lang == "zh" else _TRANSLATION,
        )
        for lang in blocks
    }
