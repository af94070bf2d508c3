"""The wording of the docket's papers: what a petitioner must be told, in both languages."""

from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from blueprints.petitions.casefile.domain import PaperKind
from blueprints.petitions.docket import papers as wording
from blueprints.petitions.docket.domain import Channel, Elsewhere, Kind, Outcome
from core import notices, papers
from core.deadlines import due
from core.profiles import Profile, profile
from core.sheets import Sheets, written
from core.words import LANGS, Lang, Words

LAW = profile("2022")
OLD = profile("2005")
HEAD = wording.Head(
    number="新组信复〔2026〕12号",
    office=Words(zh="中共新洲区委组织部", en="Xinzhou District Organization Department"),
    issued_on=date(2026, 11, 23),
)
MATTER = wording.Matter(
    number="2026-00012",
    subject="村口路灯不亮",
    kind=Kind.CLAIM,
    channel=Channel.ONLINE,
    received_on=date(2026, 11, 10),
)
ITEMS = [
    wording.Item(request="请求修路灯。", facts="路灯坏了三盏。", opinion="月底前修好。"),
    wording.Item(request="请求公开账目。", facts="账目已公布。", opinion="可到村委会查阅。"),
]
ORGAN = Words(zh="中共武汉市委组织部", en="Wuhan Municipal Organization Department")


def said(sheets: Sheets, lang: Lang) -> str:
    """All that a sheet says."""
    return "\n".join(
        block.text + "\n".join(f"{label} {value}" for label, value in block.rows)
        for _, block in sheets[lang].parts(lang)
    )


def acceptance(kind: Kind, law: Profile = LAW) -> Sheets:
    handling = due(law.rule("handling", kind), HEAD.issued_on, notices)
    return wording.acceptance(HEAD, replace(MATTER, kind=kind), law, handling)


def opinion(kind: Kind = Kind.CLAIM, law: Profile = LAW, **changed: Any) -> Sheets:
    given: dict[str, Any] = {
        "accepted_on": date(2026, 11, 12),
        "items": ITEMS,
        "outcome": Outcome.SUPPORTED,
        "basis": "《办法》第七条。",
        "review_organ": ORGAN,
    }
    return wording.opinion(HEAD, replace(MATTER, kind=kind), law, **given | changed)


def slip(**changed: Any) -> Sheets:
    return wording.slip(
        office=HEAD.office,
        matter=replace(MATTER, **changed),
        given_on=date(2026, 11, 10),
        receipt="1234 5678 9012 3456 7890",
        anonymous=True,
        files=2,
        notice=due(LAW.rule("notice"), MATTER.received_on, notices),
        address="https://office.example/letters/status",
    )


def test_a_claim_is_told_the_last_day_and_its_article() -> None:
    sheets = acceptance(Kind.CLAIM)
    for words in ("2027年1月22日", "《信访工作条例》第二十三条", "《信访工作条例》第三十四条", "不超过30日"):
        assert words in said(sheets, "zh")
    for words in ("22 January 2027", "2022 Art 23", "2022 Art 34", "up to 30 days"):
        assert words in said(sheets, "en")


@pytest.mark.parametrize("kind", [Kind.PROPOSAL, Kind.ACCUSATION])
def test_where_the_law_sets_no_term_the_paper_says_so(kind: Kind) -> None:
    sheets = acceptance(kind)
    assert "并非法定期限" in said(sheets, "zh")
    assert "第三十四条" not in said(sheets, "zh")
    assert "own target" in said(sheets, "en")
    assert "Art 34" not in said(sheets, "en")
    assert ("保密" in said(sheets, "zh")) == (kind is Kind.ACCUSATION)


@pytest.mark.parametrize("elsewhere", Elsewhere)
def test_who_is_not_accepted_learns_why_and_where_to_go(elsewhere: Elsewhere) -> None:
    sheets = wording.declined(HEAD, MATTER, LAW, elsewhere, "双方已签订合同。")
    assert "不予受理" in said(sheets, "zh")
    ground = "第三十六条" if elsewhere is Elsewhere.FINAL else "第三十一条"
    assert f"《信访工作条例》第二十三条、{ground}" in said(sheets, "zh")
    assert "\n请" in said(sheets, "zh")
    assert "\nPlease " in said(sheets, "en")
    for lang in LANGS:
        assert "双方已签订合同。" in said(sheets, lang)


def test_every_way_elsewhere_is_worded_differently() -> None:
    texts = [said(wording.declined(HEAD, MATTER, LAW, each, "理由"), lang) for each in Elsewhere for lang in LANGS]
    assert len(set(texts)) == 2 * len(Elsewhere)


