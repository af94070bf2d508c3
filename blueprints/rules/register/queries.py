"""Reading the register: lists and search, a version's page, the trials that want a decision.

The search is the house's (core/search.py), though these texts are no secret: it finds Chinese words of two characters
and English ones alike on both databases, which no index of the databases' own does.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, bindparam, select

from blueprints.accounts.models import User
from blueprints.rules.register import domain
from blueprints.rules.register.domain import APPLIES, Kind, State
from blueprints.rules.register.models import INDEX, Rule, RuleArticle, Version, applies, seen_by
from core import clock, search
from core.desk import AT_MOST
from core.extensions import db, fetch, once
from core.pages import Listing, newest_key
from core.record import Entry, Happened, Thread
from core.roles import Role, Viewer
from core.words import Words

PAGE = 25
SOON = timedelta(days=30)


@dataclass(frozen=True)
class Filter:
    """What the register is narrowed to; an empty word means everything, an empty state what stands now."""

    q: str = ""
    state: str = ""
    kind: str = ""

    def asked(self) -> dict[str, str]:
        """The filter as it stands in an address."""
        return {name: word for name, word in asdict(self).items() if word}

    def clauses(self) -> Iterator[ColumnElement[bool]]:
        """The filter as WHERE clauses."""
        if self.state == "":
            yield Version.state.in_((*APPLIES, State.DRAFT))
        elif self.state != "all":
            yield Version.state == self.state
        if self.kind:
            yield Rule.kind == self.kind


class Found(NamedTuple):
    """An article, or the preamble (without number), in which the words of a search stand."""

    number: str
    name: str
    around: str
    lang: str


class Line(NamedTuple):
    """A version as a line of the list."""

    serial: int
    ordinal: int
    number: str
    named: Words
    issuer: str
    kind: str
    state: str
    from_on: date | None
    until_on: date | None
    trial_until_on: date | None
    found: tuple[Found, ...] = ()


_LINES: Select[*tuple[Any, ...]] = select(
    Version.id,
    Version.ordinal,
    Version.state,
    Version.from_on,
    Version.until_on,
    Version.trial_until_on,
    Version.body,
    Rule.serial,
    Rule.number,
    Rule.title,
    Rule.title_en,
    Rule.issuer,
    Rule.kind,
).join(Rule, Rule.id == Version.rule_id)


def listed(viewer: Viewer, wanted: Filter, after: str = "") -> Listing[Line]:
    """One page of the versions that this person may see, the newest first."""
    rows = _LINES.where(seen_by(viewer), *wanted.clauses())
    if wanted.q:
        return _searched(rows, wanted, newest_key(after))
    if key := newest_key(after):
        rows = rows.where(Version.id < key)
    found = fetch(db.session(), rows.order_by(Version.id.desc()).limit(PAGE + 1)).all()
    return Listing(
        [_line(row) for row in found[:PAGE]], str(found[-2].id) if len(found) > PAGE else None, wanted.asked()
    )


def _searched(rows: Select[*tuple[Any, ...]], wanted: Filter, after: int | None) -> Listing[Line]:
    words = lambda row: "\n".join((row.number, row.title, row.title_en, row.body))
    found, key = INDEX.newest(rows, Version.id, wanted.q, words, most=PAGE, after=after)
    lines = [_line(row, tuple(_places(wanted.q, domain.parse(row.body)))) for row in found]
    return Listing(lines, str(key) if key else None, wanted.asked())


def _places(q: str, text: domain.Text, most: int = 5) -> Iterator[Found]:
    """Where in a text the words stand together; where they stand apart, nowhere in particular."""
    whole = [domain.Article("", text.preamble), *text.articles]
    hits = [each for each in whole if search.verify(q, f"{each.chapter}\n{each.heading}\n{each.text}")]
    for each in hits[:most]:
        name = domain.article_name(each.number)["en" if text.lang == "en" else "zh"] if each.number else "…"
        yield Found(each.number, name, _around(q, each), text.lang)


def _around(q: str, article: domain.Article, width: int = 60) -> str:
    words = " ".join(f"{article.heading} {article.text}".split())
    first = (q.split() or [""])[0].casefold()
    start = max(words.casefold().find(first) - width // 3, 0)
    return f"{'…' if start else ''}{words[start : start + width]}{'…' if start + width < len(words) else ''}"


def _line(row: Row[Any], found: tuple[Found, ...] = ()) -> Line:
    return Line(
        row.serial,
        row.ordinal,
        row.number,
        Words(zh=row.title, en=row.title_en or row.title),
        row.issuer,
        row.kind,
        row.state,
        row.from_on,
        row.until_on,
        row.trial_until_on,
        found,
    )


# --- a version -----------------------------------------------------------------------------------------------------


def cited_here(viewer: Viewer) -> Mapping[int, Words]:
    """The rules that a text may cite with a link: by their number in the register, those this person may see."""
    rows = select(Rule.serial, Rule.title, Rule.title_en).join(Version, Version.rule_id == Rule.id)

    def ask() -> dict[int, Words]:
        found = fetch(db.session(), rows.where(seen_by(viewer)).distinct())
        return {serial: Words(zh=title, en=title_en or title) for serial, title, title_en in found}

    return once(("cited_here", viewer.role), ask)


def other_version(rule: Rule, version: Version, viewer: Viewer) -> Version | None:
    """The version to compare this one with first: the one before it."""
    earlier = [each for each in rule.versions(viewer) if each.ordinal < version.ordinal]
    return next((each for each in earlier if each.state != State.DISCARDED), None)


_TIMELINE = (
    select(Entry, User.name)
    .outerjoin(User, User.id == Entry.actor_id)
    .where(Entry.thread == bindparam("thread"), Entry.thread_id == bindparam("id"), Entry.number > bindparam("since"))
    .order_by(Entry.number)
)


def timeline(thread: Thread, labels: Mapping[Any, Any], *, since: int = 0) -> list[Happened]:
    """What happened to a row after that entry, in the words of its room, oldest first."""
    rows = db.session.execute(_TIMELINE, {"thread": thread.kind, "id": thread.id, "since": since})
    return [Happened(entry.at, str(labels[entry.action]), name, entry.note) for entry, name in rows]


# --- the desk, the five prohibitions ---------------------------------------------------------------------------------


class Trial(NamedTuple):
    """A trial that ends soon, or has ended and wants a decision."""

    serial: int
    named: Words
    until_on: date


def waiting(viewer: Viewer) -> tuple[Select[*tuple[Any, ...]], ...]:
    """What wants a decision of the leader; the clerks see it too, who prepare it."""
    return (_trials(clock.today()),) if viewer.role in (Role.CLERK, Role.LEADER) else ()


def trials(viewer: Viewer) -> list[Trial]:
    """The same, as a desk tells it."""
    return [
        Trial(serial, Words(zh=title, en=title_en or title), until)
        for query in waiting(viewer)
        for serial, title, title_en, until in fetch(db.session(), query)
    ]


@lru_cache(16)
def _trials(today: date) -> Select[*tuple[Any, ...]]:
    return (
        select(Rule.serial, Rule.title, Rule.title_en, Version.trial_until_on)
        .join(Rule, Rule.id == Version.rule_id)
        .where(Version.trial_until_on <= today + SOON)
        .order_by(Version.trial_until_on, Rule.serial)
        .limit(AT_MOST)
    )


def five_in_force() -> Mapping[str, str]:
    """The articles of the rule on the five prohibitions that applies today, by their number; none, where none does."""
    wanted = (
        select(RuleArticle.number, RuleArticle.text)
        .join(Version, Version.id == RuleArticle.version_id)
        .join(Rule, Rule.id == Version.rule_id)
        .where(Rule.kind == Kind.PROHIBITIONS, applies(clock.today()))
        .order_by(Rule.serial.desc())
    )
    return {number: text for number, text in fetch(db.session(), wanted)}
