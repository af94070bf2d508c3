"""What each step of the table does besides moving the matter, its clocks and its paper; and what a step waits for.

An effect returns what the record says of it: codes, dates and ids alone. What a person wrote goes into the sealed note
of the entry: `note` in what is returned, else the reason that was given.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, SQLColumnExpression, select

from blueprints.accounts.models import Unit, User
from blueprints.accounts.wall import called, enough_left, everybody_named, units_against
from blueprints.petitions.casefile.domain import INSIDE, NOTICES, PaperKind
from blueprints.petitions.casefile.models import CaseFile, Concern, Paper, Part, Recusal
from blueprints.petitions.docket.domain import AT_WORK, RIGHTS, Kind, Only, Outcome, Standing, State, Verdict
from core import clock, deadlines, workdays
from core.extensions import db
from core.procedures import profile
from core.roles import Role, Viewer
from core.serials import Serial
from core.workflow import NotPossible, Step

if TYPE_CHECKING:
    from blueprints.petitions.docket.models import Petition

Values = dict[str, Any]
Said = dict[str, Any]


# --- what a step waits for -----------------------------------------------------------------------------------------


def _waiting(file: CaseFile) -> set[str]:
    """The kinds of papers that have not reached the petitioner yet."""
    return {paper.kind for paper in file.papers if paper.delivered_on is None and paper.kind not in INSIDE}


def _open_parts(file: CaseFile) -> list[Part]:
    return [part for part in file.parts if part.open]


def _in_term(petition: "Petition", file: CaseFile, viewer: Viewer) -> bool:
    term = file.running("objection")
    return term is not None and clock.today() <= term.due_on


def _extendable(petition: "Petition", file: CaseFile, viewer: Viewer) -> bool:
    handling = file.running("handling")
    return handling is not None and handling.deadline.extends is None and clock.today() <= handling.due_on


def reviewable(file: CaseFile, kind: str) -> bool:
    """A claim whose latest opinion has not been under review yet (2022 Art 35)."""
    opinion = _latest(file, PaperKind.OPINION)
    return kind == Kind.CLAIM and opinion is not None and not _begun_since(opinion, file, "review")


def reexaminable(file: CaseFile) -> bool:
    """A review opinion on the latest answer, which has not been re-examined yet (2022 Art 36)."""
    opinion, review = _latest(file, PaperKind.OPINION), _latest(file, PaperKind.REVIEW)
    if opinion is None or review is None or review.id < opinion.id:
        return False
    return not _begun_since(review, file, "reexamination")


def _latest(file: CaseFile, kind: PaperKind) -> Paper | None:
    return next((paper for paper in reversed(file.papers) if paper.kind == kind), None)


def _begun_since(paper: Paper, file: CaseFile, clock: str) -> bool:
    return any(row.name == clock and row.id > paper.id for row in file.clocks)


def to_notify(state: str) -> tuple[PaperKind, ...]:
    """The papers whose delivery is recorded as a notice: the answer too, where the petitioner asked the organ above
    before it was delivered."""
    return NOTICES if state == State.SIGNED else (*NOTICES, PaperKind.OPINION)


def _all_done(petition: "Petition", file: CaseFile, viewer: Viewer) -> bool:
    """Nobody waits for anything: not the petitioner, nor the office for what it asked of a unit. Whom nobody can reach
    is owed no delivery (2022 Art 22, 23): the papers lie ready for who has the receipt code, and no right begins."""
    owed = any(file.running(name) for name in ("carry_out", "supervise"))
    objects = petition.state == State.FORWARDED and _in_term(petition, file, viewer)
    told = petition.anonymous or not _waiting(file)
    return told and not owed and not objects and petition.verdict != Verdict.REVOKED


HOLDS: Mapping[Only, Callable[["Petition", CaseFile, Viewer], bool]] = {
    Only.NOTICE_WAITS: lambda petition, file, viewer: bool(_waiting(file) & set(to_notify(petition.state))),
    Only.ALL_DELIVERED: _all_done,
    Only.IN_TERM: _in_term,
    Only.ONCE: _extendable,
    Only.OWN_PART: lambda petition, file, viewer: viewer.unit_id in {part.unit_id for part in _open_parts(file)},
    Only.PART_OPEN: lambda petition, file, viewer: bool(_open_parts(file)),
    Only.PARTS_WRITTEN: lambda petition, file, viewer: not _open_parts(file) and petition.may_be_answered_by(viewer),
    Only.ANOTHER: lambda petition, file, viewer: (
        petition.drafted_by_id != viewer.id and petition.may_be_answered_by(viewer)
    ),
    Only.TO_CARRY_OUT: lambda petition, file, viewer: file.running("carry_out") is not None,
    Only.REVIEWABLE: lambda petition, file, viewer: reviewable(file, petition.kind),
    Only.REEXAMINABLE: lambda petition, file, viewer: reexaminable(file),
    Only.REVOKED: lambda petition, file, viewer: petition.verdict == Verdict.REVOKED,
    Only.SUPERVISED: lambda petition, file, viewer: file.running("supervise") is not None,
}


def open_to(petition: "Petition", steps: Collection[Step], file: CaseFile, viewer: Viewer) -> list[Step]:
    """Of the steps that the table opens to this role in this state, those that have something to do, and wait for
    nothing. A handler whose unit has a part in a matter that another leads takes the steps of that part alone."""
    beside = viewer.role == Role.HANDLER and viewer.unit_id != petition.unit_id
    return [
        step
        for step in steps
        if (step.beside or not beside) and (step.only is None or HOLDS[Only(step.only)](petition, file, viewer))
    ]


# --- what a step does ----------------------------------------------------------------------------------------------


def _register(petition: "Petition", values: Values, by: Viewer) -> Said:
    if petition.number is None:
        year = petition.received_on.year
        petition.number = f"{year}-{Serial.next('docket', year):05d}"
    petition.kind = values["kind"]
    return {"number": petition.number, "kind": petition.kind}


def _decline(petition: "Petition", values: Values, by: Viewer) -> Said:
    return {"elsewhere": values["elsewhere"]}


def _forward(petition: "Petition", values: Values, by: Viewer) -> Said:
    """To a unit of ours or to another organ; never to the one complained of (2022 Art 23, 30)."""
    unit = _free_unit(petition, values["unit"], "forward") if values["unit"] else None
    if unit is None and called(db.session(), complained_of(petition), values["organ"]):
        raise NotPossible("forward")
    values["organ"] = unit.name if unit else values["organ"]
    note = "\n".join(filter(None, (values["organ"], values["reason"])))
    return {"note": note, **({"unit": unit.id} if unit else {})}


def _free_unit(petition: "Petition", id: Any, action: str) -> Unit:
    """A unit that the matter does not complain of, nor of one above it. Raises NotPossible."""
    unit = db.session.get_one(Unit, id)
    if complained_of(petition).intersection(unit.line_ids):
        raise NotPossible(action)
    return unit


def complained_of(petition: "Petition") -> set[int]:
    """The units that a matter complains of, or a letter that is answered with it: those it names, and those of the
    people it names."""
    letters = [petition, *petition.joined()]
    concerns = [each for letter in letters for each in letter.concerns()]
    return units_against(db.session(), [(each.person_digest, each.unit_id) for each in concerns])


def _assign(petition: "Petition", values: Values, by: Viewer) -> Said:
    unit = _free_unit(petition, values["unit"], "assign")
    if unit.id == petition.unit_id:
        raise NotPossible("assign")
    petition.unit_id = unit.id
    petition.stop("supervise", clock.today())  # the letter went to the unit that had it
    for part in petition.parts():
        if part.unit_id == unit.id and part.open:
            part.released_on = clock.today()  # it leads now
    return {"unit": unit.id}


def _leave_unit(petition: "Petition", values: Values, by: Viewer) -> Said:
    before, petition.unit_id = petition.unit_id, None
    petition.stop("supervise", clock.today())
    return {"unit": before}


def _answer(petition: "Petition", values: Values, by: Viewer) -> Said:
    until = values.get("carry_out_on")
    petition.opinion = {
        **{key: values[key] for key in ("items", "basis")},
        "carry_out_on": until.isoformat() if until and values["outcome"] == Outcome.SUPPORTED else None,
    }
    petition.outcome, petition.drafted_by_id = values["outcome"], by.id
    return {"outcome": petition.outcome}


def _sign(petition: "Petition", values: Values, by: Viewer) -> Said:
    """A supported request is to be carried out: by the day that the answer names, else within the office's own term."""
    opinion = petition.opinion
    if opinion is None or petition.outcome is None:
        raise NotPossible("sign")
    if petition.outcome == Outcome.SUPPORTED:
        rule, today = profile(petition.profile).rule("carry_out", petition.kind), clock.today()
        if opinion.get("carry_out_on"):
            rule = deadlines.promised(rule, max((date.fromisoformat(opinion["carry_out_on"]) - today).days, 1))
        petition.run("carry_out", deadlines.due(rule, today, workdays))
    return {}


