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
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any

from PIL import Image, ImageDraw
from sqlalchemy import select

from blueprints.accounts.models import Unit, User, load_viewer, password_fits
from blueprints.petitions.casefile.domain import Delivery
from blueprints.petitions.docket.domain import Channel, Kind, Outcome, Satisfaction, State
from blueprints.petitions.docket.models import Letter, Petition
from blueprints.petitions.letterbox.models import rate, send, write_back
from blueprints.petitions.protection.domain import What
from blueprints.petitions.protection.models import Reading, Retaliation
from blueprints.petitions.retention.domain import Action
from blueprints.petitions.retention.models import Decision, decide
from core import attachments, clock, receipts
from core.extensions import db
from core.places import Place, import_file
from core.roles import Role, Viewer
from settings import HOME, settings

PASSWORD = "xiafang-demo-2026"  # noqa: S105 - everybody's, and printed: a demo has no secrets
PLACES = HOME / "data" / "divisions_420117.csv"
LETTERS = HOME / "data" / "demo" / "letters.toml"
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
        ("close", {}, leader),
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
