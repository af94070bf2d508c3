"""An office with many letters: a few are worked by the real verbs, then copied with new ids, dates, words and digests.

So every row is as the office itself writes it: sealed for its own place, chained, with its clocks and its search index.
`python -m bench.seed FOLDER LETTERS [DATABASE_URL]` fills a migrated, empty office.
"""

import json
import os
import random
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import flask_migrate
from flask import Flask
from sqlalchemy import Table, insert, select, text

from app import create_app
from blueprints.accounts.models import Unit, User, load_viewer
from blueprints.petitions.casefile.models import Clock, Concern, Message, Paper
from blueprints.petitions.docket.domain import WORKFLOW, Channel, Kind
from blueprints.petitions.docket.models import INDEX, Letter, Petition
from blueprints.petitions.letterbox.models import Submission
from core import clock, places, receipts, vault
from core.extensions import Base, db, new_id
from core.places import Place
from core.record import Entry
from core.roles import Role, Viewer
from core.serials import Serial
from settings import HOME, Settings

PASSWORD = "willow-lantern-47"
UNITS = 30
BATCH = 2_000
COMMON, RARE = "水泵", "琥珀"  # COMMON stands in about every third letter, RARE in twenty whatever their number
RARELY = 20
WORKED = 12  # letters that the bench opens: an answer signed off, a message, a note
DAYS = 650

_ITEM = {"request": "修理水泵", "facts": "经查属实。" * 8, "opinion": "予以维修。" * 4}
_ASKED: dict[str, dict[str, Any]] = {  # what a step asks for; who takes it stands in the procedure
    "decline": {"elsewhere": "court", "reason": "合同纠纷，依法应当由法院审理。"},
    "assign": {"reason": "请按期办理。"},
    "message": {"text": "您好，来信已经转交有关单位办理，请耐心等候。"},
    "note": {"text": "已电话联系该单位。"},
    "answer": {"items": [_ITEM], "basis": "第三十二条", "outcome": "supported"},
    "notify": {"how": "registered_post", "proof": "挂号信XA123456789"},
    "deliver": {"how": "in_person", "proof": "本人签收"},
    "carry_out": {"reason": "水泵已修好。"},
    "close": {"reason": "", "solved": "village"},
}
_WAY = ("register", "accept", "notify", "assign", "take", "answer", "sign", "deliver", "carry_out", "close")
_AWAY = ("register", "decline", "notify", "close")
# How far letters have come, and how many of a hundred each.
WAYS: list[tuple[tuple[str, ...], int]] = [
    *((_WAY[:end], 4) for end in range(len(_WAY))),
    (_AWAY[:3], 4),
    (_AWAY, 34),
    (_WAY, 22),
]


# --- words ---------------------------------------------------------------------------------------------------------

_SENTENCES = (
    "村里的{thing}已经坏了{count}个月，一直没有人来修。",
    "我们多次向{place}反映过这个情况，没有得到答复。",
    "{name}家的{thing}被占用，至今没有得到补偿。",
    "请组织上派人到{place}现场看一看。",
    "去年{count}月，{name}答应尽快解决，后来就没有消息了。",
    "{place}的老年人出行很不方便，希望修好{thing}。",
    "这笔补贴应当在{count}月发放，我们到现在没有收到。",
    "驻村干部{name}工作认真，大家都很满意，建议继续留任。",
    "关于{thing}的账目没有公开，群众意见很大。",
    "合同编号XZ{count}写得很清楚，每亩{count}元。",
    "I ask the office to look into the {thing} of {place} before month {count}.",
)
_THINGS = (
    COMMON, "道路", "路灯", "水渠", "卫生室", "学校围墙", "垃圾站", "自来水管", "低保", "宅基地", "承包地", "林地",
    "养老金", "公交站", "桥梁", "变压器", "农机补贴", "危房", "污水", "鱼塘",
)  # fmt: skip
_FAMILY, _GIVEN = "王李张刘陈杨黄赵吴周徐孙马朱胡", "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂兰"


class Words:
    """Letters as people write them, the same in each run."""

    def __init__(self, villages: list[str]) -> None:
        self.chance = random.Random(7)
        self.villages = villages

    def letter(self, *, rare: bool) -> tuple[str, str]:
        """A subject and a text."""
        pick = self.chance.choice
        subject = f"关于{pick(self.villages)}{pick(_THINGS)}问题的来信"
        said = "".join(
            pick(_SENTENCES).format(
                thing=pick(_THINGS),
                place=pick(self.villages),
                count=self.chance.randint(1, 999),
                name=pick(_FAMILY) + pick(_GIVEN) + pick(_GIVEN),
            )
            for _ in range(self.chance.randint(4, 9))
        )
        return subject, f"{said}{RARE}" if rare else said


# --- the office ----------------------------------------------------------------------------------------------------


