"""The people of the office that the tests work in: one of each role, two units that handle matters, real places."""

from blueprints.accounts.models import Unit, User
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
    units: dict[str, Unit] = {}
    for key, (name, above) in UNITS.items():
        units[key] = Unit.open(name, units[above] if above else None, by=None, is_office=key == "office")
    for username, name, role, unit in PEOPLE:
        place = "420117001001" if role is Role.CONTACT else None
        User.open(username, name, role, units[unit], PASSWORD, by=None, place_code=place, must_change=False)