def test_the_opinion_answers_each_request_and_names_outcome_and_basis() -> None:
    for outcome in Outcome:
        sheets = opinion(outcome=outcome)
        assert sheets["zh"].title == "关于村口路灯不亮信访事项的答复意见"
        for lang in LANGS:
            words = said(sheets, lang)
            for item in ITEMS:
                for each in (item.request, item.facts, item.opinion):
                    assert words.count(each) == 1
            assert words.index(ITEMS[0].request) < words.index(ITEMS[0].facts) < words.index(ITEMS[1].facts)
            assert wording.OUTCOMES[outcome][lang] in words
            assert "《办法》第七条。" in words
    assert "（二）请求公开账目。" in said(opinion(), "zh")
    assert "（一）" not in said(opinion(items=ITEMS[:1]), "zh")


def test_a_claim_is_told_its_right_of_review_and_nobody_else_is_promised_one() -> None:
    for words in ("30日内", "《信访工作条例》第三十五条", ORGAN.zh, "复查"):
        assert words in said(opinion(), "zh")
    for words in ("within 30 days of receiving", "2022 Art 35", ORGAN.en, "review"):
        assert words in said(opinion(), "en")
    for kind in (Kind.PROPOSAL, Kind.ACCUSATION):
        assert "复查" not in said(opinion(kind), "zh")
        assert "review" not in said(opinion(kind), "en")


def test_a_title_reads_well_whatever_the_subject_is_called() -> None:
    for subject in ("关于路灯", "路灯", "路灯。", "关于路灯？"):
        sheets = wording.opinion(
            HEAD,
            replace(MATTER, subject=subject),
            LAW,
            accepted_on=HEAD.issued_on,
            items=ITEMS,
            outcome=Outcome.REFUSED,
            basis="无",
            review_organ=ORGAN,
        )
        assert sheets["zh"].title == "关于路灯信访事项的答复意见"


def test_the_slip_says_what_came_when_what_follows_and_how_to_look() -> None:
    words = said(slip(), "zh")
    for each in ("2026年11月10日", "网上信访", "申诉求决", "村口路灯不亮", "匿名", "2件", "2026-00012"):
        assert each in words
    for each in ("1234 5678 9012 3456 7890", "https://office.example/letters/status", "2026年11月25日", "第二十三条"):
        assert each in words
    assert "25 November 2026" in said(slip(), "en")
    assert "登记编号" not in said(slip(number=""), "zh")


def test_a_matter_under_the_old_regulation_is_never_given_articles_of_the_new_one() -> None:
    for sheets in (
        acceptance(Kind.CLAIM, OLD),
        opinion(Kind.CLAIM, OLD),
        wording.declined(HEAD, MATTER, OLD, Elsewhere.COURT, "理由"),
    ):
        assert "《信访条例》" in said(sheets, "zh")
        assert "信访工作条例" not in said(sheets, "zh")
        assert "2022 Art" not in said(sheets, "en")


def every() -> list[Sheets]:
    return [
        *(acceptance(kind) for kind in Kind),
        *(wording.declined(HEAD, MATTER, LAW, each, "理由。") for each in Elsewhere),
        *(opinion(kind) for kind in Kind),
        slip(),
    ]


def test_every_paper_is_addressed_without_a_name_and_the_translation_says_that_it_is_one() -> None:
    for sheets in every():
        assert sheets["zh"].head == ""
        assert sheets["en"].head == "Translation for information; the Chinese text counts."
        assert {sheet.addressee for sheet in sheets.values()} in ({"信访人", "the petitioner"}, {""})
        for lang in LANGS:
            assert written(sheets[lang].issued_on, lang) in said(sheets, lang)
            assert HEAD.office[lang] in said(sheets, lang)
            assert papers.missing(sheets[lang]) == []


def test_notices_and_the_slip_fit_on_one_page() -> None:
    for sheets in (
        acceptance(Kind.CLAIM),
        wording.declined(HEAD, MATTER, LAW, Elsewhere.COURT, "理由。" * 60),
        slip(subject="长" * 100),
    ):
        for lang in LANGS:
            assert len(PdfReader(BytesIO(papers.as_pdf(sheets[lang], lang))).pages) == 1


def test_every_kind_of_paper_and_every_word_of_the_domain_has_its_wording() -> None:
    assert set(wording.MARKS) == set(PaperKind)
    assert set(wording.KINDS) == set(Kind)
    assert set(wording.CHANNELS) == set(Channel)
    assert set(wording.OUTCOMES) == set(Outcome)
