"""The wording of a proposal to a unit, in both languages. Articles are cited by number; no law is quoted.

The sheet holds what the clerk wrote for this unit to read: no case, no petitioner, nothing of the cause besides.
"""

from dataclasses import dataclass
from datetime import date

from core.profiles import Profile
from core.sheets import Block, Sheet, Sheets, heading, text
from core.words import Lang, Words

MARK = "建"  # what stands in the number between the office's own characters and the year
_SEAL = Words(zh="（此处盖章）", en="(place for the seal)")
_TRANSLATION = "Translation for information; the Chinese text counts."


@dataclass(frozen=True, kw_only=True)
class Head:
    """What stands at the head and the foot of the paper. `unit` is the addressee."""

    number: str  # 新组信建〔2026〕3号
    office: Words
    issued_on: date
    unit: str


def proposal(head: Head, law: Profile, *, subject: str, found: str, asked: str) -> Sheets:
    """The proposal to improve 改进建议书: what letters show, what the unit is asked to do, by when it answers."""
    ground, rule = law.cite("supervise"), law.rule("supervise")
    about = subject.removeprefix("关于").removesuffix("的改进建议").rstrip("。！？.!? ")
    own_zh = "该期限是本机关自行确定的工作目标，并非法定期限。" if rule.target else f"（{rule.source.zh}）"
    own_en = " This term is the office's own target; the law sets none." if rule.target else f" ({rule.source.en})"
    zh = (
        text(f"本机关在办理群众来信来访中发现，有关{about}的问题反复出现。根据{ground.zh}，现向你单位提出改进建议。"),
        heading("一、反映的主要问题"),
        text(found),
        heading("二、改进建议"),
        text(asked),
        heading("三、反馈要求"),
        text(
            f"请你单位研究办理，并自收到本建议书之日起{rule.length}日内书面反馈采纳情况；"
            f"不采纳或者部分采纳的，请说明理由。{own_zh}"
        ),
        text("请对本建议书的内容保密，不得查找、打听反映问题的群众。"),
    )
    en = (
        text(
            f"In letters and visits handled by this office, matters of {about} come up again and again. "
            f"This office therefore makes the following proposal to your unit ({ground.en})."
        ),
        heading("1. What the letters show"),
        text(found),
        heading("2. What is proposed"),
        text(asked),
        heading("3. Your answer"),
        text(
            f"Please answer in writing within {rule.length} days of receiving this proposal, saying whether it is "
            f"adopted; where it is not, or only in part, please give the reason.{own_en}"
        ),
        text("Please keep this proposal confidential, and do not look for or ask after those who wrote."),
    )
    title = Words(zh=f"关于{about}的改进建议书", en=f"Proposal to improve: {about}")
    blocks: dict[Lang, tuple[Block, ...]] = {"zh": zh, "en": en}
    return {
        lang: Sheet(
            kind="proposal",
            number=head.number,
            title=title[lang],
            addressee=head.unit,
            blocks=blocks[lang],
            office=head.office[lang],
            issued_on=head.issued_on,
            seal=_SEAL[lang],
            head="" if lang == "zh" else _TRANSLATION,
        )
        for lang in blocks
    }
