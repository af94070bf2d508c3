"""Letters in every state, each sent, handled and answered in the order of time."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random
from typing import Any

from PIL import Image, ImageDraw
from sqlalchemy import select

from blueprints.petitions.casefile.domain import Delivery
from blueprints.petitions.docket.domain import Channel, Kind, Outcome, Satisfaction, Solved, State
from blueprints.petitions.docket.models import Letter, Petition
from blueprints.petitions.letterbox.models import send
from blueprints.petitions.receipt.models import rate, write_back
from core import attachments, clock, receipts
from core.extensions import db
from core.roles import Viewer
from demo.office import TOWNSHIPS, Act, Office
from settings import HOME

LETTERS = HOME / "data" / "demo" / "letters.toml"

PROOF = {
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


@dataclass
class Told:
    """One letter of the file, and what happens to it."""

    told: dict[str, Any]
    office: Office
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
        if key := self.told.get("key"):
            self.office.letters[key] = found

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
            other = self.office.letters[head].number
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
            self.petition.move(action, {"how": how, "on": clock.today(), "proof": PROOF[how]}, by=self.clerk)

        return act

    def _handler(self) -> Viewer:
        return self.office.handler_of(self.told["unit"])

    def _who(self, action: str) -> Viewer:
        if action in ("take", "message", "answer", "carry_out", "hear") or (action == "close" and "unit" in self.told):
            return self._handler()
        return self.leader if action in ("sign", "close", "extend", "supervise") else self.clerk