def _delivered(action: str) -> Callable[["Petition", Values, Viewer], Said]:
    def delivered(petition: "Petition", values: Values, by: Viewer) -> Said:
        """A paper reached the petitioner. A right that it gives runs from that day (2022 Art 35, 36)."""
        paper = petition.awaited(action)
        paper.delivered_on, paper.delivered_how = values["on"], values["how"]
        paper.delivered_by_id = by.id
        paper.proof = values["proof"]
        if paper.kind == PaperKind.REVIEW and petition.state == State.REVIEWED:  # the right has not been used before
            petition.start(RIGHTS[PaperKind.REVIEW], values["on"])
        return {"delivered": paper.id, "on": values["on"].isoformat(), "how": values["how"]}

    return delivered


def _carry_out(petition: "Petition", values: Values, by: Viewer) -> Said:
    return {"on": values["on"].isoformat()}


# --- several units, several letters ---


def _part(petition: "Petition", values: Values, by: Viewer) -> Said:
    part = next(each for each in petition.parts() if each.unit_id == by.unit_id and each.open)
    part.opinion, part.written_on = values["text"], clock.today()
    return {"unit": part.unit_id}


def _join(petition: "Petition", values: Values, by: Viewer) -> Said:
    unit = _free_unit(petition, values["unit"], "join")
    if unit.id == petition.unit_id:
        raise NotPossible("join")
    part = next((each for each in petition.parts() if each.unit_id == unit.id), None)
    if part is not None and part.open:
        raise NotPossible("join")
    if part is None:
        part = Part(petition_id=petition.id, unit_id=unit.id)
        db.session.add(part)
    part.due_on, part.task = values["due_on"], values["task"]
    part.written_on = part.released_on = None
    return {"unit": unit.id, "due_on": part.due_on.isoformat()}


