"""The people of the office that the tests work in: one of each role, two units that handle matters, real places."""

from blueprints.accounts.models import Unit, User
from core import clock
from core.extensions import db
from core.places import Place
from core.roles import Role

PASSWORD = "willow-lantern-47"  # everybody's; nobody has to change it first

# fmt: off
UNITS = {  # key: (name, above)
    "office":   ("中共新洲区委组织部", None),
    "letters":  ("组织部信访科",       "office"),
    "water":    ("新洲区水务局",       None),
    "pumps":    ("水务局排灌站",       "water"),
    "farming":  ("新洲区农业农村局",   None),
}
PLACES = [  # code, name, above, level
    ("420117",       "新洲区",     None,        "district"),
    ("420117001",    "邾城街道",   "420117",    "township"),
    ("420117001001", "红旗社区",   "420117001", "village"),
    ("420117001003", "南街社区",   "420117001", "village"),
    ("420117002",    "阳逻街道",   "420117",    "township"),
    ("420117002001", "江北社区",   "420117002", "village"),
]
PEOPLE = [  # username, name, role, unit
    ("contact",       "陈联络", Role.CONTACT,       "office"),
    ("clerk",         "李登记", Role.CLERK,         "letters"),
    ("clerk2",        "王接访", Role.CLERK,         "letters"),
    ("handler",       "赵水务", Role.HANDLER,       "water"),
    ("handler2",      "钱农业", Role.HANDLER,       "farming"),
    ("leader",        "孙部长", Role.LEADER,        "office"),
    ("discipline",    "周纪检", Role.DISCIPLINE,    "office"),
    ("auditor",       "吴审计", Role.AUDITOR,       "office"),
    ("administrator", "郑管理", Role.ADMINISTRATOR, "office"),
]
# fmt: on


def open_office() -> None:
    """Fill an empty, migrated office; the caller commits."""
    for code, place, parent, level in PLACES:
        db.session.add(Place(code=code, name=place, parent_code=parent, level=level, changed_at=clock.now()))
        db.session.flush()
    units: dict[str, Unit] = {}
    for key, (name, above) in UNITS.items():
        units[key] = Unit.open(name, units[above] if above else None, by=None, is_office=key == "office")
    for username, name, role, unit in PEOPLE:
        village = "420117001001" if role is Role.CONTACT else None
        User.open(username, name, role, units[unit], PASSWORD, by=None, place_code=village, must_change=False)
