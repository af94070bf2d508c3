"""docs/procedure.md, printed from the tables that the code itself follows, so that it cannot drift."""

from collections.abc import Iterable, Iterator

import click
from flask.cli import with_appcontext
from flask_babel import force_locale

import rooms
from blueprints.petitions.casefile.domain import PAPER_LABELS
from blueprints.petitions.docket import domain as docket
from blueprints.petitions.docket import papers
from blueprints.petitions.rulebook.domain import newest_first
from core.deadlines import Unit
from core.profiles import Clock, Owes, Profile, profile, shipped
from core.roles import ROLE_LABELS
from core.words import Words
from core.workflow import Step, Table
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

COLUMNS = (
    *("step · 步骤", "from · 起始状态", "to · 之后状态", "who · 由谁", "only · 条件", "clock · 期限"),
    *("paper · 文书", "ground · 依据"),
)
ANY, STARTS, STOPS = "any · 各状态", "starts · 开始", "stops · 停止"


def lines(parts: Iterable[str]) -> str:
    """Several lines of one cell."""
    return "<br>".join(parts)


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
    for procedure in rooms.tables():
        yield from _steps(procedure)
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


def _steps(table_: Table) -> Iterator[str]:
    """One procedure: the columns that any of its steps fills."""
    steps, states = list(table_.workflow), table_.states
    yield f"## {both(table_.title)}"
    yield ""
    begin = both(states[table_.workflow.start])
    yield f"Begins as: {begin}. Where a step names no new state, it stays as it is."
    if table_.about:
        yield ""
        yield both(table_.about)
    yield ""
    every = {state for step in steps for state in step.from_}

    def cells(step: Step) -> Iterator[str]:
        yield both(step.label)
        yield (
            ANY
            if len(every) > 2 and set(step.from_) == set(states)
            else lines(both(states[each]) for each in step.from_)
        )
        yield both(states[step.to]) if step.to else ""
        yield lines(both(ROLE_LABELS[role]) for role in step.who)
        yield both(table_.only[step.only]) if step.only else ""
        yield lines(f"{does}: {clock}" for clock, does in ((step.start, STARTS), (step.stop, STOPS)) if clock)
        yield both(table_.papers[step.paper]) if step.paper else ""
        yield lines(f"{each.id} Art {each.articles[step.law]}" for each in _profiles()) if step.law else ""

    rows = [list(cells(step)) for step in steps]
    kept = [number for number, name in enumerate(COLUMNS) if number < 4 or any(row[number] for row in rows)]
    yield from table([COLUMNS[number] for number in kept], ([row[number] for number in kept] for row in rows))


def _profiles() -> list[Profile]:
    return sorted(map(profile, shipped()), key=newest_first)


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
