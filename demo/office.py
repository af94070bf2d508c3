"""The units, the people and the villages of the demo office, and its clock."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from blueprints.accounts.models import Unit, User, load_viewer
from blueprints.petitions.docket.models import Petition
from core import clock
from core.extensions import db
from core.places import Place
from core.roles import Role, Viewer
from settings import HOME, settings

PASSWORD = "xiafang-demo-2026"  # noqa: S105 - everybody's, and printed: a demo has no secrets
PLACES = HOME / "data" / "divisions_420117.csv"
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
    "seconded":    ("区纪委派驻纪检组", None),
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
    ("discipline2", "严公允", Role.DISCIPLINE,   "seconded"),
    ("auditor",    "冯核实", Role.AUDITOR,       "office"),
    ("admin",      "许维安", Role.ADMINISTRATOR, "office"),
    ("contact",    "杨乡音", Role.CONTACT,       "jiujie"),
]
TOWNSHIPS = {"yangluo": "420117002", "jiujie": "420117008", "fenghuang": "420117102"}
# fmt: on

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


@dataclass
class Office:
    """The units, the people, and the villages that letters come from."""

    units: dict[str, Unit]
    viewers: dict[str, Viewer]
    villages: list[Place]
    letters: dict[str, Petition] = field(default_factory=dict)  # those that others refer to, by key

    @classmethod
    def open(cls, chance: Random) -> "Office":
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
