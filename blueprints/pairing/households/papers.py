"""The wording of the certificate of a demonstration household, in both languages."""

from dataclasses import dataclass
from datetime import date

from core.sheets import Sheet, Sheets, facts, text
from core.words import LANGS, Lang, Words
from settings import settings

MARK = "示"  # what stands in the number between the office's own characters and the year
TITLE = Words(zh="科技致富示范户证书", en="Certificate of a demonstration household")
_SEAL = Words(zh="（此处盖章）", en="(place for the seal)")
_TRANSLATION = "Translation for information; the Chinese text counts."


@dataclass(frozen=True)
class Head:
    """What stands on the certificate."""

    number: str  # 新组信示〔2026〕3号
    issued_on: date
    name: str
    village: str
    what: str
    round: str


def certificate(head: Head) -> Sheets:
    """The certificate in both languages."""
    return {lang: _sheet(head, lang) for lang in LANGS}


def _sheet(head: Head, lang: Lang) -> Sheet:
    zh = lang == "zh"
    return Sheet(
        kind="household",
        number=head.number,
        title=TITLE[lang],
        blocks=(
            text(
                f"{head.village}{head.name}户，经“{head.round}”申报、评审、公示，命名为科技致富示范户。特发此证。"
                if zh
                else f"The household of {head.name}, {head.village}, has been nominated, scored and shown on public "
                f"notice in “{head.round}”, and is hereby named a demonstration household."
            ),
            facts(
                ("户主" if zh else "Head of household", head.name),
                ("所在村" if zh else "Village", head.village),
                ("示范项目" if zh else "What it shows", head.what),
            ),
        ),
        office=settings().OFFICE_NAME if zh else settings().OFFICE_NAME_EN,
        issued_on=head.issued_on,
        seal=_SEAL[lang],
        head="" if zh else _TRANSLATION,
    )
