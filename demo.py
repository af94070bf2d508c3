"""The demo: an office with invented people, and letters in every state, dated from four months ago to today,
and two of years ago.

Nothing is written into tables by hand: every letter is sent, registered, handled and answered by the verbs that the
pages use, in the order of time, with the office's clock set to each moment. Two runs give the same office but for keys
and ids.
"""

import io
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from random import Random
from typing import Any

from PIL import Image, ImageDraw
from sqlalchemy import select

from blueprints.accounts.models import Unit, User, load_viewer, password_fits
from blueprints.petitions.casefile.domain import Delivery
from blueprints.petitions.causes.models import Cause, Proposal, Remedy
from blueprints.petitions.daily.models import save_filter
from blueprints.petitions.docket.domain import Channel, Kind, Outcome, Satisfaction, Solved, State
from blueprints.petitions.docket.models import Letter, Petition, seen_by
from blueprints.petitions.letterbox.models import send
from blueprints.petitions.phrasebook.models import Phrase
from blueprints.petitions.protection.domain import What
from blueprints.petitions.protection.models import Reading, Retaliation
from blueprints.petitions.receipt.models import rate, write_back
from blueprints.petitions.reception.models import ReceptionDay, WindowHours
from blueprints.petitions.retention.domain import Action
from blueprints.petitions.retention.models import Decision, decide
from blueprints.petitions.screening.domain import Field, People, Urgency
from blueprints.petitions.screening.models import Finding, Item, Order, Round
from blueprints.petitions.visits import models as visits
from blueprints.petitions.visits.domain import Result
from blueprints.petitions.visits.models import Plan, Visit, VisitPromise
from blueprints.petitions.visits.queries import offered
from core import attachments, clock, receipts
from core.extensions import db
from core.places import Place, import_file
from core.procedures import Procedure
from core.roles import Role, Viewer
from settings import HOME, settings

PASSWORD = "xiafang-demo-2026"  # noqa: S105 - everybody's, and printed: a demo has no secrets
PLACES = HOME / "data" / "divisions_420117.csv"
LETTERS = HOME / "data" / "demo" / "letters.toml"
CAUSES = HOME / "data" / "demo" / "causes.toml"
PHRASES = HOME / "data" / "demo" / "phrases.toml"
SCREENINGS = HOME / "data" / "demo" / "screening.toml"
EARLIEST = timedelta(days=366 * 12)  # the office is older than its letters

# fmt: off
UNITS = {  # key: (name, above); an empty name is the office's own
    "office":      ("",                 None),
    "letters":     ("组织部信访室",     "office"),
    "general":     ("组织部办公室",     "office"),
    "supervision": ("组织部干部监督室", "office"),
    "water":       ("区水务局",         None),
    "farming":     ("区农业农村局",     None),
    "roads":       ("区交通运输局",     None),
    "labour":      ("区人社局",         None),
    "yangluo":     ("阳逻街道办事处",   None),
    "jiujie":      ("旧街街道办事处",   None),
    "fenghuang":   ("凤凰镇人民政府",   None),
}
PEOPLE = [  # username, name, role, unit
    ("clerk",      "李静文", Role.CLERK,         "letters"),
    ("clerk2",     "王立本", Role.CLERK,         "general"),
    ("handler",    "陈水根", Role.HANDLER,       "water"),
    ("handler2",   "刘春禾", Role.HANDLER,       "farming"),
    ("handler3",   "马路遥", Role.HANDLER,       "roads"),
    ("handler4",   "孙业勤", Role.HANDLER,       "labour"),
    ("handler5",   "周阳川", Role.HANDLER,       "yangluo"),
    ("handler6",   "吴旧林", Role.HANDLER,       "jiujie"),
    ("handler7",   "何正言", Role.HANDLER,       "supervision"),
    ("leader",     "赵明远", Role.LEADER,        "office"),
    ("leader2",    "钱思齐", Role.LEADER,        "office"),
    ("discipline", "郑守纪", Role.DISCIPLINE,    "office"),
    ("auditor",    "冯核实", Role.AUDITOR,       "office"),
    ("admin",      "许维安", Role.ADMINISTRATOR, "office"),
    ("contact",    "杨乡音", Role.CONTACT,       "jiujie"),
]
TOWNSHIPS = {"yangluo": "420117002", "jiujie": "420117008", "fenghuang": "420117102"}
# fmt: on

_PROOF = {
    Delivery.IN_PERSON: "本人签收",
    Delivery.REGISTERED_POST: "挂号信回执（演示）",
    Delivery.RECEIPT_PAGE: "查询页阅读记录",
}

# Days ago, so that what waits for the office has not waited long; what is closed was answered halfway.
_SINCE_ANSWERED = {
    State.DRAFTED: 2,
    State.SIGNED: 5,
    State.DELIVERED: 8,
    State.REVIEWED: 45,
    State.REEXAMINING: 60,
    State.REEXAMINED: 80,
}

