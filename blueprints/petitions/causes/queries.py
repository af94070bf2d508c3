"""Reading causes: the list, what is on a cause's page, the months before and after, what is due, the year's count.

Each list and each number counts only what its reader may see: cases through `docket.seen_by`, causes and proposals
through their own.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import joinedload

from blueprints.accounts.models import User
from blueprints.petitions.causes.domain import (
    EVENT_LABELS,
    LIVE,
    MOST_CAUSES,
    PROPOSAL_EVENT_LABELS,
    Comparison,
    Reply,
    compare,
)
from blueprints.petitions.causes.models import (
    WAITING,
    Cause,
    Proposal,
    Remedy,
    Tie,
    proposals_seen_by,
    seen_by,
)
from blueprints.petitions.docket import models as docket
from blueprints.petitions.docket import queries as cases
from blueprints.petitions.docket.models import Petition
from blueprints.petitions.docket.queries import Happened
from core import clock
from core.desk import AT_MOST
from core.extensions import db, look
from core.pages import Listing, newest_key
from core.places import Level, Place
from core.record import Entry
from core.roles import Role, Viewer
from core.texts import plain

PAGE = 25
SOON = timedelta(days=7)
MOST_CHOICES = 200


@dataclass(frozen=True)
class Filter:
    """What the list of causes is narrowed to; an empty word means everything."""

    state: str = ""
    field: str = ""
    township: str = ""
    late: bool = False

    def asked(self) -> dict[str, str]:
        """The filter as it stands in an address."""
        return {name: "y" if word is True else str(word) for name, word in asdict(self).items() if word}

    def clauses(self) -> Iterator[ColumnElement[bool]]:
        """The filter as WHERE clauses."""
        if self.state == "":
            yield Cause.state.in_(LIVE)
        elif self.state != "all":
            yield Cause.state == self.state
        if self.field:
            yield Cause.field == self.field
        if self.township:
            yield Cause.township_code == self.township
        if self.late:
            yield exists().where(Remedy.cause_id == Cause.id, WAITING, Remedy.due_on < clock.today())


class Line(NamedTuple):
    """One line of the list: the cause, how many of its cases this reader may see, what is late."""

    cause: Cause
    cases: int
    due_on: date | None  # the next remedy still to be done


def listed(viewer: Viewer, wanted: Filter, after: str = "") -> Listing[Line]:
    """One page of the causes that this person may see, the newest first."""
    rows = select(Cause).where(seen_by(viewer), *wanted.clauses())
    if key := newest_key(after):
        rows = rows.where(Cause.id < key)
    rows = rows.options(joinedload(Cause.place).joinedload(Place.parent)).order_by(Cause.id.desc()).limit(PAGE + 1)
    found = db.session.scalars(rows).all()
    ids = [each.id for each in found[:PAGE]]
    counted = select(Tie.cause_id, func.count()).join(Petition, Petition.id == Tie.petition_id)
    counted = counted.where(Tie.cause_id.in_(ids), Tie.untied_on.is_(None), docket.seen_by(viewer))
    tied = _pairs(counted.group_by(Tie.cause_id))
    next_due = select(Remedy.cause_id, func.min(Remedy.due_on)).where(Remedy.cause_id.in_(ids), WAITING)
    due = _pairs(next_due.group_by(Remedy.cause_id))
    lines = [Line(each, tied.get(each.id, 0), due.get(each.id)) for each in found[:PAGE]]
    return Listing(lines, str(ids[-1]) if len(found) > PAGE else None, wanted.asked())


def _pairs(rows: Select[*tuple[Any, ...]]) -> dict[Any, Any]:
    return {key: value for key, value in db.session.execute(rows)}


def districts() -> list[tuple[str, str]]:
    """The districts, as choices; the townships and villages are `core.places`'."""
    rows = select(Place.code, Place.name).where(Place.level == Level.DISTRICT).order_by(Place.code)
    return [(code, name) for code, name in db.session.execute(rows)]


class Tied(NamedTuple):
    """A case of a cause, as its page lists it."""

    tie: int
    id: int
    number: str | None
    subject: str
    state: str
    received_on: date
    place: str


def cases_of(cause: Cause, viewer: Viewer) -> list[Tied]:
    """The cases tied to a cause that this person may see, the latest first."""
    rows = select(Tie.id, Petition).join(Petition, Petition.id == Tie.petition_id)
    rows = rows.where(Tie.cause_id == cause.id, Tie.untied_on.is_(None), docket.seen_by(viewer))
    rows = rows.options(joinedload(Petition.place).joinedload(Place.parent))
    return [
        Tied(tie, each.id, each.number, each.subject, each.state, each.received_on, each.place_name)
        for tie, each in db.session.execute(rows.order_by(Petition.received_on.desc(), Petition.id.desc()))
    ]


