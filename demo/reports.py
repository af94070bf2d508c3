"""Reports of violations in the demo: one in each stage that somebody would want to see. All of them are invented."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from blueprints.rules.hotline.models import complain, write_back
from blueprints.rules.keyring.models import Made, OfficerKey, eligible
from blueprints.rules.reports.domain import Kind, Outcome
from blueprints.rules.reports.models import Opened, Report, Secret, Tip, code_for, opened_by_reporter
from core import clock
from core.extensions import db
from demo.letters import Told
from demo.office import Act, Office

PASSPHRASE = "xiafang-demo-key-2026"  # noqa: S105 - of every officer's key, and printed: a demo has no secrets
SHOWN = "收受礼品、礼金和有价证券"  # what the page of the code that is printed says

Step = tuple[str, str, dict[str, Any]]  # who, which, with what; a day stands as True


@dataclass
class Story:
    """A report, and what becomes of it: each step on the day after the one before, unless it says how many later."""

    age: int  # days
    kind: Kind
    about: tuple[str, str]  # a person, the key of a unit
    text: str
    by: tuple[str, str] | None = None  # name and telephone; none: anonymous
    steps: list[Step] = field(default_factory=list)
    code: str = ""
    opened: Opened | None = None


HEARD: list[Step] = [
    ("discipline", "take", {}),
    ("discipline", "verify", {"reason": "线索具体，可以核实。"}),
    ("discipline", "examine", {"on": True, "text": "调取了有关票据，走访了两名知情人。"}),
    ("discipline", "hear", {"on": True, "put": "反映的主要问题。", "statement": "承认有此事，愿意接受处理。"}),
]
FOUND: Step = (
    "discipline",
    "find",
    {
        "rule": "“五个严禁”",
        "article": "第五条",
        "evidence": "退款收据、两名证人的证言",
        "text": "收受管理服务对象所送购物卡一张，面值500元。",
    },
)
DELIVERED: Step = ("discipline", "notify", {"on": True, "how": "in_person", "proof": "本人签收（演示）"})

STORIES = [
    Story(3, Kind.MEALS, ("", "jiujie"), "街道干部工作日中午在农家乐喝酒，下午还去了办事大厅。"),
    Story(
        9,
        Kind.GIFTS,
        ("龙收礼", "roads"),
        "节前有包工头给他家送了两箱酒，我亲眼看见搬上楼的。",
        ("柳知情", "13000000001"),
        [
            ("discipline", "take", {}),
            ("discipline", "message", {"text": "请问是哪一天、在哪个小区？还有谁看见？"}),
            ("reporter", "write", {"text": "腊月二十六晚上七点左右，同楼的邻居也看见了。"}),
        ],
    ),
    Story(
        20,
        Kind.PROCEDURE,
        ("米越权", "farming"),
        "项目没有开会研究，他一个人就定了承包户。",
        None,
        [*HEARD[:3], ("reporter", "retaliation", {"text": "村里有人放话，说再反映就不给我家办手续。"})],
    ),
    Story(
        20,
        Kind.GAIN,
        ("雷谋私", "water"),
        "他把水库管护的活给了自己的表弟，价格比别人高一倍。",
        ("云乡亲", "13000000002"),
        [
            *HEARD,
            FOUND,
            ("discipline", "propose", {"outcome": Outcome.DISCIPLINE, "member": "雷谋私", "text": "按管理权限处理。"}),
        ],
    ),
    Story(
        60,
        Kind.LEAK,
        ("风透露", "labour"),
        "听说他在会前就告诉别人谁要提拔。",
        None,
        [
            *HEARD,
            ("discipline", "clear", {"member": "风透露", "text": "会议记录和谈话均未发现所反映的情形。"}),
            DELIVERED,
            ("discipline", "close", {"waived": True}),
        ],
    ),
    Story(
        30,
        Kind.GIFTS,
        ("花受卡", "yangluo"),
        "办证时暗示要购物卡，我给了一张五百元的。",
        ("江办证", "13000000003"),
        [
            *HEARD,
            FOUND,
            ("discipline", "decide", {"outcome": Outcome.CRITICISE, "member": "花受卡", "text": "责令退还。"}),
            DELIVERED,
            ("discipline", "object", {"on": True, "text": "卡在核实以前已经退回，请重新考虑。"}),
        ],
    ),
    Story(
        90,
        Kind.MEALS,
        ("", "roads"),
        "检查组到工地检查，中午由施工方请客。",
        None,
        [
            *HEARD,
            FOUND,
            ("discipline2", "decide", {"outcome": Outcome.REMIND, "member": "带队人员", "text": "饭费由个人补交。"}),
            DELIVERED,
            ("discipline2", "close", {"waived": True, "reason": "饭费已补交。"}),
        ],
    ),
    Story(
        70,
        Kind.OTHER,
        ("", "fenghuang"),
        "办事态度不好。",
        None,
        [
            ("discipline2", "take", {}),
            ("discipline2", "dismiss", {"reason": "没有说明违反了什么规定；办事态度的问题可以来信反映。"}),
        ],
    ),
]


def happenings(office: Office, letters: list[Told], now: datetime) -> Iterator[tuple[datetime, Act]]:
    """The officers' keys, then each report and its steps, in the order of time."""
    for username in ("discipline", "discipline2"):
        yield now - timedelta(days=115), _make_key(office, username)
    for number, story in enumerate(STORIES):
        story.code = code_for(f"report {number}".encode())
        moment = now - timedelta(days=story.age, minutes=20 - number)
        yield moment, _file(office, story)
        pause = min(timedelta(days=3), timedelta(days=story.age - 1) / (len(story.steps) + 1))
        for nth, step in enumerate(story.steps, 1):
            yield moment + nth * pause, _take(office, story, step)


def _make_key(office: Office, username: str) -> Act:
    def make() -> None:
        OfficerKey.make(office.viewers[username], Made(PASSPHRASE))

    return make


def _file(office: Office, story: Story) -> Act:
    def file() -> None:
        person, unit = story.about
        identity = {"name": story.by[0], "contact": story.by[1]} if story.by else None
        tip = Tip(story.kind, f"{story.text}（演示内容，纯属虚构）", person, office.units[unit].id, identity, ())
        story.opened = Report.file(tip, eligible(db.session(), tip.concerns), story.code)

    return file


def _take(office: Office, story: Story, step: Step) -> Act:
    who, action, told = step

    def take() -> None:
        opened = story.opened
        assert opened is not None
        values: dict[str, Any] = {
            name: clock.today() if value is True and name == "on" else value for name, value in told.items()
        }
        if who != "reporter":
            opened.move(action, values, by=office.viewers[who])
        elif action == "write":
            write_back(opened, values["text"], ())
        else:
            private = _private(story, opened)
            assert opened_by_reporter(opened.report, private) is not None
            complain(opened, values["text"], "", None, private)
        db.session.flush()

    return take


def _private(story: Story, opened: Opened) -> bytes:
    """What the receipt code makes."""
    return Secret.of(story.code).private


def shown() -> str:
    """The receipt code that is printed."""
    return STORIES[1].code