def _release(petition: "Petition", values: Values, by: Viewer) -> Said:
    part = next((each for each in petition.parts() if str(each.id) == values["part"] and each.open), None)
    if part is None:
        raise NotPossible("release")
    part.released_on = clock.today()
    return {"unit": part.unit_id}


def _merge(petition: "Petition", values: Values, by: Viewer) -> Said:
    """Join a letter to another on the same matter: one is handled, each writer is answered. About the matter alone:
    who wrote plays no part in it."""
    head = petition.by_number(values["number"], by)
    if head is None or not may_lead(petition, head):
        raise NotPossible("merge")
    petition.merged_into_id = head.id
    return {"into": head.id}


def may_lead(petition: "Petition", head: "Petition") -> bool:
    """Whether this letter can be answered together with that one."""
    return (
        head.id != petition.id
        and head.kind == petition.kind
        and head.state in (State.ACCEPTED, *AT_WORK, State.DRAFTED)
        and not _against_units_of(head, petition)
        and not any(True for _ in petition.joined())  # what leads others is taken out of them first
    )


def _against_units_of(head: "Petition", petition: "Petition") -> bool:
    """Whether a letter complains of a unit that handles another, or takes part in it."""
    parts = {part.unit_id for part in Part.all_of(head.id) if part.released_on is None}
    units = [db.session.get_one(Unit, id) for id in {head.unit_id, *parts} if id]
    against = complained_of(petition)
    return any(against.intersection(unit.line_ids) for unit in units)