def comparison(cause: Cause, tied: list[Tied], months: int, viewer: Viewer) -> Comparison | None:
    """The letters before and after the remedy; none before it is in place."""
    if cause.in_place_on is None:
        return None
    received = [each.received_on for each in tied]
    first = db.session.scalar(select(Petition.received_on).where(docket.seen_by(viewer)).order_by(Petition.id).limit(1))
    since = min([*received, *([first] if first else [])], default=date.min)
    return compare(cause.in_place_on, received, months, clock.today(), since)


def proposals_of(cause: Cause, viewer: Viewer) -> list[Proposal]:
    """The proposals on a cause that this person may see, oldest first."""
    rows = select(Proposal).where(Proposal.cause_id == cause.id, proposals_seen_by(viewer))
    return list(db.session.scalars(rows.options(joinedload(Proposal.unit)).order_by(Proposal.id)))


def timeline(cause: Cause, viewer: Viewer, proposals: list[Proposal], since: int = 0) -> list[Happened]:
    """What happened, oldest first; nothing of a case or a proposal that this person may not see."""
    rows = select(Petition).join(Tie, Tie.petition_id == Petition.id)
    rows = rows.where(Tie.cause_id == cause.id, docket.seen_by(viewer))  # ended ties too: they were not always ended
    known, seen_proposals = {each.id: each for each in db.session.scalars(rows)}, {each.id for each in proposals}
    told = []
    for each, data in _told("cause", cause.id, since):
        case = known.get(data.get("case", 0))
        if ("case" in data and case is None) or data.get("proposal") not in {None, *seen_proposals}:
            continue
        about = f"{case.number or ''} {case.subject}".strip() if case else None
        told.append(replace(each, text="\n".join(filter(None, (about, each.text))) or None))
    return told


def proposal_timeline(proposal: Proposal) -> list[Happened]:
    """What happened to a proposal, oldest first."""
    return [each for each, _ in _told("cause_proposal", proposal.id, 0)]


def _told(thread: str, id: int, since: int) -> Iterator[tuple[Happened, dict[str, Any]]]:
    titles = plain(EVENT_LABELS if thread == "cause" else PROPOSAL_EVENT_LABELS)
    rows = select(Entry, User.name).outerjoin(User, User.id == Entry.actor_id)
    rows = rows.where(Entry.thread == thread, Entry.thread_id == id, Entry.number > since).order_by(Entry.number)
    for entry, name in db.session.execute(rows):
        yield Happened(entry.at, titles[entry.action], name, entry.note), entry.data


# --- choosing ------------------------------------------------------------------------------------------------------


class Choice(NamedTuple):
    """A case that could be tied."""

    id: int
    number: str | None
    subject: str
    place: str
    received_on: date


def to_tie(cause: Cause, viewer: Viewer, q: str) -> list[Choice]:
    """The cases that this person may see and tie: hits of a search, or the latest; not those tied already."""
    found = cases.queue(viewer, cases.Filter(q=q, state="all")).rows
    ids = [each.id for each in found]
    held = select(Tie.petition_id, Tie.cause_id).join(Cause, Cause.id == Tie.cause_id).where(seen_by(viewer))
    held = held.where(Tie.petition_id.in_(ids), Tie.untied_on.is_(None))
    causes: dict[int, list[int]] = {}
    for petition, tied_to in db.session.execute(held):
        causes.setdefault(petition, []).append(tied_to)
    return [
        Choice(each.id, each.number, each.subject, each.place, each.received_on)
        for each in found
        if cause.id not in causes.get(each.id, ()) and len(causes.get(each.id, ())) < MOST_CAUSES
    ]


@lru_cache(256)
def of_case(viewer: Viewer) -> Select[Cause]:
    """The causes of a case (`petition`) that this person may see."""
    rows = select(Cause).join(Tie, Tie.cause_id == Cause.id)
    tied = (Tie.petition_id == bindparam("petition"), Tie.untied_on.is_(None))
    return rows.where(*tied, seen_by(viewer)).order_by(Cause.id)


def choices_for(petition: Petition, viewer: Viewer) -> list[tuple[str, str]]:
    """The causes that a case can still be tied to, the newest first, as choices."""
    taken = exists().where(Tie.cause_id == Cause.id, Tie.petition_id == petition.id, Tie.untied_on.is_(None))
    rows = select(Cause).where(seen_by(viewer), Cause.state.in_(LIVE), ~taken).order_by(Cause.id.desc())
    return [(str(each.id), f"{each.number} {each.title}") for each in db.session.scalars(rows.limit(MOST_CHOICES))]


