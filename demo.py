"""The demo: an office with invented people, and letters in every state, dated from four months ago to today.

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
from random import Random
from typing import Any

from PIL import Image, ImageDraw
from sqlalchemy import select

from blueprints.accounts.models import Unit, User, load_viewer, password_fits
from blueprints.petitions.casefile.domain import Delivery
from blueprints.petitions.docket.domain import Channel, Kind, Satisfaction, State
from blueprints.petitions.docket.models import Letter, Petition, seen_by
from blueprints.petitions.letterbox.models import rate, send, write_back
from blueprints.petitions.reception.models import ReceptionDay, WindowHours
from blueprints.petitions.visits import models as visits
from blueprints.petitions.visits.domain import Result
from blueprints.petitions.visits.models import Plan, Visit, VisitPromise
from blueprints.petitions.visits.queries import offered
from core import attachments, clock, receipts
from core.extensions import db
from core.places import Place, import_file
from core.roles import Role, Viewer
from settings import HOME, settings

PASSWORD = "xiafang-demo-2026"  # noqa: S105 - everybody's, and printed: a demo has no secrets
PLACES = HOME / "data" / "divisions_420117.csv"
LETTERS = HOME / "data" / "demo" / "letters.toml"
EARLIEST = timedelta(days=121)

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
_SINCE_ANSWERED = {State.DRAFTED: 2, State.SIGNED: 5, State.DELIVERED: 8}

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
    names = iter(story["names"])
    letters = [_Told(told, office, chance, names) for told in story["letter"]]
    happenings = [happening for letter in letters for happening in letter.happenings(now)]
    happenings += _Visits(office, clock.local(now).date()).happenings(now)
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
        if past(State.ACCEPTED):
            yield 2, 10, self.step("accept")
            yield 3, 10, self.give("notify")
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
            if reason := told.get("identity"):
                yield 9, 10, lambda: self.petition.open_identity(reason, by=self._handler())
        if past(State.DRAFTED):
            items = [dict(zip(("request", "facts", "opinion"), each, strict=True)) for each in told["answer"]]
            yield answered, 16, self.step("answer", items=items, basis=told["basis"], outcome=told["outcome"])
        if past(State.SIGNED):
            yield answered + 3, 10, self.step("sign")
        if past(State.DELIVERED):
            yield answered + 5, 11, self.give("deliver")
        if rating := told.get("rating"):
            yield answered + 7, 17, lambda: rate(self.petition, Satisfaction(rating), told.get("words", ""))
        if past(State.CLOSED):
            yield answered + 9, 15, self.step("close")

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

    def give(self, action: str) -> Act:
        """A paper reaches the petitioner: where there is no name, on the receipt page."""
        how = Delivery(self.told.get("how", Delivery.IN_PERSON) if self.named else Delivery.RECEIPT_PAGE)

        def act() -> None:
            self.petition.move(action, {"how": how, "on": clock.today(), "proof": _PROOF[how]}, by=self.clerk)

        return act

    def _handler(self) -> Viewer:
        return self.office.handler_of(self.told["unit"])

    def _who(self, action: str) -> Viewer:
        if action in ("take", "message", "answer") or (action == "close" and "unit" in self.told):
            return self._handler()
        return self.leader if action in ("sign", "close") else self.clerk


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
