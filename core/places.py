"""Places by the national statistical codes: district, townships, villages; a file comes in whole or not at all."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

import click
from flask import current_app
from flask.cli import with_appcontext
from markupsafe import Markup, escape
from sqlalchemy import CheckConstraint, ForeignKey, String, and_, bindparam, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column, relationship

from core import clock
from core.extensions import Base, Moment, db, fetch, once, reading

COLUMNS = ("code", "name", "parent_code", "level")
MOST_ROWS = 100_000
_LONGEST_NAME = 60


class Level(StrEnum):
    """How far down a place is; the length of its code says the same."""

    DISTRICT = "district"
    TOWNSHIP = "township"
    VILLAGE = "village"


_LEVELS = {6: Level.DISTRICT, 9: Level.TOWNSHIP, 12: Level.VILLAGE}


class Place(Base):
    """A district, a township or street, a village or community."""

    __tablename__ = "place"
    __table_args__ = (
        CheckConstraint(
            "length(code) = CASE level WHEN 'district' THEN 6 WHEN 'township' THEN 9 WHEN 'village' THEN 12 END",
            name="level",
        ),
    )

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str] = mapped_column(String(_LONGEST_NAME))
    parent_code: Mapped[str | None] = mapped_column(String(12), ForeignKey("place.code"))
    level: Mapped[str] = mapped_column(String(10))
    changed_at: Mapped[datetime] = mapped_column(Moment)

    parent: Mapped["Place | None"] = relationship(remote_side=[code])

    @property
    def full_name(self) -> str:
        """The place as people say it: 邾城街道 / 红旗社区."""
        return f"{self.parent.name} / {self.name}" if self.level == Level.VILLAGE and self.parent else self.name


# The same in a statement that joins Place, and by IN_TOWN the township of a village.
Town = aliased(Place)
IN_TOWN = and_(Town.code == Place.parent_code, Place.level == Level.VILLAGE)
FULL_NAME = func.coalesce(Town.name + " / ", "") + Place.name


# --- import --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """How many places an import added, changed, and found as they were."""

    added: int
    changed: int
    unchanged: int


class BadRows(Exception):
    """A file that cannot be imported: every line that is wrong, with the reason."""

    def __init__(self, rows: list[tuple[int, str]]) -> None:
        super().__init__("; ".join(f"{line}: {reason}" for line, reason in rows))
        self.rows = rows


def import_file(session: Session, source: Path | bytes) -> Outcome:
    """Bring in the places of a CSV file; the caller commits. Raises BadRows, and then nothing was changed."""
    rows = _read(source.read_bytes() if isinstance(source, Path) else source)
    here = {place.code: place for place in session.scalars(select(Place))}
    _check(rows, known=here.keys())
    now, added, changed = clock.now(), 0, 0
    for row in sorted(rows, key=lambda row: (len(row.code), row.code)):  # a parent before its children
        place = here.get(row.code)
        if place is None:
            session.add(Place(code=row.code, name=row.name, parent_code=row.parent, level=row.level, changed_at=now))
            added += 1
        elif place.name != row.name:
            place.name, place.changed_at = row.name, now
            changed += 1
    session.flush()
    return Outcome(added, changed, len(rows) - added - changed)


@dataclass(frozen=True)
class _Row:
    line: int
    code: str
    name: str
    parent_code: str
    level: str

    @property
    def parent(self) -> str | None:
        """The parent within this office; what is above the district is not kept."""
        return self.parent_code if self.level != Level.DISTRICT else None


def _read(data: bytes) -> list[_Row]:
    """The rows of the file, not yet checked."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("gb18030")
        except UnicodeDecodeError:
            raise BadRows([(1, "The file is neither UTF-8 nor GB18030 text.")]) from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[_Row] = []
    try:
        header = [name.strip() for name in next(reader, [])]
        if sorted(header) != sorted(COLUMNS):
            raise BadRows([(1, f"The first line must name the columns {','.join(COLUMNS)}.")])
        for values in reader:
            if not any(value.strip() for value in values):
                continue
            if len(values) != len(header):
                raise BadRows([(reader.line_num, "This line does not have four values.")])
            if len(rows) == MOST_ROWS:
                raise BadRows([(reader.line_num, f"There are more than {MOST_ROWS} rows.")])
            named = dict(zip(header, (value.strip() for value in values), strict=True))
            rows.append(_Row(reader.line_num, **named))
    except csv.Error:
        raise BadRows([(reader.line_num, "This line is not proper CSV.")]) from None
    if not rows:
        raise BadRows([(1, "There is no place in the file.")])
    return rows