# --- proposals -----------------------------------------------------------------------------------------------------


def proposals(viewer: Viewer, which: str, after: str = "", year: str = "", reply: str = "") -> Listing[Proposal]:
    """One page of the proposals that this person may see, the newest first: all, waiting for an answer, or late; of a
    year, and with a certain answer, as the yearly report counts them."""
    rows = select(Proposal).where(proposals_seen_by(viewer)).options(joinedload(Proposal.unit))
    if which in ("waiting", "late"):
        rows = rows.where(Proposal.answered_on.is_(None))
    if which == "late":
        rows = rows.where(Proposal.due_on < clock.today())
    if of := year.isascii() and year.isdigit() and len(year) == 4:
        rows = rows.where(Proposal.year == int(year))
    if reply in set(Reply):
        rows = rows.where(Proposal.reply == reply)
    if key := newest_key(after):
        rows = rows.where(Proposal.id < key)
    found = db.session.scalars(rows.order_by(Proposal.id.desc()).limit(PAGE + 1)).all()
    key_of = str(found[PAGE - 1].id) if len(found) > PAGE else None
    known = {"which": which in ("waiting", "late"), "year": of, "reply": reply in set(Reply)}
    asked = {"which": which, "year": year, "reply": reply}
    return Listing(found[:PAGE], key_of, {name: word for name, word in asked.items() if known[name]})


@dataclass(frozen=True)
class ProposalsMade:
    """The proposals of a year (2022 Art 41): how many were made, and what became of them so far."""

    year: int
    made: int
    adopted: int
    partly: int
    refused: int

    @property
    def waiting(self) -> int:
        """Those without an answer."""
        return self.made - self.adopted - self.partly - self.refused


def proposals_made(year: int, viewer: Viewer) -> ProposalsMade:
    """For the yearly report: the proposals issued in a year, as far as this person may see them."""
    rows = select(Proposal.reply, func.count()).where(Proposal.year == year, proposals_seen_by(viewer))
    counts = _pairs(rows.group_by(Proposal.reply))
    answers = [counts.get(reply, 0) for reply in (Reply.ADOPTED, Reply.PARTLY, Reply.REFUSED)]
    return ProposalsMade(year, sum(counts.values()), *answers)


# --- what is due ---------------------------------------------------------------------------------------------------


class Due(NamedTuple):
    """Something on somebody's desk: until when, what, and the page (endpoint and id)."""

    due_on: date
    what: str  # "remedy", "answer", "overdue"
    words: str
    endpoint: str
    id: int


def on_desk(viewer: Viewer) -> list[Due]:
    """What of causes is late or due within a week for this person: the own remedies, the proposals to answer.

    Those who lead see, besides their own, the remedies and the answers of others that are late.
    """
    if not (queries := waiting(viewer)):
        return []
    remedies, answers = queries
    found = [Due(each.due_on, "remedy", each.text, "causes.show", each.cause_id) for each in look(Remedy, remedies)]
    for each in look(Proposal, answers):
        if each.due_on is not None:
            what = "answer" if each.unit_id == viewer.unit_id else "overdue"
            found.append(Due(each.due_on, what, each.subject, "causes.proposal", each.id))
    return sorted(found)


def waiting(viewer: Viewer) -> tuple[Select[Remedy], Select[Proposal]] | tuple[()]:
    """What finds it: the remedies, and the proposals."""
    return _due(viewer, clock.today()) if viewer.role in (Role.CLERK, Role.LEADER, Role.HANDLER) else ()


@lru_cache(256)
def _due(viewer: Viewer, today: date) -> tuple[Select[Remedy], Select[Proposal]]:
    leads = viewer.role is not Role.HANDLER
    own = or_(Remedy.unit_id == viewer.unit_id, Remedy.person_id == viewer.id)
    soon = and_(own, Remedy.due_on <= today + SOON)
    remedies = select(Remedy).join(Cause, Cause.id == Remedy.cause_id).where(WAITING, seen_by(viewer))
    remedies = remedies.where(or_(soon, Remedy.due_on < today) if leads else soon)
    answers = select(Proposal).where(proposals_seen_by(viewer), Proposal.answered_on.is_(None))
    if leads:
        answers = answers.where(or_(Proposal.due_on < today, Proposal.unit_id == viewer.unit_id))
    return remedies.order_by(Remedy.due_on).limit(AT_MOST), answers.order_by(Proposal.due_on).limit(AT_MOST)


def months_asked(word: str) -> int:
    """How many months on each side are compared: six unless another of the choices is asked for."""
    return int(word) if word in ("3", "6", "12") else 6
