"""The yearly report on pairing: written, sent back, written anew, issued; and a correction that is being drafted."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from blueprints.pairing.year_reports.domain import Section
from blueprints.pairing.year_reports.models import YearReport, latest
from blueprints.pairing.year_reports.queries import live
from core import clock
from core.extensions import db
from demo.letters import Told
from demo.office import Act, Office

FIRST = {
    Section.OVERVIEW: "全年各结对单位按协议联系帮扶村，逐项回应村里提出的需求，年度计划目标按月检查。",
    Section.WELL: "村里反映最多的用水和道路问题得到优先安排，经费使用有账可查，完成情况由村里确认。",
    Section.LACKING: "个别需求答复偏慢。",
    Section.NEXT: "继续落实未完成的目标，入冬前对所有帮扶村走访一遍。",
}
LACKING = "个别需求答复偏慢，有的目标逾期后才补办；培训班报名多、到课少，课程时间安排与农时衔接不够。"


def happenings(office: Office, _letters: list[Told], now: datetime) -> list[tuple[datetime, Act]]:
    """Every act with its moment."""
    return list(Yearly(office, (now - timedelta(days=12)).year, now).happenings())


@dataclass
class Yearly:
    """The report of the year."""

    office: Office
    year: int
    now: datetime

    def happenings(self) -> Iterator[tuple[datetime, Act]]:
        """Begun twelve days ago, issued eight days ago; its correction begun two days ago."""
        yield self._ago(12, 0), self.begin
        again = {"sections": {**FIRST, Section.LACKING: LACKING}}
        for days, minutes, action, by, values in (
            (12, 1, "write", "clerk", {"sections": FIRST}),
            (12, 2, "send", "clerk", {}),
            (10, 3, "back", "leader", {"reason": "“存在的不足”请写具体，不要一句带过。"}),
            (9, 4, "write", "clerk", again),
            (9, 5, "send", "clerk", {}),
            (8, 6, "issue", "leader", {}),
            (2, 7, "correct", "clerk", {"reason": "签发后有单位补录支出，数字有变化。"}),
        ):
            yield self._ago(days, minutes), partial(self.take, action, by, **values)

    def _ago(self, days: int, minutes: int) -> datetime:
        return self.now - timedelta(days=days) + timedelta(minutes=minutes)

    def begin(self) -> None:
        """A clerk begins it."""
        YearReport.begin(self.year, by=self.office.viewers["clerk"])
        db.session.flush()

    def take(self, action: str, by: str, sections: dict[str, str] | None = None, **values: Any) -> None:
        """The next step with the one that is there."""
        who, row = self.office.viewers[by], latest(self.year)
        assert row is not None, f"no report of {self.year} on {clock.today()}"
        figures = {"figures": live(who, self.year)} if action == "issue" else {}
        row.move(action, {**values, **(sections or {}), **figures}, by=who)
        db.session.flush()
