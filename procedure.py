"""docs/procedure.md, printed from the tables that the code itself follows, so that it cannot drift."""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

import click
from flask.cli import with_appcontext
from flask_babel import force_locale

from blueprints.petitions.casefile.domain import PAPER_LABELS, PaperKind
from blueprints.petitions.causes import domain as causes
from blueprints.petitions.causes.papers import MARK as PROPOSAL
from blueprints.petitions.docket import domain as docket
from blueprints.petitions.docket import papers
from blueprints.petitions.reception import domain as reception
from blueprints.petitions.rulebook.domain import newest_first
from blueprints.petitions.screening import domain as screening
from blueprints.petitions.visits import domain as visits
from core.deadlines import Unit
from core.profiles import Clock, Owes, Profile, profile, shipped
from core.roles import ROLE_LABELS
from core.words import Words
from core.workflow import Step
from settings import HOME

PAGE = HOME / "docs" / "procedure.md"

UNITS = {Unit.DAYS: Words(zh="日", en="days"), Unit.WORKING_DAYS: Words(zh="个工作日", en="working days")}
OWES = {
    Owes.OFFICE: Words(zh="本机关", en="the office"),
    Owes.UNIT: Words(zh="承办单位", en="the unit"),
    Owes.PETITIONER: Words(zh="信访人（权利）", en="the petitioner, as a right"),
    Owes.REVIEW_ORGAN: Words(zh="复查机关", en="the review organ"),
    Owes.REEXAMINATION_ORGAN: Words(zh="复核机关", en="the re-examination organ"),
}


def both(words: object) -> str:
    """A text in English and in Chinese: Words, or a label of the translation catalogue."""
    if isinstance(words, Words):
        return f"{words.en} · {words.zh}"
    with force_locale("en"):
        english = str(words)
    with force_locale("zh_Hans_CN"):
        chinese = str(words)
    return english if chinese == english else f"{english} · {chinese}"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """A table in Markdown."""
    names = list(head)
    yield f"| {' | '.join(names)} |"
    yield "|---" * len(names) + "|"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '/') or '–' for cell in row)} |"
    yield ""


