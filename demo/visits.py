"""Down-visits, reception days, and the units' early and late hours."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import select

from blueprints.petitions.docket.domain import State
from blueprints.petitions.docket.models import Petition, seen_by
from blueprints.petitions.reception.models import ReceptionDay, WindowHours
from blueprints.petitions.visits import models as visits
from blueprints.petitions.visits.domain import Result
from blueprints.petitions.visits.models import Plan, Visit, VisitPromise
from blueprints.petitions.visits.queries import offered
from core import clock
from core.extensions import db
from demo.letters import Told
from demo.office import TOWNSHIPS, Act, Office


def happenings(office: Office, _letters: list[Told], now: datetime) -> list[tuple[datetime, Act]]:
    """Every act with its moment."""
    return Visits(office, clock.local(now).date()).happenings(now)


@dataclass
class Visits:
    """A visit that took place, with promises kept, late and open; one that is announced; a reception day; hours."""

    office: Office
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
