"""What comes back: an item by form, or many by table, each row checked as the form is."""

import base64
import binascii
import json
import re
import secrets
import zlib
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from wtforms import Field as FormField
from wtforms import FileField, HiddenField, RadioField
from wtforms.validators import Optional, ValidationError

from blueprints.accounts.forms import unit_choices
from blueprints.accounts.wall import goes_up
from blueprints.petitions.letterbox.forms import PlaceField
from blueprints.petitions.returns.domain import COLUMNS, MAY_LACK
from blueprints.petitions.screening.domain import FIELD_LABELS, PEOPLE_LABELS, URGENCY_LABELS, Field, People, Urgency
from blueprints.petitions.screening.models import Finding
from core import tables, vault
from core.extensions import reading
from core.forms import OfficeForm, SelectField, chosen, line, options, tidy
from core.forms import text as words
from core.pages import LANGUAGES, language
from core.places import Place
from core.roles import Viewer
from settings import settings

_KEY = re.compile(r"[0-9a-f]{32}")
_MOST_PACKED = 900_000  # characters of a table between its preview and its being kept


def form_key(typed: str | None) -> str:
    """The key by which a form sent twice is known; a new one where none came along."""
    return typed if typed and _KEY.fullmatch(typed) else secrets.token_hex(16)


# --- an item ---------------------------------------------------------------------------------------------------------


def _units() -> list[tuple[str, str]]:
    return [("", _("None, or I do not know")), *unit_choices()]


class ItemForm(OfficeForm):
    """Trouble that somebody found. Who complains is never asked."""

    township = SelectField(_l("Township or street"), validate_choice=False, choices=[])
    place = PlaceField(_l("Village or community"))
    subject = line(_l("Subject"), 100)
    text = words(_l("What is going on?"), 5000)
    field = SelectField(_l("What kind of trouble?"), [chosen()], choices=options({"": _l("Choose"), **FIELD_LABELS}))
    urgency = RadioField(_l("How urgent is it?"), [chosen()], choices=options(URGENCY_LABELS))
    people = RadioField(_l("How many people does it concern?"), [chosen()], choices=options(PEOPLE_LABELS))
    action = words(_l("What do you propose?"), 2000, needed=False)
    unit = SelectField(_l("Unit it is about"), [Optional()], choices=_units)
    person = line(_l("Person it is about"), 60, needed=False)
    form_key = HiddenField()

    def validate_person(self, field: FormField) -> None:
        """What is about this office itself goes one level up, and nothing of it is kept here."""
        unit = int(self.unit.data) if self.unit.data and not self.unit.errors else None
        if not (field.data or unit):
            return
        with reading() as database:
            if goes_up(database, [(field.data or "", unit)]):
                organ = settings().SUPERIOR_NAME if language() == "zh" else settings().SUPERIOR_NAME_EN
                raise ValidationError(
                    _("This is about this office itself, which may not keep it. Please tell: %(organ)s.", organ=organ)
                )

    def finding(self) -> Finding:
        """The item, after validation."""
        assert self.place.place is not None
        return Finding(
            place=self.place.place,
            subject=self.subject.data or "",
            text=self.text.data or "",
            field=Field(self.field.data),
            urgency=Urgency(self.urgency.data),
            people=People(self.people.data),
            action=self.action.data or "",
            unit=int(self.unit.data) if self.unit.data else None,
            person=self.person.data or "",
        )


# --- items by table --------------------------------------------------------------------------------------------------

_LABELS: dict[str, Any] = {"field": FIELD_LABELS, "urgency": URGENCY_LABELS, "people": PEOPLE_LABELS}


class Fault(NamedTuple):
    """What is wrong in a row: the line as Excel shows it, the column, and why."""

    line: int
    column: str
    why: str


class Preview(NamedTuple):
    """One row as it would be kept."""

    line: int
    finding: Finding
    unit: str


class TableForm(OfficeForm):
    """A table of items; after validation `previews` holds what would be kept, or `faults` why it is not."""

    file = FileField(_l("Table"))

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.rows: list[tables.Row] = []
        self.previews: list[Preview] = []
        self.faults: list[Fault] = []

    def validate_file(self, field: FormField) -> None:
        """Read the table and look at each row: all of them are right, or none is kept."""
        if not getattr(field.data, "filename", ""):
            raise ValidationError(_("Please choose a file."))
        try:
            self.rows = tables.read_rows(field.data.stream.read(), field.data.filename)
            self.previews, self.faults = look_at(self.rows)
        except tables.Refused as refused:
            raise ValidationError(str(refused)) from None
        if self.faults:
            raise ValidationError(_("Nothing was kept: what is wrong stands below, row by row."))

    def packed(self, round: int, viewer: Viewer) -> str:
        """The rows for a hidden field of the preview, sealed."""
        content = json.dumps([[row.line, row.cells] for row in self.rows], ensure_ascii=False).encode()
        sealed = vault.seal(zlib.compress(content, 9), _place(round, viewer))
        return base64.urlsafe_b64encode(sealed).decode()