# The ways up, and what is said there.
_ABOVE = (
    ("ask_review", "review", "经复查，原处理意见认定事实清楚，适用规定正确。"),
    ("ask_reexamination", "reexamine", "经复核，复查意见认定事实清楚，予以维持。"),
)

Act = Callable[[], None]


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Set the office's clock to a moment."""
    real, still = clock.now, moment.astimezone(UTC)
    clock.now = lambda: still
    try:
        yield
    finally:
        clock.now = real


def fill() -> list[str]:
    """Fill the empty office in one transaction; what to tell the operator."""
    story = tomllib.loads(LETTERS.read_text("utf-8"))
    chance = Random(20260701)  # noqa: S311 - the same office every time
    now = clock.now()
    with at(now - EARLIEST):
        import_file(db.session(), PLACES)
        office = _Office.open(chance)
        _local_rules(office)
        _daily_work(office)
    names = iter(story["names"])
    letters = [_Told(told, office, chance, names) for told in story["letter"]]
    happenings = [happening for letter in letters for happening in letter.happenings(now)]
    happenings += _causes(office, letters, now)
    happenings += _Visits(office, clock.local(now).date()).happenings(now)
    happenings += _screenings(office, now)
    happenings += _protection(office, letters, now)
    for moment, act in sorted(happenings, key=lambda happening: happening[0]):
        with at(moment):
            act()
    db.session.commit()
    shown = [letter for letter in letters if letter.told.get("receipt")]
    return [
        f"The demo office is open: {len(letters)} letters, all invented.",
        "Receipt codes to look up at /letters/status:",
        *(f"  {receipts.grouped(letter.code)}  {letter.subject}" for letter in shown),
    ]


def _local_rules(office: "_Office") -> None:
    """The administrator has begun to write down the district's own time limits; no day is set for them."""
    Procedure.copy("2022-local", by=office.viewers["admin"].id)


def _daily_work(office: "_Office") -> None:
    """Templates for answers, and the filters that the clerk has saved."""
    told = tomllib.loads(PHRASES.read_text("utf-8"))
    parts = ("name", "facts", "opinion", "basis", "text")
    for each in told["phrase"]:
        Phrase.write({part: each.get(part, "") for part in parts}, by=office.viewers[each["by"]])
    for each in told["filter"]:
        save_filter(office.viewers[each["by"]], each["name"], each["asked"])


def sign_in_names() -> Iterator[str]:
    """Who can sign in to a demo office; nothing once its password was changed."""
    clerk = db.session.scalar(select(User).where(User.username == PEOPLE[0][0], User.name == PEOPLE[0][1]))
    if clerk is None or not password_fits(PASSWORD, clerk.password_hash):
        return
    yield f"Sign in at /sign-in with one of these names and the password {PASSWORD}:"
    for username, name, role, unit in PEOPLE:
        yield f"  {username:<11} {role.value:<14} {name}  {UNITS[unit][0] or settings().OFFICE_NAME}"


@dataclass
class _Office:
    """The units, the people, and the villages that letters come from."""

    units: dict[str, Unit]
    viewers: dict[str, Viewer]
    villages: list[Place]
    letters: dict[str, "_Told"] = field(default_factory=dict)  # those that others refer to, by key

    @classmethod
    def open(cls, chance: Random) -> "_Office":
        units: dict[str, Unit] = {}
        for key, (name, above) in UNITS.items():
            parent = units[above] if above else None
            is_office = not name
            units[key] = Unit.open(name or settings().OFFICE_NAME, parent, by=None, is_office=is_office)
        villages = list(db.session.scalars(select(Place).where(Place.level == "village").order_by(Place.code)))
        own = chance.choice([village for village in villages if village.parent_code == TOWNSHIPS["jiujie"]])
        viewers: dict[str, Viewer] = {}
        for username, name, role, unit in PEOPLE:
            village = own.code if role is Role.CONTACT else None
            person = User.open(
                username, name, role, units[unit], PASSWORD, by=None, place_code=village, must_change=False
            )
            db.session.flush()
            viewer = load_viewer(db.session(), person.id)
            assert viewer is not None
            viewers[username] = viewer
        return cls(units, viewers, villages)

    def handler_of(self, unit: str) -> Viewer:
        """Who handles for that unit."""
        return next(self.viewers[username] for username, _, role, own in PEOPLE if (role, own) == (Role.HANDLER, unit))

    def village(self, told: dict[str, Any], chance: Random) -> Place:
        """A village that fits the letter: the contact's own, one of the street that handles it, or any."""
        own = self.viewers["contact"].place_code if told.get("contact") else None
        township = TOWNSHIPS.get(told.get("unit", ""))
        fit = [
            each
            for each in self.villages
            if (not own or each.code == own) and (not township or each.parent_code == township)
        ]
        return chance.choice(fit)