def text() -> str:
    """The whole page. Needs an application context, for the labels' translations."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield "# The procedure · 办理程序"
    yield ""
    yield "Printed by `flask docs` from the tables in the code and in data/procedure; a test compares. Do not edit."
    yield ""
    yield "## A matter's steps · 办理步骤"
    yield ""
    start = both(docket.STATE_LABELS[docket.State(docket.WORKFLOW.start)])
    yield f"A matter begins as: {start}. Where a step names no new state, the matter stays where it is."
    yield ""
    yield from table(
        (
            *("step · 步骤", "from · 起始状态", "to · 之后状态", "who · 由谁", "only · 条件", "clock · 期限"),
            *("paper · 文书", "ground · 依据"),
        ),
        (_step(step) for step in docket.WORKFLOW),
    )
    yield from _causes()
    yield from _visits()
    yield from _screening()
    for each in _profiles():
        yield from _profile(each)
    yield "## Papers · 文书"
    yield ""
    yield "Each is kept in Chinese and English as it was issued, and numbered within its year and kind."
    yield ""
    yield from table(
        ("paper · 文书", "number · 字号", "issued by · 由哪一步骤"),
        (
            (
                both(label),
                f"…{papers.MARKS[kind]}〔2026〕1号",
                ", ".join(both(step.label) for step in docket.WORKFLOW if step.paper == kind),
            )
            for kind, label in PAPER_LABELS.items()
        ),
    )


def _causes() -> Iterator[str]:
    yield "## A cause's steps · 问题根源的办理步骤"
    yield ""
    start = both(causes.STATE_LABELS[causes.State(causes.WORKFLOW.start)])
    yield f"A cause begins as: {start}. A proposal to a unit is a paper, numbered …{PROPOSAL}〔2026〕1号."
    yield "Its answer has a clock of its own, `supervise`."
    yield ""
    yield from table(
        ("step · 步骤", "from · 起始状态", "to · 之后状态", "who · 由谁"),
        (
            (
                both(step.label),
                "<br>".join(both(causes.STATE_LABELS[causes.State(state)]) for state in step.from_),
                both(causes.STATE_LABELS[causes.State(step.to)]) if step.to else "",
                "<br>".join(both(ROLE_LABELS[role]) for role in step.who),
            )
            for step in causes.WORKFLOW
        ),
    )


def _step(step: Step) -> Iterator[str]:
    states = docket.STATE_LABELS
    everywhere = set(step.from_) == set(docket.EVERY)
    yield both(step.label)
    yield (
        both(Words(zh="各状态", en="any"))
        if everywhere
        else "<br>".join(both(states[docket.State(state)]) for state in step.from_)
    )
    yield both(states[docket.State(step.to)]) if step.to else ""
    yield "<br>".join(both(ROLE_LABELS[role]) for role in step.who)
    yield both(docket.ONLY_LABELS[docket.Only(step.only)]) if step.only else ""
    clocks = ((step.start, Words(zh="开始", en="starts")), (step.stop, Words(zh="停止", en="stops")))
    yield "<br>".join(f"{both(does)}: {clock}" for clock, does in clocks if clock)
    yield both(PAPER_LABELS[PaperKind(step.paper)]) if step.paper else ""
    yield "<br>".join(f"{each.id} Art {each.articles[step.law]}" for each in _profiles()) if step.law else ""


def _profiles() -> list[Profile]:
    return sorted(map(profile, shipped()), key=newest_first)


def _visits() -> Iterator[str]:
    """The steps of a down-visit, of what was promised there, and of a reception day."""
    head = ("step · 步骤", "from · 起始状态", "to · 之后状态", "who · 由谁")
    for title, workflow, states in (
        (Words(zh="领导下访", en="A down-visit"), visits.WORKFLOW, visits.STATE_LABELS),
        (Words(zh="下访承诺", en="A promise made at a visit"), visits.PROMISE, visits.KEPT_LABELS),
        (Words(zh="领导接访日", en="A leaders' reception day"), reception.WORKFLOW, reception.STATE_LABELS),
    ):
        labels: dict[Any, Any] = dict(states)
        yield f"## {both(title)}"
        yield ""
        rows = (
            (
                both(step.label),
                "<br>".join(both(labels[state]) for state in step.from_),
                both(labels[step.to]) if step.to else "",
                "<br>".join(both(ROLE_LABELS[role]) for role in step.who),
            )
            for step in workflow
        )
        yield from table(head, rows)


def _screening() -> Iterator[str]:
    """Rounds and items of the screening: their days are the round's own, no law's."""
    yield "## Screening · 矛盾纠纷排查"
    yield ""
    yield "First the round, then each item that comes back; each round sets its own due date."
    yield "先下发排查，再逐项处理；报送期限由每轮排查自定。"
    yield ""
    for steps, labels in (
        (screening.ROUND_WORKFLOW, screening.ROUND_LABELS),
        (screening.WORKFLOW, screening.STATE_LABELS),
    ):
        rows = (_plain_step(step, labels) for step in steps)
        yield from table(("step · 步骤", "from · 起始状态", "to · 之后状态", "who · 由谁"), rows)


def _plain_step(step: Step, states: Mapping[Any, Any]) -> Iterator[str]:
    def state(each: StrEnum) -> str:
        return both(states[each])

    yield both(step.label)
    yield "<br>".join(map(state, step.from_))
    yield state(step.to) if step.to else ""
    yield "<br>".join(both(ROLE_LABELS[role]) for role in step.who)


def _profile(profile: Profile) -> Iterator[str]:
    until = f"{profile.until_on} · {profile.in_force_on}起至{profile.until_on}" if profile.until_on else ""
    yield f"## Clocks of profile {profile.id} · 期限：{both(profile.title)}"
    yield ""
    if until:
        yield f"In force from {profile.in_force_on} to {until}施行。"
    else:
        yield f"In force since {profile.in_force_on} · {profile.in_force_on}起施行。"
    yield ""
    yield from table(
        ("clock · 期限", "length · 长度", "starts on · 起算", "stops on · 终止", "owed by · 责任方", "ground · 依据"),
        (_clock(profile, clock) for clock in profile.clocks),
    )


def _clock(profile: Profile, clock: Clock) -> Iterator[str]:
    kind = f" ({clock.kind})" if clock.kind else ""
    most = Words(zh="最长", en="up to ") if clock.extends else Words(zh="", en="")
    unit = UNITS[clock.unit]
    yield f"`{clock.id}`{kind}<br>{both(clock.name)}"
    yield f"{most.en}{clock.length} {unit.en} · {most.zh}{clock.length}{unit.zh}"
    yield both(clock.starts_on)
    yield both(clock.stops_on)
    notes = [both(OWES[clock.owed_by])]
    if profile.rule(clock.id, clock.kind).rolls:
        notes.append(both(Words(zh="最后一日非工作日的，顺延至下一个工作日", en="rolls to the next working day")))
    if clock.hearing_not_counted:
        notes.append(both(Words(zh="听证时间不计入", en="days of a hearing are not counted")))
    yield "<br>".join(notes)
    yield both(profile.ground(clock))


@click.command("docs")
@with_appcontext
def docs() -> None:
    """Print docs/procedure.md from the tables."""
    PAGE.write_text(text(), encoding="utf-8")
    click.echo(PAGE)