def _check(rows: list[_Row], known: Iterable[str]) -> None:
    """Raises BadRows with every row that is wrong."""
    lines: dict[str, int] = {}
    for row in rows:
        lines.setdefault(row.code, row.line)
    places = {*known, *lines}
    bad = [(row.line, fault) for row in rows for fault in _faults(row, lines[row.code], places)]
    if bad:
        raise BadRows(bad)


def _faults(row: _Row, first_line: int, places: set[str]) -> Iterator[str]:
    """What is wrong with a row; `first_line` is where its code stands first."""
    if not row.name:
        yield "The name is empty."
    if len(row.name) > _LONGEST_NAME:
        yield f"The name is longer than {_LONGEST_NAME} characters."
    if any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") for character in row.name):
        yield "The name has a character that cannot be printed."
    level = _LEVELS.get(len(row.code))
    if level is None or not (row.code.isascii() and row.code.isdigit()):
        yield "The code must be 6, 9 or 12 digits."
        return
    if row.level != level:
        yield f"A code of {len(row.code)} digits is a {level.value}."
    if first_line != row.line:
        yield f"The code stands in line {first_line} already."
    parent = row.code[:-3]
    if level != Level.DISTRICT and (row.parent_code != parent or parent not in places):
        yield f"The parent must be the place with the code {parent}."


@click.command("import-places")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def import_places(file: Path) -> None:
    """Bring in districts, townships and villages from a CSV file."""
    try:
        outcome = import_file(db.session(), file)
    except BadRows as bad:
        for line, reason in bad.rows:
            click.echo(f"line {line}: {reason}", err=True)
        raise click.ClickException("Nothing was imported.") from None
    except DBAPIError:
        raise click.ClickException("Nothing was imported: run `flask db upgrade` first.") from None
    db.session.commit()
    click.echo(f"{outcome.added} places added, {outcome.changed} changed, {outcome.unchanged} as they were.")


# --- choosing ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Choices:
    """What a form offers, drawn once and kept until a place changes."""

    revision: tuple[int, datetime | None]
    townships: list[tuple[str, str]]
    villages: dict[str, list[tuple[str, str]]]
    levels: dict[str, str]  # by code
    options: dict[str, Markup]  # by township
    grouped: Markup


def townships() -> list[tuple[str, str]]:
    """The townships and streets, as choices."""
    return list(_choices().townships)


def villages_of(township: str) -> list[tuple[str, str]]:
    """The villages and communities of a township, as choices."""
    return list(_choices().villages.get(township, ()))


class Spot(NamedTuple):
    """A place by its code."""

    code: str
    level: str


def find(code: str) -> Spot | None:
    """A place of ours. One that is known is there: a place may get another name, but none is ever removed."""
    kept: _Choices | None = current_app.extensions.get("places")
    if kept is None or code not in kept.levels:
        with reading() as database:
            level = fetch(database, _LEVEL, code=code).scalar_one_or_none()
    else:
        level = kept.levels[code]
    return Spot(code, level) if level else None


_LEVEL = select(Place.level).where(Place.code == bindparam("code"))


def options(township: str = "", chosen: str = "") -> Markup:
    """The places of a township as `<option>`s, first the township itself; without one all of them, grouped."""
    choices = _choices()
    drawn = choices.options.get(township, choices.grouped)
    if chosen.isascii() and chosen.isdigit():
        return Markup(str(drawn).replace(f'value="{chosen}"', f'value="{chosen}" selected', 1))  # noqa: S704 - drawn here
    return drawn


_REVISION = select(func.count(Place.code), func.max(Place.changed_at))


def _choices() -> _Choices:
    return once("places", _kept)


def _kept() -> _Choices:
    count, last = fetch(db.session(), _REVISION).one()
    kept: _Choices | None = current_app.extensions.get("places")
    if kept is None or kept.revision != (count, last):
        kept = current_app.extensions["places"] = _draw((count, last))
    return kept


def _draw(revision: tuple[int, datetime | None]) -> _Choices:
    rows = db.session.execute(select(Place.code, Place.name, Place.parent_code, Place.level).order_by(Place.code)).all()
    towns = [(row.code, row.name) for row in rows if row.level == Level.TOWNSHIP]
    villages: dict[str, list[tuple[str, str]]] = {code: [] for code, _name in towns}
    for row in rows:
        if row.level == Level.VILLAGE:
            villages[row.parent_code].append((row.code, row.name))
    option = Markup('<option value="{}">{}</option>\n')
    drawn = {
        code: Markup("").join(option.format(*each) for each in [(code, name), *villages[code]]) for code, name in towns
    }
    group = Markup('<optgroup label="{}">\n{}</optgroup>\n')
    grouped = Markup("").join(group.format(escape(name), drawn[code]) for code, name in towns)
    return _Choices(revision, towns, villages, {row.code: row.level for row in rows}, drawn, grouped)