def _unmerge(petition: "Petition", values: Values, by: Viewer) -> Said:
    before, petition.merged_into_id = petition.merged_into_id, None
    return {"into": before}


# --- more time, hearing, mediation ---


def _extend(petition: "Petition", values: Values, by: Viewer) -> Said:
    """Once, by a leader, for at most as long as the profile allows; the petitioner is told why (2022 Art 34)."""
    handling = petition.casefile.running("handling")
    if handling is None:
        raise NotPossible("extend")
    before = handling.due_on
    rule = profile(petition.profile).rule("extension", petition.kind)
    try:
        handling.now_ends(deadlines.extend(handling.deadline, rule, values["days"], workdays))
    except deadlines.CannotExtend:
        raise NotPossible("extend") from None
    return {"days": values["days"], "due_before": before.isoformat(), "due_on": handling.due_on.isoformat()}


def _hear(petition: "Petition", values: Values, by: Viewer) -> Said:
    """A hearing; of all clocks only that of a re-examination leaves out its days (2022 Art 36)."""
    first, last = values["on"], values["until"] or values["on"]
    said = {"note": values["text"], "on": first.isoformat(), "until": last.isoformat()}
    running = petition.casefile.running("reexamination")
    if running is not None and running.deadline.rule.hearing_not_counted:
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        running.now_ends(deadlines.leave_out(running.deadline, days, workdays))
        said["due_on"] = running.due_on.isoformat()
    return said


def _mediate(petition: "Petition", values: Values, by: Viewer) -> Said:
    return {"note": values["text"], "on": values["on"].isoformat()}


# --- review and re-examination ---


def _ask_above(right: str) -> Callable[["Petition", Values, Viewer | None], Said]:
    def asked(petition: "Petition", values: Values, by: Viewer | None) -> Said:
        """The petitioner asks the organ above. Whether in time is said, not decided: that is for the organ above."""
        standing = standing_of(petition.casefile, right, values["on"])
        petition.stop(right, values["on"])
        petition.verdict = petition.closed_on = petition.solved = None
        return {"note": values["text"], "on": values["on"].isoformat(), "standing": standing}

    return asked


def standing_of(file: CaseFile, right: str, on: date) -> Standing:
    """How a request of that day stands to the term, which begins with a proven delivery and not before."""
    paper = _latest(file, next(kind for kind, gives in RIGHTS.items() if gives == right))
    term = next((row for row in reversed(file.clocks) if row.name == right), None)
    if term is None or paper is None or paper.delivered_on is None or on < paper.delivered_on:
        return Standing.EARLY
    return Standing.IN_TIME if on <= term.due_on else Standing.LATE


def _verdict(petition: "Petition", values: Values, by: Viewer) -> Said:
    petition.verdict = values["verdict"]
    return {"verdict": petition.verdict, "dated": values["dated"].isoformat()}


def _redo(petition: "Petition", values: Values, by: Viewer) -> Said:
    """The answer is revoked: what it promised is not owed, nor does a right run that it gave."""
    petition.verdict = petition.outcome = None
    for name in ("carry_out", *RIGHTS.values()):
        petition.stop(name, clock.today())
    return {}


# --- supervision, urgent reports ---


def _supervise(petition: "Petition", values: Values, by: Viewer) -> Said:
    return {"note": values["text"], "fault": values["fault"], "unit": petition.unit_id}


def _respond(petition: "Petition", values: Values, by: Viewer) -> Said:
    return {"note": values["text"]}


