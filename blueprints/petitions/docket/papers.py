"""The wording of the docket's papers, in both languages. Articles are cited by number; no law is quoted.

Each function takes plain values and gives both sheets, kept at issue; the Chinese text is the one that counts.
No sheet holds the petitioner's name: it is put in as the addressee for whoever may read it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from blueprints.petitions.casefile.domain import PaperKind
from blueprints.petitions.docket.domain import Channel, Elsewhere, Fault, Kind, Outcome, Verdict
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
MARKS = {
    PaperKind.ACCEPTANCE: "受",
    PaperKind.DECLINED: "不受",
    PaperKind.FORWARDING: "转",
    PaperKind.EXTENSION: "延",
    PaperKind.OPINION: "复",
    PaperKind.MEDIATION: "调",
    PaperKind.REVIEW: "查",
    PaperKind.REEXAMINATION: "核",
    PaperKind.SUPERVISION: "督",
}

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

VERDICTS = {
    Verdict.UPHELD: Words(zh="予以维持", en="upheld"),
    Verdict.CHANGED: Words(zh="予以变更", en="changed"),
    Verdict.REVOKED: Words(zh="予以撤销，由原办理机关重新办理", en="revoked; the matter is to be handled again"),
}

# What a unit did wrong, after 你单位 and after "your unit".
_FAULTS = {
    Fault.OVERDUE: Words(zh="未在规定期限内办理", en="did not handle it in time"),
    Fault.PROCEDURE: Words(zh="未按规定程序办理", en="did not follow the procedure"),
    Fault.PASSED_ON: Words(zh="存在推诿、拖延情形", en="passed it on or put it off"),
    Fault.FALSE_REPORT: Words(zh="存在弄虚作假、隐瞒情况情形", en="reported falsely, or held facts back"),
    Fault.NOT_CARRIED_OUT: Words(zh="未落实已经作出的处理意见", en="did not carry out the handling opinion"),
    Fault.OTHER: Words(zh="办理工作存在其他问题", en="has another fault in its handling"),
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
    Elsewhere.FINAL: (
        Words(zh="已经复核，现以同一事实和理由再次提出", en="has been re-examined on the same facts and grounds"),
        Words(
            zh="请在有新的事实和理由时另行提出；本机关会继续做好有关工作",
            en="Please write again if there are new facts or grounds; this office still gives help and advice",
        ),
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
    ground = law.cite("accept", "reexamination" if elsewhere is Elsewhere.FINAL else "decline")
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


def forwarding(head: Head, matter: Matter, law: Profile, organ: str, reason: str) -> Sheets:
    """The forwarding notice 转送告知书: who is competent, and that it is there now."""
    ground = law.cite("forward")
    zh = (
        text(f"{_received(matter, 'zh')}经审查，该事项由{organ}负责处理。根据{ground.zh}，现已转送该机关、单位。"),
        *((text(f"说明：{reason}"),) if reason else ()),
        text("请向该机关、单位了解办理情况。"),
        text("特此告知。"),
    )
    en = (
        text(f"{_received(matter, 'en')} {organ} is competent for it; it was forwarded there ({ground.en})."),
        *((text(f"Remark: {reason}"),) if reason else ()),
        text("Please ask there how it is being handled."),
    )
    return _sheets(PaperKind.FORWARDING, head, Words(zh="信访事项转送告知书", en="Forwarding notice"), zh, en)


def extension(head: Head, matter: Matter, law: Profile, handling: Deadline, reason: str) -> Sheets:
    """The extension notice 延期办理告知书: until when, and why."""
    ground = handling.rule.source
    last_zh, last_en = written(handling.due_on, "zh"), written(handling.due_on, "en")
    zh = (
        text(
            f"{_received(matter, 'zh', '，现正在办理中')}因情况复杂，经本机关负责人批准，"
            f"办理期限延长{handling.days}日，至{last_zh}止（{ground.zh}）。"
        ),
        text(f"延期理由：{reason}"),
        text("特此告知。"),
    )
    en = (
        text(
            f"{_received(matter, 'en')} It is complex; with the approval of the head of this office the time for "
            f"handling it is extended by {handling.days} days, to {last_en} ({ground.en})."
        ),
        text(f"Reason: {reason}"),
    )
    return _sheets(PaperKind.EXTENSION, head, Words(zh="信访事项延期办理告知书", en="Extension notice"), zh, en)


def mediation(head: Head, matter: Matter, law: Profile, on: date, agreement: str) -> Sheets:
    """The mediation agreement 调解协议书, to which both sides have agreed."""
    ground = law.cite("mediation")
    zh = (
        text(
            f"{_received(matter, 'zh')}经争议双方当事人同意，本机关于{written(on, 'zh')}主持调解（{ground.zh}），"
            "双方自愿达成如下协议："
        ),
        text(agreement),
        text("本协议自双方签字之日起生效。"),
        facts(("信访人签字", ""), ("对方当事人签字", ""), ("签字日期", "")),
    )
    en = (
        text(
            f"{_received(matter, 'en')} With the consent of both sides this office mediated on {written(on, 'en')} "
            f"({ground.en}). Both sides freely agreed:"
        ),
        text(agreement),
        text("The agreement takes effect on the day that both have signed."),
        facts(("Signature of the petitioner", ""), ("Signature of the other side", ""), ("Date", "")),
    )
    return _sheets(PaperKind.MEDIATION, head, Words(zh="信访事项调解协议书", en="Mediation agreement"), zh, en)


def verdict(
    kind: PaperKind,
    head: Head,
    matter: Matter,
    law: Profile,
    *,
    verdict: Verdict,
    dated: date,
    their_number: str,
    words: str,
    organ: Words,
    next_organ: Words,
) -> Sheets:
    """The review opinion 复查意见书 or the re-examination opinion 复核意见书 of the organ above, as it is passed on.

    A review names what is left: a re-examination. After that the same facts and grounds are not taken again.
    """
    review = kind is PaperKind.REVIEW
    ground = law.cite("review" if review else "reexamination")
    name = Words(zh="复查", en="review") if review else Words(zh="复核", en="re-examination")
    what = Words(zh="处理意见", en="handling opinion") if review else Words(zh="复查意见", en="review opinion")
    number_zh = f"（{their_number}）" if their_number else ""
    number_en = f" (number {their_number})" if their_number else ""
    zh = [
        text(
            f"你不服“{matter.subject}”事项（登记编号：{matter.number}）的{what.zh}，请求{name.zh}。根据{ground.zh}，"
            f"{organ.zh}于{written(dated, 'zh')}作出{name.zh}意见{number_zh}，现转告如下："
        ),
        heading("一、事实和理由"),
        text(words),
        heading(f"二、{name.zh}意见"),
        text(f"对原{what.zh}{VERDICTS[verdict].zh}。"),
    ]
    en = [
        text(
            f'You asked for a {name.en} of the {what.en} on "{matter.subject}" (docket number {matter.number}). '
            f"On {written(dated, 'en')} the {organ.en} decided{number_en} ({ground.en}):"
        ),
        heading("1. Facts and grounds"),
        text(words),
        heading(f"2. The {name.en} opinion"),
        text(f"The {what.en} is {VERDICTS[verdict].en}."),
    ]
    if review:
        right = law.rule("ask_reexamination")
        zh += [
            heading("三、救济途径"),
            text(
                f"如不服本复查意见，可以自收到之日起{right.length}日内，根据{right.source.zh}，向{next_organ.zh}申请复核。"
                "期限的最后一日为休息日、节假日的，顺延至其后第一个工作日。"
            ),
        ]
        en += [
            heading("3. What you can do"),
            text(
                f"If you do not agree, you may ask the {next_organ.en} for a re-examination within {right.length} days "
                f"of receiving this ({right.source.en}). If the last day is not a working day, the next one counts."
            ),
        ]
    else:
        zh.append(
            text("本复核意见为最终意见。你再以同一事实和理由提出请求的，各级机关、单位不再受理，但会继续做好有关工作。")
        )
        en.append(
            text(
                "This is final: a request on the same facts and grounds is not taken again. "
                "You may still turn to this office for help and advice."
            )
        )
    title = Words(zh=f"信访事项{name.zh}意见告知书", en=f"{name.en.capitalize()} opinion")
    return _sheets(kind, head, title, tuple(zh), tuple(en))


def supervision(
    head: Head, matter: Matter, law: Profile, answer: Deadline, unit: str, fault: Fault, asked: str
) -> Sheets:
    """The supervision letter 督办函 to the unit that handles the matter; the petitioner does not read it."""
    ground = law.cite("supervise")
    last_zh, last_en = written(answer.due_on, "zh"), written(answer.due_on, "en")
    zh = (
        text(
            f"你单位承办的“{matter.subject}”事项（登记编号：{matter.number}），经督查，你单位{_FAULTS[fault].zh}。"
            f"根据{ground.zh}，现予督办，要求如下："
        ),
        text(asked),
        text(f"请于{last_zh}前书面反馈办理情况。"),
    )
    en = (
        text(
            f'The matter "{matter.subject}" (docket number {matter.number}) is with your unit, which '
            f"{_FAULTS[fault].en}. It is supervised ({ground.en}). You are asked:"
        ),
        text(asked),
        text(f"Please answer in writing by {last_en}."),
    )
    sheets = _sheets(PaperKind.SUPERVISION, head, Words(zh="信访事项督办函", en="Supervision letter"), zh, en)
    return {lang: replace(sheet, addressee=unit) for lang, sheet in sheets.items()}


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