@dataclass
class _Told:
    """One letter of the file, and what happens to it."""

    told: dict[str, Any]
    office: _Office
    chance: Random
    names: Iterator[str]
    code: str = ""
    petition: Petition = field(init=False)

    def __post_init__(self) -> None:
        self.village = self.office.village(self.told, self.chance)
        self.subject = self._placed(self.told["subject"])
        self.named = self.told.get("named", True)
        self.key = self.chance.randbytes(16).hex()
        self.channel = Channel(self.told["channel"])
        # Whoever is complained of sees nothing of it, so it is the other clerk's.
        self.clerk = self.office.viewers[
            "clerk" if self.told.get("person") else self.chance.choice(["clerk", "clerk2"])
        ]
        self.leader = self.office.viewers[self.chance.choice(["leader", "leader2"])]
        self.by = None if self.channel is Channel.ONLINE else self.clerk
        if self.told.get("contact"):
            self.by = self.office.viewers["contact"]
        self.identity = self._identity() if self.named else None
        if key := self.told.get("key"):
            self.office.letters[key] = self

    def _placed(self, words: str) -> str:
        return words.replace("{place}", self.village.name.removesuffix("委会"))

    def _identity(self) -> dict[str, str]:
        group, house = self.chance.randint(1, 9), self.chance.randint(1, 60)
        return {
            "name": next(self.names),
            "address": f"{self.village.name.removesuffix('委会')}{group}组{house}号",
            "contact": f"1300000{self.chance.randint(0, 9999):04}",
        }

    # --- when ------------------------------------------------------------------------------------------------------

    def happenings(self, now: datetime) -> list[tuple[datetime, Act]]:
        """Every act with its moment, in order."""
        today = clock.local(now)
        midnight = datetime.combine(today.date() - timedelta(days=self.told["age"]), time(), today.tzinfo)
        arrives = midnight + timedelta(hours=self.chance.randint(8, 16), minutes=self.chance.randint(0, 59))
        last = min(arrives, now - timedelta(minutes=self.chance.randint(20, 90)))
        found = [(last, self.arrive)]
        for day, hour, act in self._acts():
            moment = midnight + timedelta(days=day, hours=hour, minutes=self.chance.randint(0, 40))
            later = moment + timedelta(days=max(0, 7 - moment.isoweekday() + 1 if moment.isoweekday() > 5 else 0))
            if not self.told.get("exact") and later < now - timedelta(hours=1):
                moment = later  # nobody is in the office at a weekend
            last = max(moment, last + timedelta(minutes=3))
            found.append((last, act))
        return found

    def _acts(self) -> Iterator[tuple[int, int, Act]]:
        """Day and hour of each act after the letter came, and the act."""
        told = self.told
        reached = list(State).index(State(told["to"]))
        answered = told["age"] - _SINCE_ANSWERED.get(State(told["to"]), told["age"] // 2)

        def past(state: State) -> bool:
            return reached >= list(State).index(state)

        if past(State.REGISTERED):
            yield 1, 9, self.step("register", kind=told["kind"])
        if note := told.get("note"):
            yield 1, 15, self.step("note", text=note)
        if elsewhere := told.get("elsewhere"):
            yield 2, 10, self.step("decline", elsewhere=elsewhere, reason=told["reason"])
            yield 3, 10, self.give("notify")
            if past(State.CLOSED):
                yield 20, 15, self.step("close")
            return
        if organ := told.get("forward"):
            yield 2, 10, self.step("forward", unit="", organ=organ, reason="")
            yield 3, 10, self.give("notify")
            return
        if past(State.ACCEPTED):
            yield 2, 10, self.step("accept")
            yield 3, 10, self.give("notify")
        if head := told.get("joins"):
            yield 4, 14, self.join_to(head)
            return
        if past(State.ASSIGNED):
            yield (
                3,
                15,
                self.step("assign", unit=self.office.units[told["unit"]].id, reason="请依规核实，按期答复信访人。"),
            )
        if past(State.HANDLING):
            yield 4, 9, self.step("take")
            if ask := told.get("ask"):
                yield 6, 10, self.step("message", text=ask)
            if reply := told.get("reply"):
                yield 8, 17, lambda: write_back(self.petition, self._placed(reply), [])
            for unit in told.get("with", ()):
                due = timedelta(days=14)
                yield 5, 10, self.join_unit(unit, due)
                if told.get("parts"):
                    yield 12, 15, self.write_part(unit, told["parts"])
            if days := told.get("extend"):
                yield told.get("extend_day", 50), 11, self.step("extend", days=days, reason=told["extend_reason"])
            if words := told.get("hearing"):
                yield 20, 15, self.on_the_day("hear", until=None, text=words)
            if fault := told.get("supervised"):
                yield told["age"] - 4, 10, self.step("supervise", fault=fault, text=told["supervise"])
            if reason := told.get("identity"):
                yield 9, 10, lambda: self.petition.open_identity(reason, by=self._handler())
        if past(State.DRAFTED):
            items = [dict(zip(("request", "facts", "opinion"), each, strict=True)) for each in told["answer"]]
            yield (
                answered,
                16,
                self.step("answer", items=items, basis=told["basis"], outcome=told["outcome"], carry_out_on=None),
            )
        if past(State.SIGNED):
            yield answered + 3, 10, self.step("sign")
        if past(State.DELIVERED):
            yield answered + 5, 11, self.give("deliver")
        if rating := told.get("rating"):
            yield answered + 7, 17, lambda: rate(self.petition, Satisfaction(rating), told.get("words", ""))
        if past(State.CLOSED) and told["outcome"] == Outcome.SUPPORTED:
            yield answered + 8, 16, self.on_the_day("carry_out", reason="已按答复意见落实，现场核对无误（演示）。")
        for number, (ask, give, words) in enumerate(_ABOVE):
            if verdict := told.get(give):
                yield answered + 7 + 40 * number, 9, self.on_the_day(ask, text=told["not_agreed"])
                if verdict != "waiting":
                    yield answered + 30 + 40 * number, 10, self.decided(give, verdict, words)
                    yield answered + 32 + 40 * number, 10, self.give("notify")
        if past(State.CLOSED):
            solved = told.get("solved", Solved.TOWNSHIP if told["unit"] in TOWNSHIPS else Solved.DISTRICT)
            yield answered + 38 if told.get("review") else answered + 9, 15, self.step("close", solved=solved)
        if past(State.ARCHIVED):
            yield answered + 20, 9, self.step("archive")

    # --- what ------------------------------------------------------------------------------------------------------

    def letter(self, receipt: str) -> Letter:
        """What a form would bring in."""
        unit = self.told.get("against")
        about = (self.told.get("person", ""), self.office.units[unit].id if unit else None)
        return Letter(
            kind=Kind(self.told["kind"]),
            channel=self.channel,
            place=self.village,
            subject=self.subject,
            text=self._placed(self.told["text"]),
            identity=self.identity,
            concerns=[about] if any(about) else [],
            files=[attachments.clean(name, data) for name, data in self._files()],
            receipt=receipt,
            received_on=clock.today() if self.channel is not Channel.ONLINE else None,
        )

    def _files(self) -> Iterator[tuple[str, bytes]]:
        if name := self.told.get("file"):
            yield name, f"{name.removesuffix('.txt')}（演示附件，内容为虚构）\n{self.subject}\n".encode()
        if self.told.get("photo"):
            picture = Image.new("RGB", (640, 420), "#9fb8c8")
            draw = ImageDraw.Draw(picture)
            draw.rectangle((0, 260, 640, 420), fill="#8a7a5c")
            draw.polygon([(270, 260), (370, 260), (520, 420), (120, 420)], fill="#6c6a66")
            draw.ellipse((290, 320, 390, 360), fill="#4d5a52")
            data = io.BytesIO()
            picture.save(data, "JPEG")
            yield "现场照片.jpg", data.getvalue()

    def arrive(self) -> None:
        """The letter is sent, or taken down by the clerk."""
        sending = send(self, self.key, by=self.by)
        self.code = receipts.make(bytes.fromhex(sending))
        found = db.session.scalar(select(Petition).where(Petition.receipt_digest == receipts.digest(self.code)))
        assert found is not None
        self.petition = found

    def step(self, action: str, **values: Any) -> Act:
        """A step of the procedure, by whoever takes it."""

        def act() -> None:
            self.petition.move(action, values, by=self._who(action))

        return act

    def on_the_day(self, action: str, **values: Any) -> Act:
        """A step that says on which day it happened."""

        def act() -> None:
            self.petition.move(action, {"on": clock.today(), **values}, by=self._who(action))

        return act

    def decided(self, action: str, verdict: str, words: str) -> Act:
        """The organ above decides."""

        def act() -> None:
            values = {"verdict": verdict, "dated": clock.today(), "their_number": "", "text": words}
            self.petition.move(action, values, by=self.clerk)

        return act

    def join_to(self, head: str) -> Act:
        """This letter is answered together with the one of that key."""

        def act() -> None:
            other = self.office.letters[head].petition.number
            self.petition.move("merge", {"number": other, "reason": "反映的是同一处水渠。"}, by=self.clerk)

        return act

    def join_unit(self, unit: str, due: timedelta) -> Act:
        """Another unit takes part."""

        def act() -> None:
            values = {
                "unit": self.office.units[unit].id,
                "task": "请就职责范围内的情况核实，提出意见。",
                "due_on": clock.today() + due,
            }
            self.petition.move("join", values, by=self.clerk)

        return act

    def write_part(self, unit: str, words: str) -> Act:
        """That unit writes its part."""

        def act() -> None:
            self.petition.move("part", {"text": words}, by=self.office.handler_of(unit))

        return act

    def give(self, action: str) -> Act:
        """A paper reaches the petitioner: where there is no name, on the receipt page."""
        how = Delivery(self.told.get("how", Delivery.IN_PERSON) if self.named else Delivery.RECEIPT_PAGE)

        def act() -> None:
            self.petition.move(action, {"how": how, "on": clock.today(), "proof": _PROOF[how]}, by=self.clerk)

        return act

    def _handler(self) -> Viewer:
        return self.office.handler_of(self.told["unit"])

    def _who(self, action: str) -> Viewer:
        if action in ("take", "message", "answer", "carry_out", "hear") or (action == "close" and "unit" in self.told):
            return self._handler()
        return self.leader if action in ("sign", "close", "extend", "supervise") else self.clerk


# --- causes --------------------------------------------------------------------------------------------------------


def _causes(office: _Office, letters: list[_Told], now: datetime) -> list[tuple[datetime, Act]]:
    """The causes that the clerk names, and what becomes of them, each act with its moment."""
    told = tomllib.loads(CAUSES.read_text("utf-8"))["cause"]
    return [happening for each in told for happening in _ToldCause(each, office, letters, now).happenings()]


@dataclass
class _ToldCause:
    """One cause of the file, and what happens to it."""

    told: dict[str, Any]
    office: _Office
    letters: list[_Told]
    now: datetime
    cause: Cause = field(init=False)

    def happenings(self) -> Iterator[tuple[datetime, Act]]:
        """Every act with its moment: at 11 the name, the ties and the remedies, at 14 what comes of them."""
        told = self.told
        yield self._when(told["named"], 11), self._name
        for subject in told["cases"]:
            letter = next(each for each in self.letters if subject in each.subject)
            yield self._when(min(told["named"], letter.told["age"] - 3), 12), self._tie(letter)
        for remedy in told.get("remedy", ()):
            yield self._when(told["named"] - 1, 11), self._remedy(remedy)
            if "done" in remedy:
                yield self._when(remedy["done"], 14), self._done(remedy)
        for proposal in told.get("proposal", ()):
            yield self._when(proposal["issued"], 11), self._propose(proposal)
            yield self._when(proposal["delivered"], 14), self._deliver(proposal)
            if "answered" in proposal:
                yield self._when(proposal["answered"], 14), self._answer(proposal)
        for action, age in (("begin", told.get("begins")), ("place", told.get("in_place"))):
            if age is not None:
                yield self._when(age, 15), self._step(action)

    def _day(self, ago: int) -> date:
        return clock.local(self.now).date() - timedelta(days=ago)

    def _when(self, ago: int, hour: int) -> datetime:
        moment = datetime.combine(self._day(ago), time(hour), clock.local(self.now).tzinfo)
        return min(moment, self.now - timedelta(minutes=10))

    @property
    def _clerk(self) -> Viewer:
        return self.office.viewers["clerk"]

    def _name(self) -> None:
        place = TOWNSHIPS[self.told["township"]] if "township" in self.told else self.office.villages[0].code[:6]
        words = {name: self.told[name].strip() for name in ("title", "explanation", "field")}
        self.cause = Cause.open({**words, "place": place}, by=self._clerk)

    def _tie(self, letter: _Told) -> Act:
        return lambda: self.cause.tie(letter.petition, by=self._clerk)

    def _move(self, action: str, by: Viewer, values: Callable[[], dict[str, Any]]) -> Act:
        def act() -> None:
            self.cause.move(action, values(), by=by)
            db.session.flush()  # a later act looks for what this one made

        return act

    def _step(self, action: str) -> Act:
        return self._move(action, self._clerk, lambda: {"on": clock.today()})

    def _remedy(self, told: dict[str, Any]) -> Act:
        owner = self.office.viewers[told["person"]]
        values = {"text": told["text"], "due_on": self._day(told["due"])}
        values |= {"unit": str(owner.unit_id), "person": str(owner.id)}
        return self._move("remedy", self._clerk, lambda: values)

    def _done(self, told: dict[str, Any]) -> Act:
        owner = self.office.viewers[told["person"]]

        def act() -> None:
            wanted = select(Remedy).where(Remedy.cause_id == self.cause.id, Remedy.person_id == owner.id)
            values = {"on": clock.today(), "outcome": told["outcome"], "proof": told["proof"]}
            self.cause.do(db.session.scalars(wanted).one(), values, by=owner)

        return act

    def _propose(self, told: dict[str, Any]) -> Act:
        words = {name: told[name] for name in ("subject", "found", "asked")}
        values = {**words, "unit": str(self.office.units[told["unit"]].id)}
        return self._move("propose", self.office.viewers["leader"], lambda: values)

    def _proposal(self) -> Proposal:
        return db.session.scalars(select(Proposal).where(Proposal.cause_id == self.cause.id)).one()

    def _deliver(self, told: dict[str, Any]) -> Act:
        values = {"how": told["how"], "proof": told["proof"]}
        return lambda: self._proposal().deliver({**values, "on": clock.today()}, by=self._clerk)

    def _answer(self, told: dict[str, Any]) -> Act:
        values = {"reply": told["reply"], "text": told["answer"]}
        return lambda: self._proposal().reply_with(values, by=self.office.handler_of(told["unit"]))


# --- down-visits, reception days, hours ----------------------------------------------------------------------------


@dataclass
class _Visits:
    """A visit that took place, with promises kept, late and open; one that is announced; a reception day; hours."""

    office: _Office
    today: date
    past: Visit = field(init=False)
    taken: list[Petition] = field(init=False)
    kept: list[VisitPromise] = field(init=False)
    hours: WindowHours = field(init=False)

    def happenings(self, now: datetime) -> list[tuple[datetime, Act]]:
        """Every act with its moment."""
        acts = (
            (27, self.publish),
            (26, self.record),
            (20, self.plan),
            (12, self.go),
            (6, self.keep),
            (1, self.announce),
        )
        return [(now - timedelta(days=days, minutes=31), act) for days, act in acts]

    def _plan(self, ahead: int, township: str, where: str, *units: str) -> Plan:
        return Plan(
            held_on=self._at_work(ahead),
            starts="09:00",
            ends="11:30",
            township=TOWNSHIPS[township],
            villages=[],
            where=where,
            how="也可拨打街道值班电话报名，或当天直接到场。（演示）",
            leaders=[self.office.viewers["leader"].id],
            units=[self.office.units[each].id for each in units],
        )

    def _at_work(self, ahead: int) -> date:
        """That day, or the Friday before it or the Monday after it: nobody goes on a weekend."""
        day = self.today + timedelta(days=ahead)
        weekend = max(0, day.isoweekday() - 5)
        return day + timedelta(days=0 if not weekend else 3 - weekend if ahead > 0 else -weekend)

    def _take(self, visit: Visit, most: int) -> list[Petition]:
        """The oldest open matters on the way."""
        clerk = self.office.viewers["clerk"]
        ids = [each.id for each in offered(visit, clerk, "", "").rows][:most]
        visits.take_along(visit, ids, ids, by=clerk)
        return list(db.session.scalars(select(Petition).where(Petition.id.in_(ids)).order_by(Petition.id)))

    def plan(self) -> None:
        """The visit of twelve days ago is planned."""
        clerk = self.office.viewers["clerk"]
        self.past = Visit.plan(self._plan(-12, "jiujie", "街道便民服务中心", "jiujie", "roads"), by=clerk)
        self.taken = self._take(self.past, 3)
        self.past.move("announce", {}, by=clerk)

    def go(self) -> None:
        """It takes place: something is said to each matter, and promised."""
        clerk = self.office.viewers["clerk"]
        self.past.move("carry_out", {}, by=clerk)
        said = (
            (Result.PROMISED, "已到现场看过，答应的事按期限办。"),
            (Result.EXPLAINED, "政策已当面说明，办理仍按程序进行。"),
        )
        for petition, (result, words) in zip(self.taken, said, strict=False):
            visits.tell(self.past, petition, result, words, by=clerk)
        self._promise("村口便桥加装护栏", "handler3", -3)
        self._promise("每月第一个周六到村办公室现场办理社保业务", "handler4", -1)
        self._promise("年底前硬化三组到四组的机耕路", "handler3", 25)
        self.kept = [self._promise("修好村办公室门前的路灯", "handler6", -5)]
        self.kept += [self._promise("一周内给出办理时间表", "handler6", -5, petition) for petition in self.taken[:1]]

    def _promise(self, text: str, owner: str, due: int, petition: Petition | None = None) -> VisitPromise:
        who = self.office.viewers[owner].id
        clerk, due_on = self.office.viewers["clerk"], self.today + timedelta(days=due)
        return visits.promise(self.past, petition, text, who, due_on, by=clerk)

    def keep(self) -> None:
        """Some of it is kept."""
        for each, done in zip(self.kept, ("路灯已换新，当晚试亮正常。", "已当面说明办理步骤和时间。"), strict=False):
            each.move("keep", {"text": done}, by=self.office.viewers["handler6"])

    def announce(self) -> None:
        """The next visit and a reception day are announced; two matters get a time."""
        clerk = self.office.viewers["clerk"]
        ahead = Visit.plan(self._plan(6, "yangluo", "街道党群服务中心一楼", "yangluo", "water"), by=clerk)
        self._take(ahead, 3)
        ahead.move("announce", {}, by=clerk)
        day = ReceptionDay.plan(
            self._at_work(4),
            "09:00",
            20,
            9,
            self.office.viewers["leader2"].id,
            "组织部一楼接待室",
            by=clerk,
        )
        db.session.flush()
        day.move("announce", {}, by=clerk)
        handled = select(Petition).where(Petition.state == State.HANDLING, seen_by(clerk)).order_by(Petition.id)
        for petition in db.session.scalars(handled.limit(2)).all():
            if day.hears(petition.id):
                day.sign_up(petition, by=clerk.id)

    def publish(self) -> None:
        """A street and a bureau are there early and late."""
        clerk, handler = self.office.viewers["clerk"], self.office.viewers["handler6"]
        tonight = self.today - timedelta(days=26)
        evening = (tonight.weekday(), "18:00", "20:00", clock.today(), "吴旧林")
        self.hours = WindowHours.publish(handler.unit_id, *evening, by=handler)
        saturday = (5, "08:30", "11:30", clock.today(), "窗口值班员")
        WindowHours.publish(self.office.units["labour"].id, *saturday, by=clerk)

    def record(self) -> None:
        """One evening is recorded; the others show as gaps."""
        told = "两件当场答复，一件请来人写信登记。"
        self.hours.record(clock.today(), "吴旧林", 3, told, [], by=self.office.viewers["handler6"])


# --- screening -----------------------------------------------------------------------------------------------------


def _screenings(office: _Office, now: datetime) -> list[tuple[datetime, Act]]:
    """The screening rounds, with every act and its moment."""
    rounds = [_Screening(told, office, now) for told in tomllib.loads(SCREENINGS.read_text("utf-8"))["round"]]
    return [happening for each in rounds for happening in each.happenings()]


@dataclass
class _Screening:
    """One round of the file: issued, returned, its items decided."""

    told: dict[str, Any]
    office: _Office
    now: datetime
    round: Round = field(init=False)
    items: dict[int, Item] = field(default_factory=dict)

    def happenings(self) -> Iterator[tuple[datetime, Act]]:
        """Every act with its moment; in a day: the round, an item, what is decided, that this is everything."""
        clerk, leader = self.office.viewers["clerk"], self.office.viewers["leader"]
        yield self._at(self.told["issued"], 0), self.issue
        for number, told in enumerate(self.told["item"]):
            yield self._at(told["age"], 60 + number), partial(self.report, number, told)
            if "then" in told:
                yield self._at(told["age"] - told["after"], 120 + number), partial(self.decide, number, told)
        for key, days in self.told["returned"].items():
            yield self._at(days, 240), partial(self._complete, self._who(key))
        for action, who in (("reminded", clerk), ("closed", leader)):
            if action in self.told:
                yield self._at(self.told[action], 300), partial(self._move, action, who)

    def _at(self, days: int, minutes: int) -> datetime:
        """So many days ago, in the morning, and minutes later."""
        today = clock.local(self.now)
        nine = datetime.combine(today.date() - timedelta(days=days), time(9), today.tzinfo)
        return nine + timedelta(minutes=minutes)

    def _who(self, key: str) -> Viewer:
        return self.office.viewers["contact"] if key == "contact" else self.office.handler_of(key)

    def _day(self, days: int) -> date:
        return clock.local(self.now).date() - timedelta(days=days)

    def issue(self) -> None:
        """The clerk asks."""
        contact = self.office.viewers["contact"].place_code
        order = Order(
            title=self.told["title"],
            text=self.told["text"],
            from_on=self._day(self.told["issued"]),
            until_on=self._day(self.told["until"]),
            due_on=self._day(self.told["due"]),
            units=[self.office.units[key].id for key in self.told["units"]],
            places=[contact] if contact else [],
        )
        self.round = Round.issue(order, by=self.office.viewers["clerk"])

    def report(self, number: int, told: dict[str, Any]) -> None:
        """A unit or the contact returns an item."""
        who = self._who(told["by"])
        village = next(
            each
            for each in self.office.villages
            if each.code == who.place_code or (told["place"] != "own" and each.name == told["place"])
        )
        finding = Finding(
            place=village,
            subject=told["subject"],
            text=told["text"],
            field=Field(told["field"]),
            urgency=Urgency(told["urgency"]),
            people=People(told["people"]),
            action=told["action"],
            unit=self.office.units[told["against"]].id if "against" in told else None,
            person="",
        )
        Item.report(self.round, [finding], f"{number:032x}", by=who)
        db.session.flush()
        newest = select(Item).where(Item.round_id == self.round.id).order_by(Item.id.desc()).limit(1)
        self.items[number] = db.session.scalars(newest).one()

    def decide(self, number: int, told: dict[str, Any]) -> None:
        """The office decides what becomes of it."""
        item, action = self.items[number], told["then"]
        values: dict[str, Any] = {"reason": told.get("reason"), "place": item.place_code}
        if action == "watch":
            values["due_on"] = self._day(-told["until"])
        if action == "join":
            ours = select(Petition.number).where(Petition.unit_id == self.office.units["water"].id)
            values["number"] = db.session.scalars(ours.order_by(Petition.number).limit(1)).one()
        if action == "take":
            values["petition"] = self._letter(item).id
        item.move(action, values, by=self.office.viewers["clerk"])

    def _letter(self, item: Item) -> Petition:
        place = next(each for each in self.office.villages if each.code == item.place_code)
        letter = Letter(
            kind=Kind.CLAIM,
            channel=Channel.CALL,
            place=place,
            subject=item.subject,
            text=f"{item.text}\n\n{item.action}",
            identity=None,
            concerns=[],
            files=[],
            receipt=receipts.make(Random(item.subject).randbytes(32)),  # noqa: S311 - the same every time
            received_on=clock.today(),
        )
        petition = Petition.file(letter, by=self.office.viewers["clerk"])
        db.session.flush()
        return petition

    def _complete(self, who: Viewer) -> None:
        self.round.complete(by=who)

    def _move(self, action: str, who: Viewer) -> None:
        self.round.move({"reminded": "remind", "closed": "close"}[action], {}, by=who)


def _old_letter(office: _Office, subject: str, text: str) -> Petition:
    """A claim of years ago, handled and closed that same day."""
    clerk, handler, leader = (office.viewers[name] for name in ("clerk", "handler3", "leader"))
    letter = Letter(
        kind=Kind.CLAIM,
        channel=Channel.LETTER,
        place=office.villages[0],
        subject=subject,
        text=f"{text}（演示内容，纯属虚构）",
        identity={"name": "龙有福", "address": "演示地址一号", "contact": "13000000000"},
        concerns=[],
        files=[],
        receipt=receipts.make(subject.encode()),
        received_on=clock.today(),
    )
    petition = Petition.file(letter, by=clerk)
    items = [{"request": subject, "facts": "情况属实。", "opinion": "已列入当年计划并完成。"}]
    paper = {"how": Delivery.IN_PERSON, "on": clock.today(), "proof": _PROOF[Delivery.IN_PERSON]}
    steps: list[tuple[str, dict[str, Any], Viewer]] = [
        ("register", {"kind": Kind.CLAIM}, clerk),
        ("accept", {}, clerk),
        ("notify", paper, clerk),
        ("assign", {"unit": office.units["roads"].id, "reason": ""}, clerk),
        ("take", {}, handler),
        ("answer", {"items": items, "basis": "有关规定", "outcome": Outcome.SUPPORTED}, handler),
        ("sign", {}, leader),
        ("deliver", paper, clerk),
        ("carry_out", {"on": clock.today(), "reason": "已完工，村民代表验收。（演示）"}, handler),
        ("close", {"solved": Solved.DISTRICT}, leader),
    ]
    for action, values, by in steps:
        petition.move(action, values, by=by)
        db.session.flush()
    return petition


def _protection(office: _Office, letters: list[_Told], now: datetime) -> Iterator[tuple[datetime, Act]]:
    """Who writes is protected: a matter due for review, one under hold, a notice of retaliation, some readings."""
    old: list[Petition] = []
    leader = office.viewers["leader"]
    threatened = next(each for each in letters if each.told["to"] == "handling" and each.told["age"] > 10)

    def read(who: str, what: What) -> Act:
        return lambda: db.session.add(Reading.of(office.viewers[who], old[0].id, what))

    def hold() -> None:
        decide(old[1], Decision(Action.HOLD, "法院正在审理同一地块的案件，判决生效前不得删除。"), by=leader)

    def tell() -> None:
        Retaliation.send(threatened.petition, "信寄出以后，有人上门说再写信就停我家的低保。（演示内容）", "", None)

    for years, subject, text in (
        (11, "请求修通机耕路断头的一段", "机耕路修到村口就断了，收割机进不了田，请帮助解决。"),
        (10.5, "反映征地补偿面积不符", "征地补偿的面积与实际丈量的不一致，请求复核。"),
    ):
        yield now - timedelta(days=366 * years), lambda s=subject, t=text: old.append(_old_letter(office, s, t))  # type: ignore[misc]
    yield now - timedelta(days=40), hold
    yield now - timedelta(days=3), tell
    for hours, who, what in ((30, "clerk", What.CASE), (29, "leader", What.CASE), (28, "leader", What.PAPER)):
        yield now - timedelta(hours=hours), read(who, what)