def _report_up(petition: "Petition", values: Values, by: Viewer) -> Said:
    return {"note": f"{values['organ']}\n{values['text']}", "on": values["on"].isoformat(), "how": values["how"]}


# --- who has to do with it ---


def _about(petition: "Petition", values: Values, by: Viewer) -> Said:
    """Whom it is about, said better. What is added walls at once; to take away a wall is for a leader alone."""
    removed = 0
    for row in petition.concerns():
        if str(row.id) == values["remove"]:
            if by.role != Role.LEADER:
                raise NotPossible("about")
            db.session.delete(row)
            removed += 1
    about = (values["person"] or "", int(values["unit"]) if values["unit"] else None)
    added = everybody_named(db.session(), [about]) if any(about) else []
    for person, unit in added:
        db.session.add(Concern.of(petition.id, person, unit))
    db.session.flush()
    now = [(each.person_digest, each.unit_id) for each in petition.concerns()]
    if not (added or removed) or not enough_left(db.session(), now):
        raise NotPossible("about")
    head = petition.head()
    if head is not None and _against_units_of(head, petition):
        petition.state, petition.merged_into_id = State.ACCEPTED, None
        petition.trace("unmerge", by=by.id, state=petition.state, into=head.id)
    return {"added": len(added), "removed": removed}


def _withdraw(petition: "Petition", values: Values, by: Viewer) -> Said:
    return _off(petition, by.id, "withdraw")


def _recuse(petition: "Petition", values: Values, by: Viewer) -> Said:
    return {**_off(petition, int(values["person"]), "recuse"), "asked_by": values["asked_by"]}


def _off(petition: "Petition", user_id: int, action: str) -> Said:
    """From now on this person does not see the matter. Of clerks and leaders one must be left (2022 Art 28)."""
    person = db.session.get_one(User, user_id)
    db.session.add(Recusal(petition_id=petition.id, user_id=user_id))
    db.session.flush()
    if person.role in (Role.CLERK, Role.LEADER) and not any(each.role == person.role for each in petition.readers()):
        raise NotPossible(action)
    return {"user": user_id}


# --- the end, and words ---


def _close(petition: "Petition", values: Values, by: Viewer) -> Said:
    petition.closed_on = clock.today()
    petition.solved = values.get("solved") or None
    return {"solved": petition.solved} if petition.solved else {}


def _message(petition: "Petition", values: Values, by: Viewer) -> Said:
    return {"message": petition.write(values["text"], by=by.id, to_petitioner=True).id}


def _note(petition: "Petition", values: Values, by: Viewer) -> Said:
    return {"message": petition.write(values["text"], by=by.id, to_petitioner=False).id}


EFFECTS: Mapping[str, Callable[["Petition", Values, Any], Said]] = {
    "register": _register,
    "decline": _decline,
    "forward": _forward,
    "assign": _assign,
    "reassign": _assign,
    "object": _leave_unit,
    "answer": _answer,
    "sign": _sign,
    "notify": _delivered("notify"),
    "deliver": _delivered("deliver"),
    "carry_out": _carry_out,
    "part": _part,
    "join": _join,
    "release": _release,
    "merge": _merge,
    "unmerge": _unmerge,
    "extend": _extend,
    "hear": _hear,
    "mediate": _mediate,
    "ask_review": _ask_above("ask_review"),
    "ask_reexamination": _ask_above("ask_reexamination"),
    "review": _verdict,
    "reexamine": _verdict,
    "redo": _redo,
    "supervise": _supervise,
    "respond": _respond,
    "report_up": _report_up,
    "about": _about,
    "withdraw": _withdraw,
    "recuse": _recuse,
    "close": _close,
    "message": _message,
    "note": _note,
}


def not_recused(user: Viewer, petition_id: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """That this person has not withdrawn from a matter, nor was taken off it."""
    off = select(Recusal.id).where(Recusal.petition_id == petition_id, Recusal.user_id == user.id)
    return ~off.correlate_except(Recusal).exists()