def open_office() -> dict[Role, Viewer]:
    """All places of the district, some units, one person of each role."""
    places.import_file(db.session(), HOME / "data" / "divisions_420117.csv")
    office = Unit.open("中共新洲区委组织部", None, by=None, is_office=True)
    units = [office, *(Unit.open(f"新洲区第{number}办公室", None, by=None) for number in range(1, UNITS))]
    db.session.flush()
    people = {
        role: User.open(
            role,
            f"工作人员{role}",
            role,
            units[1],
            PASSWORD,
            by=None,
            place_code="420117001001" if role is Role.CONTACT else None,
            must_change=False,
        )
        for role in Role
    }
    db.session.commit()
    found = {role: load_viewer(db.session(), user.id) for role, user in people.items()}
    return {role: viewer for role, viewer in found.items() if viewer}


def work(people: dict[Role, Viewer], steps: Iterable[str], letter: Letter, unit: int) -> Petition:
    """Take a letter in and bring it on by the verbs of the docket."""
    petition = Petition.file(letter, by=None)
    db.session.add(Submission(form_digest=os.urandom(32), petition_id=petition.id, sent_at=clock.now(), shown=True))
    for action in steps:
        # What the office declines has no handler: the leader closes it.
        role = Role.LEADER if action == "close" else WORKFLOW.step(action).who[0]
        petition.move(
            action,
            {"unit": unit, "on": clock.today(), "kind": petition.kind, **_ASKED.get(action, {})},
            by=people[role],
        )
        db.session.flush()
    return petition


def letter_of(words: Words, place: Place, number: int, receipt: str) -> Letter:
    """A letter; every second anonymous, every fifth about somebody."""
    subject, said = words.letter(rare=False)
    return Letter(
        kind=list(Kind)[number % 3],
        channel=list(Channel)[number % 4],
        place=place,
        subject=subject,
        text=said,
        identity={"name": "张三", "address": "红旗社区1号", "contact": "027"} if number % 2 else None,
        concerns=[("钱老二", None)] if number % 5 == 0 else [],
        files=[],
        receipt=receipt,
    )


def fill(letters: int) -> dict[str, Any]:
    """Fill the empty office; says what the bench needs to know of it."""
    people = open_office()
    towns = [code for code, _ in places.townships()]
    villages = [(town, code, name) for town in towns for code, name in places.villages_of(town)]
    words = Words([name for _, _, name in villages])
    units = list(db.session.scalars(select(Unit.id).where(~Unit.is_office).order_by(Unit.id)))
    first = db.session.get_one(Place, villages[0][1])
    samples: list[tuple[Sample, int]] = []
    for steps, share in WAYS:
        for _ in range(4):
            letter = letter_of(words, first, len(samples), receipts.make(os.urandom(16)))
            samples.append((Sample(work(people, steps, letter, units[0]), units[0]), share))
    db.session.commit()
    serials = Serials()
    for rows in batches(samples, letters - len(samples) - WORKED, words, villages, units, serials):
        for model, values in rows.items():
            db.session.execute(insert(cast(Table, model.__table__)), values)
        db.session.commit()
    serials.keep()
    worked = []
    for number in range(WORKED):
        code = receipts.make(os.urandom(16))
        steps = (*_WAY[:5], "message", "note", *_WAY[5:7])
        petition = work(people, steps, letter_of(words, first, number, code), units[0])
        worked.append({"id": petition.id, "receipt": code, "subject": petition.subject})
    db.session.commit()
    return {"letters": letters, "worked": worked}


# --- copies --------------------------------------------------------------------------------------------------------

Rows = dict[type[Base], list[dict[str, Any]]]
Village = tuple[str, str, str]  # township, code, name
MODELS: tuple[type[Base], ...] = (Petition, Entry, Clock, Concern, Paper, Message, Submission)