class KeepForm(OfficeForm):
    """A yes to a preview; it carries the rows along."""

    kept = HiddenField()
    form_key = HiddenField()

    def rows(self, round: int, viewer: Viewer) -> list[tables.Row]:
        """The rows of the preview; none where they are not this person's, or too old to be opened."""
        try:
            sealed = base64.urlsafe_b64decode(self.kept.data or "")
            content = json.loads(zlib.decompress(vault.open(sealed, _place(round, viewer))))
        except (vault.Broken, binascii.Error, ValueError):
            return []
        return [tables.Row(line, cells) for line, cells in content]


def _place(round: int, viewer: Viewer) -> str:
    return f"screening table:{round}:{viewer.id}"


def look_at(rows: Sequence[tables.Row]) -> tuple[list[Preview], list[Fault]]:
    """The items of a table, and what is wrong with it. Raises Refused where it has other columns."""
    columns = _columns(rows[0])
    spoken = _Words.read()
    if len(rows) == 1:
        raise tables.Refused(_l("There is no item below the headings."))
    previews, faults = [], []
    for row in rows[1:]:
        typed = {name: row.cell(number) for name, number in columns.items()}
        wrong = list(spoken.translate(typed))
        form = ItemForm(formdata=MultiDict(typed), meta={"csrf": False})
        if not form.validate():
            told = {name for name, _why in wrong} | ({"place"} if wrong and wrong[0][0] == "township" else set())
            wrong += [(name, " ".join(map(str, each))) for name, each in form.errors.items() if name not in told]
        if wrong:
            faults += [Fault(row.line, str(COLUMNS.get(name, "")), why) for name, why in wrong]
        else:
            previews.append(Preview(row.line, form.finding(), spoken.unit_names.get(form.unit.data or "", "")))
    return previews, faults


def _columns(head: tables.Row) -> dict[str, int]:
    """Which column stands where, by its heading in either language. Raises Refused."""
    spoken = {each: name for name, label in COLUMNS.items() for each in _both(label)}
    found = {spoken[tidy(cell) or ""]: number for number, cell in enumerate(head.cells) if cell in spoken}
    missing = [str(label) for name, label in COLUMNS.items() if name not in found and name not in MAY_LACK]
    if missing:
        raise tables.Refused(_("The first row lacks these headings: %(names)s.", names=_(", ").join(missing)))
    return found


def _both(label: Any) -> Iterator[str]:
    for locale in LANGUAGES.values():
        with force_locale(locale):
            yield str(label)


class _Words:
    """What stands in a table, in words, and the codes that the form knows."""

    def __init__(self, townships: dict[str, str], villages: dict[tuple[str, str], str], units: dict[str, str]) -> None:
        self.townships = townships
        self.villages = villages
        self.units = units
        self.unit_names = {id: name for name, id in units.items()}
        self.codes = {
            name: {spoken: str(code) for code, label in labels.items() for spoken in _both(label)}
            for name, labels in _LABELS.items()
        }

    @classmethod
    def read(cls) -> "_Words":
        """The names of today's places and units."""
        with reading() as database:
            rows = database.execute(select(Place.code, Place.name, Place.level, Place.parent_code)).all()
        townships = {row.name: row.code for row in rows if row.level == "township"}
        villages: dict[tuple[str, str], str] = {}
        for row in rows:
            if row.level == "village":
                for name in {row.name, row.name.removesuffix("委会"), row.name.removesuffix("居委会")}:
                    villages[row.parent_code, name] = row.code
        return cls(townships, villages, {name.strip("\u3000 "): id for id, name in unit_choices()})

    def translate(self, typed: dict[str, str]) -> Iterator[tuple[str, str]]:
        """Put codes in the place of words; tells what has none."""
        town, village = typed.pop("township", ""), typed.get("place", "")
        code = self.townships.get(town)
        if code is None:
            yield "township", _("There is no township or street of this name.") if town else _("Please fill this in.")
        elif village and (code, village) not in self.villages:
            yield "place", _("There is no village or community of this name in %(township)s.", township=town)
        typed["place"] = (self.villages.get((code, village), "") if village else code) if code else ""
        for name, codes in self.codes.items():
            word = typed.get(name, "")
            if word and word not in codes:
                yield name, _("This is none of the allowed values: %(word)s", word=word[:60])
            typed[name] = codes.get(word, "")
        if unit := typed.get("unit", ""):
            if unit not in self.units:
                yield "unit", _("There is no unit of this name.")
            typed["unit"] = self.units.get(unit, "")
