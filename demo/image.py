"""The image standards of the demo office: a sheet in use, a drive that runs, and what some members wrote."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from blueprints.accounts.models import User
from blueprints.rules.image.domain import CODES, Audience, Level
from blueprints.rules.image.models import Drive, Remark, SelfCheck, Sheet
from core import clock
from core.extensions import db
from demo.letters import Told
from demo.office import Act, Office

SAID = {  # who: what is still to be done, by the code of the standard
    "clerk": {"image-3": (Level.PARTLY, "材料有时拖到最后一天，打算每周一先排进度。")},
    "leader2": {"model-3": (Level.WORK, "下乡多，学习日请过两次假，要补上。")},
    "discipline": {},
}
REMARKS = [  # by, about, standard, what was seen, what is suggested
    (
        "discipline",
        "leader2",
        "model-3",
        "上月学习日讨论时您没能到场，大家想听您的意见。",
        "可以提前半天告诉我，我帮您留出时间。",
    ),
    ("auditor", "discipline", "image-4", "上周接电话时声音有些急。", "忙的时候可以转给我接，我来记。"),
]


def happenings(office: Office, _letters: list[Told], now: datetime) -> list[tuple[datetime, Act]]:
    """Every act with its moment."""
    told = Standards(office)
    acts = ((21, told.use), (14, told.start), (9, told.check), (5, told.write), (3, told.answer))
    return [(now - timedelta(days=days, minutes=23), act) for days, act in acts]


@dataclass
class Standards:
    """One sheet and one drive."""

    office: Office
    sheet: Sheet = field(init=False)
    drive: Drive = field(init=False)
    remarks: list[Remark] = field(default_factory=list)

    def use(self) -> None:
        """The sample is shown to the leaders too, and put to use."""
        leader = self.office.viewers["leader"]
        self.sheet = Sheet.begin(by=leader)
        db.session.flush()
        values = {"title": self.sheet.title, "standards": self.sheet.standards, "audience": Audience.LEADERS}
        self.sheet.move("edit", values, by=leader)
        self.sheet.move("use", {}, by=leader)

    def start(self) -> None:
        """A month for the whole office."""
        days = clock.today(), clock.today() + timedelta(days=30)
        unit = self.office.units["office"].id
        leader = self.office.viewers["leader"]
        self.drive = Drive.start("“五模范五形象”活动（演示）", self.sheet.id, unit, days, by=leader)
        db.session.flush()

    def check(self) -> None:
        """Some have written; for the others it stands on the desk."""
        for who, left in SAID.items():
            meets = (Level.MEETS, "")
            words = {code: dict(zip(("level", "words"), left.get(code, meets), strict=True)) for code in CODES}
            SelfCheck.write(self.drive, words, by=self.office.viewers[who])

    def write(self) -> None:
        """Colleagues write to each other, with their names."""
        for by, about, standard, text, advice in REMARKS:
            member = db.session.scalars(select(User).where(User.id == self.office.viewers[about].id)).one()
            words = {"standard": standard, "text": text, "advice": advice}
            self.remarks.append(Remark.write(self.drive, member, words, by=self.office.viewers[by]))

    def answer(self) -> None:
        """One of them answers."""
        self.remarks[0].move("answer", {"text": "说得对，下次一定提前说。"}, by=self.office.viewers["leader2"])