class Sample:
    """A worked letter, opened: the rows of every table, with the clear text of what is sealed in them."""

    def __init__(self, petition: Petition, unit: int) -> None:
        self.id, self.unit, self.on = petition.id, unit, petition.received_on
        self.rows: dict[type[Base], list[tuple[dict[str, Any], dict[str, bytes]]]] = {}
        for model in MODELS:
            owner = "thread_id" if model is Entry else "id" if model is Petition else "petition_id"
            found = db.session.scalars(select(model).where(getattr(model, owner) == petition.id)).all()
            self.rows[model] = [
                (
                    {column.key: getattr(row, column.key) for column in model.__table__.columns},
                    {
                        column: vault.open(getattr(row, column), _place(model, column, row.id))
                        for column in vault.sealed_columns(model)
                        if getattr(row, column) is not None
                    },
                )
                for row in found
            ]
        self.rows[Entry].sort(key=lambda each: each[0]["number"])
        self.ids = {values["id"] for rows in self.rows.values() for values, _ in rows if "id" in values}

    def copy(
        self,
        at: datetime,
        unit: int,
        place: tuple[str, str, str],
        words: tuple[str, str],
        serials: "Serials",
        rows: Rows,
    ) -> int:
        """Add the rows of a new letter like this one; its id."""
        by = at.date() - self.on
        fresh: dict[Any, Any] = {id: new_id() for id in self.ids} | {self.unit: unit}
        for old, _ in self.rows[Petition]:
            if old["number"]:
                fresh[old["number"]] = f"{at.year}-{serials.next('docket', at.year):05d}"
        subject, body = (json.dumps(each, ensure_ascii=False).encode() for each in words)
        written = {"subject_sealed": subject, "text_sealed": body}
        previous = b""
        for model, samples in self.rows.items():
            for old, clear in samples:
                row = {name: _moved(value, fresh, by) for name, value in old.items()}
                if model is Petition:
                    clear = clear | written
                    row.update(place_code=place[1], township_code=place[0], receipt_digest=os.urandom(32))
                elif model is Submission:
                    row["form_digest"] = os.urandom(32)
                elif model is Paper:
                    row.update(year=at.year, serial=serials.next(row["kind"], at.year))
                    row["number"] = f"新组信〔{at.year}〕{row['serial']}号"
                elif model is Entry:
                    note = json.loads(clear.get("note_sealed", b"null"))
                    row["previous"] = previous
                    row["digest"] = previous = Entry.proof(cast(Entry, SimpleNamespace(**row, note=note)))
                for column, plain in clear.items():
                    row[column] = vault.seal(plain, _place(model, column, row["id"]))
                rows[model].append(row)
        return cast(int, fresh[self.id])


def _place(model: type[Base], column: str, id: int) -> str:
    return f"{model.__tablename__}.{column}:{id}"


def _moved(value: Any, fresh: dict[Any, Any], by: timedelta) -> Any:
    """The value for the copy: another id, another number, so many days later."""
    match value:
        case bool() | None | bytes():
            return value
        case int() | str():
            return fresh.get(value, value)
        case date():  # and moments
            return value + by
        case dict() if "rule" in value:
            return json.loads(_sum(json.dumps(value), by))
        case dict():
            return {name: _moved(each, fresh, by) for name, each in value.items()}
    return value


@cache
def _sum(text: str, by: timedelta) -> str:
    """The sum of a clock, as many days later."""
    return re.sub(r'"(\d{4}-\d\d-\d\d)"', lambda found: f'"{date.fromisoformat(found[1]) + by}"', text)


class Serials:
    """Numbers of the docket and of papers, by year, from one up."""

    def __init__(self) -> None:
        rows = db.session.execute(select(Serial.kind, Serial.year, Serial.last))
        self.last = defaultdict(int, {(kind, year): last for kind, year, last in rows})

    def next(self, kind: str, year: int) -> int:
        self.last[kind, year] += 1
        return self.last[kind, year]

    def keep(self) -> None:
        for (kind, year), last in self.last.items():
            db.session.merge(Serial(kind=kind, year=year, last=last))
        db.session.commit()


def batches(
    samples: list[tuple[Sample, int]],
    count: int,
    words: Words,
    villages: list[Village],
    units: list[int],
    serials: Serials,
) -> Iterator[Rows]:
    """The rows of so many letters, some thousand at a time, from the oldest to the newest."""
    chance = words.chance
    rare = set(range(count // (2 * RARELY), count, count // RARELY))
    kinds, shares = [sample for sample, _ in samples], [share for _, share in samples]
    end = clock.now()
    rows: Rows = defaultdict(list)
    texts: list[tuple[int, str]] = []
    for number in range(count):
        at = end - timedelta(days=DAYS) * ((count - number) / count)
        (sample,) = chance.choices(kinds, shares)
        said = words.letter(rare=number in rare)
        id = sample.copy(at, chance.choice(units), chance.choice(villages), said, serials, rows)
        texts.append((id, "\n".join(said)))
        if len(texts) == BATCH or number == count - 1:
            INDEX.put_all(db.session(), texts)
            yield rows
            rows, texts = defaultdict(list), []


# --- as a command --------------------------------------------------------------------------------------------------


def office(folder: Path, url: str = "") -> Flask:
    """The application over a folder; its passwords cost nothing."""
    settings = Settings(INSTANCE=folder, DATABASE_URL=url, DEMO=False, ARGON2_TIME_COST=1, ARGON2_MEMORY_KIB=8)
    return create_app(settings)


def main(folder: str, letters: str, url: str = "") -> None:
    """Migrate, fill, and write down what the bench needs to know."""
    app = office(Path(folder), url)
    with app.app_context():
        flask_migrate.upgrade()
        known = fill(int(letters))
        if url:  # what autovacuum would have done meanwhile
            db.session.execute(text("ANALYZE"))
            db.session.commit()
        db.session.remove()
        db.engine.dispose()
    (Path(folder) / "bench.json").write_text(json.dumps(known, ensure_ascii=False))


if __name__ == "__main__":
    main(*sys.argv[1:])
