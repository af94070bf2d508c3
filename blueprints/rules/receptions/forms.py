"""The forms of receptions: the request, what each step asks, the filter of the list; a standard."""

import re
import secrets
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, Field, FieldList, Form, FormField, HiddenField
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from blueprints.rules.receptions import domain, queries
from blueprints.rules.receptions.domain import (
    ALCOHOL_LABELS,
    BASES,
    LINE_WORDS,
    MOST_DAYS,
    MOST_PEOPLE,
    STATE_LABELS,
    Alcohol,
    Ground,
    Kind,
    Line,
    Standard,
)
from blueprints.rules.receptions.models import Bill, Reception, Request, begins_on
from core import clock, money
from core.forms import (
    ChangeForm,
    ConfirmForm,
    Files,
    MoneyField,
    NoteForm,
    NumberField,
    ReasonForm,
    SelectField,
    chosen,
    line,
    options,
    text,
)
from core.pages import language
from core.roles import Viewer
from core.texts import plain
from core.words import Words

_KEY = re.compile(r"[0-9a-f]{32}")
ELSEWHERE = "-"  # another place than those of the standard
MOST_PLACES = 30


def _number(label: Any, least: int, most: int, **more: Any) -> NumberField:
    bounds = NumberRange(least, most, _l("From %(least)d to %(most)d, please.", least=least, most=most))
    return NumberField(label, [InputRequired(_l("Please give a number.")), bounds], **more)


def _day(label: Any) -> DateField:
    return DateField(label, [InputRequired(_l("Please give the date."))])


class _Costs(ChangeForm):
    """An amount for each kind of cost; empty means nothing."""

    working_meal = MoneyField()
    meal = MoneyField()
    lodging = MoneyField()
    transport = MoneyField()
    other = MoneyField()

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        yuan = _("yuan")
        for kind in Kind:
            self[kind].label.text = f"{LINE_WORDS[Line(kind)][language()]} ({yuan})"
            self[kind].render_kw = {"inputmode": "decimal", "autocomplete": "off", "class": "short"}

    def costs(self) -> dict[Kind, int]:
        """In fen, after validation."""
        return {kind: self[kind].data or 0 for kind in Kind}


# --- a request -----------------------------------------------------------------------------------------------------


class RequestForm(_Costs):
    """Who comes, why, when and where, and what it may cost."""

    form_key = HiddenField()
    guest_unit = line(_l("Which unit the guests are from"), 100)
    guests = _number(_l("Number of guests"), 1, MOST_PEOPLE)
    guest_list = text(_l("Names and posts of the guests"), 2000)
    purpose = text(_l("Purpose of the visit"), 2000)
    letter = line(_l("Number of the official letter that announces them"), 60, needed=False)
    from_on = _day(_l("First day"))
    until_on = _day(_l("Last day"))
    place = SelectField(_l("Where they are received"), [chosen()])
    elsewhere = line(_l("Another place"), 60, needed=False)
    meals = _number(_l("Number of working meals"), 0, 99, default=0)
    hosts = _number(_l("Number of hosts at the table"), 0, MOST_PEOPLE, default=0)
    host_list = text(_l("Names of the hosts"), 1000, needed=False)
    alcohol = BooleanField(_l("Alcohol is to be served"))

    def __init__(self, standard: Standard, **more: Any) -> None:
        super().__init__(**more)
        words = [(each.zh, each[language()]) for each in standard.places]
        self.place.choices = [("", _("Choose")), *words, (ELSEWHERE, _("Another place"))]

    @classmethod
    def about(cls, row: Reception) -> "RequestForm":
        """What a request says now."""
        plain_names = ("guest_unit", "guests", "guest_list", "purpose", "letter", "from_on", "until_on")
        names = (*plain_names, "meals", "hosts", "host_list", "alcohol")
        listed = any(each.zh == row.place for each in row.standard.places)
        return cls(
            row.standard,
            **{name: getattr(row, name) for name in names},
            **{kind.value: fen for kind, fen in row.planned.items()},
            place=row.place if listed else ELSEWHERE,
            elsewhere="" if listed else row.place,
        )

    def validate_from_on(self, field: Field) -> None:
        """A reception is asked for before it takes place, and not for a mistyped year."""
        if field.data and not clock.today() <= field.data <= clock.today() + timedelta(366):
            raise ValidationError(_("Please give a day from today on, within a year: it is approved before the event."))

    def validate_until_on(self, field: Field) -> None:
        """The days run forwards, and not for ever."""
        if field.data and self.from_on.data and not 0 <= (field.data - self.from_on.data).days < MOST_DAYS:
            raise ValidationError(_("The last day lies before the first, or the visit is longer than a month."))

    def validate_elsewhere(self, field: Field) -> None:
        """Which one, where it is none of the standard."""
        if self.place.data == ELSEWHERE and not field.data:
            raise ValidationError(_("Please write which place."))

    def validate_host_list(self, field: Field) -> None:
        """Who they are, where there are any."""
        if self.hosts.data and not field.data:
            raise ValidationError(_("Please write who they are."))

    def key(self) -> str:
        """The key by which a form sent twice is known; a new one where none came along."""
        found: str = self.form_key.data or ""
        return found if _KEY.fullmatch(found) else secrets.token_hex(16)

    def request(self) -> Request:
        """The request, after validation."""
        names = ("guest_unit", "guests", "guest_list", "purpose", "letter", "from_on", "until_on", "hosts", "meals")
        place = self.elsewhere.data if self.place.data == ELSEWHERE else self.place.data
        return Request(
            **{name: self[name].data for name in names},
            host_list=self.host_list.data or "",
            place=place or "",
            alcohol=bool(self.alcohol.data),
            costs=self.costs(),
        )

    def values(self) -> dict[str, Any]:
        """What the step takes."""
        return {"request": self.request()}


class ExceptionForm(ChangeForm):
    """Why a request is approved that does not fit the standard."""

    reason = text(
        _l("Why it is approved although it does not fit"), 2000, description=_l("It is printed on the approval sheet.")
    )


class BillForm(_Costs):
    """What took place, what it did cost, and the bill itself."""

    row: Reception
    enctype = "multipart/form-data"

    guests = _number(_l("Guests who came"), 0, MOST_PEOPLE)
    meals = _number(_l("Working meals that were had"), 0, 99)
    hosts = _number(_l("Hosts who sat at the table"), 0, MOST_PEOPLE)
    alcohol = BooleanField(_l("Alcohol was served"))
    files = Files(_l("The bill"))
    reason = text(
        _l("Why it cost more than was approved, or was not as the standard says"),
        2000,
        needed=False,
        description=_l("Needed for a single fen above what was approved for its kind."),
    )

    @classmethod
    def about(cls, row: Reception) -> "BillForm":
        """What is entered so far; before that, what was approved, without the money."""
        entered = row.entered_on is not None
        form = cls(
            guests=row.guests_came if entered else row.guests,
            meals=row.meals_had if entered else row.meals,
            hosts=row.hosts_came if entered else row.hosts,
            alcohol=bool(row.alcohol_had),
            reason=row.overrun,
            **{kind.value: fen for kind, fen in row.actual.items()},
        )
        form.row = row
        for kind, fen in row.planned.items():
            form[kind].description = _("Approved: %(amount)s", amount=money.shown(fen)[language()])
        return form

    def validate_files(self, field: Field) -> None:
        """No money without a bill."""
        if any(self.costs().values()) and not (self.files.cleaned or self.row.files()):
            raise ValidationError(_("Please choose the file of the bill."))

    def validate_reason(self, field: Field) -> None:
        """Needed where it is more than was approved, or not as the standard says."""
        if not field.data and self._complete() and self.row.would_miss(self.bill()):
            raise ValidationError(
                _("It is above what was approved, or not as the standard says: please write the reason.")
            )

    def _complete(self) -> bool:
        numbers = all(self[name].data is not None for name in ("guests", "meals", "hosts"))
        return numbers and not any(self[kind].errors for kind in Kind)

    def bill(self) -> Bill:
        """The bill, after validation."""
        return Bill(
            **{name: self[name].data for name in ("guests", "hosts", "meals")},
            alcohol=bool(self.alcohol.data),
            costs=self.costs(),
            reason=self.reason.data or "",
            files=self.files.cleaned,
        )

    def values(self) -> dict[str, Any]:
        """What the step takes."""
        return {"bill": self.bill(), "reason": self.reason.data or ""}


_PLAIN: dict[str | None, type[ChangeForm]] = {None: ConfirmForm, "reason": ReasonForm, "settle": NoteForm}


def form_of(row: Reception, action: str) -> ChangeForm:
    """The form of a step."""
    match domain.WORKFLOW.step(action).asks:
        case "request":
            return RequestForm.about(row)
        case "bill":
            return BillForm.about(row)
        case "approve":
            return ExceptionForm() if domain.misfits(row.findings()) else NoteForm()
        case asks:
            return _PLAIN[asks]()


def values_of(form: ChangeForm) -> dict[str, Any]:
    """What a step takes from its form."""
    values: dict[str, Any] = form.values() if hasattr(form, "values") else form.data
    return values


# --- the list ------------------------------------------------------------------------------------------------------


class FilterForm(Form):
    """What the list is narrowed to; it stays in the URL."""

    state = SelectField(_l("State"), default="")
    unit = SelectField(_l("Unit"), default="")
    year = SelectField(_l("Year"), default="")
    show = SelectField(_l("Only those"), default="")

    def __init__(self, viewer: Viewer, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        every = ("", _("All"))
        self.state.choices = [every, *plain(STATE_LABELS).items()]
        self.unit.choices = [every, *queries.units(viewer)]
        self.year.choices = [every, *((str(year), str(year)) for year in queries.years(viewer))]
        self.show.choices = [
            every,
            ("missing", _("Without their bill in time")),
            ("over", _("Above what was approved")),
            ("excepted", _("Approved though they do not fit")),
        ]

    def wanted(self) -> queries.Filter:
        """The filter; a word that is not one of the choices is left out."""
        self.validate()
        held = {name: "" if self[name].errors else self[name].data or "" for name in self.data}
        numbers = {name: int(held[name]) if held[name] else None for name in ("unit", "year")}
        return queries.Filter(held["state"], numbers["unit"], numbers["year"], held["show"])


# --- a standard ----------------------------------------------------------------------------------------------------


class GroundForm(Form):
    """Where a line of a standard comes from."""

    rule_zh = line(_l("Rule, in Chinese"), 80)
    rule_en = line(_l("Rule, in English"), 120, needed=False)
    article = line(_l("Article"), 20, needed=False, description=_l("Its number alone, such as 7."))
    absolute = BooleanField(_l("No exception: no reason opens it"))

    def ground(self) -> Ground:
        """As it was typed."""
        zh = self.rule_zh.data or ""
        return Ground(Words(zh=zh, en=self.rule_en.data or zh), self.article.data or "", bool(self.absolute.data))


class StandardForm(ChangeForm):
    """A standard that has not taken effect."""

    title_zh = line(_l("Name in Chinese"), 60)
    title_en = line(_l("Name in English"), 120, needed=False)
    effective_on = DateField(
        _l("Takes effect on"),
        [Optional()],
        description=_l("Requests begun from this day on are held against it. Left empty, it stays a draft."),
    )
    letter = BooleanField(_l("An official letter is needed"))
    small = _number(_l("Up to so many guests"), 1, MOST_PEOPLE)
    few = _number(_l("… so many hosts"), 0, MOST_PEOPLE)
    share = _number(_l("With more guests, one host for so many of them"), 1, MOST_PEOPLE)
    meals = _number(_l("Working meals in one visit"), 0, 99)
    places = text(
        _l("Places, a line for each"),
        4000,
        description=_l("The name in Chinese; after a bar | the name in English, if there is one."),
    )
    alcohol = SelectField(_l("When alcohol may not be served"), [chosen()], choices=options(ALCOHOL_LABELS))
    working_meal, meal, lodging, transport, other = (MoneyField(validators=[InputRequired()]) for _each in Kind)
    bill_days = _number(_l("Working days until the bill"), 1, 60)
    grounds = FieldList(FormField(GroundForm))

    def __init__(self, standard: Standard, effective_on: date | None = None, *, id: int = 0, **more: Any) -> None:
        self._standard, self._id = standard, id
        plain_names = ("letter", "small", "few", "share", "meals", "bill_days")
        super().__init__(
            title_zh=standard.title.zh,
            title_en=standard.title.en,
            effective_on=effective_on,
            **{name: getattr(standard, name) for name in plain_names},
            places="\n".join(each.zh if each.en == each.zh else f"{each.zh} | {each.en}" for each in standard.places),
            alcohol=standard.alcohol.value,
            **{kind.value: fen for kind, fen in standard.limits.items()},
            grounds=[
                {
                    "rule_zh": each.rule.zh,
                    "rule_en": each.rule.en,
                    "article": each.article,
                    "absolute": each.absolute,
                }
                for each in standard.grounds.values()
            ],
            **more,
        )
        yuan = _("yuan")
        for kind in Kind:
            words = f"{LINE_WORDS[Line(kind)][language()]}: {BASES[kind][language()]} ({yuan})"
            self[kind].label.text = words
            self[kind].render_kw = {"inputmode": "decimal", "autocomplete": "off", "class": "short"}

    def validate_effective_on(self, field: Field) -> None:
        """Not in the past, and not on the day of another one."""
        if field.data and not clock.today() <= field.data <= clock.today() + timedelta(3660):
            raise ValidationError(_("Please give a day from today on."))
        if field.data and begins_on(field.data, but=self._id):
            raise ValidationError(_("Another standard takes effect on this day."))

    def validate_places(self, field: Field) -> None:
        """At least one, each short enough for a request."""
        places = list(domain.listed_places(field.data or ""))
        if not 1 <= len(places) <= MOST_PLACES or any(len(each.zh) > 60 or len(each.en) > 100 for each in places):
            raise ValidationError(_("From one to thirty places, each of at most 60 characters."))

    def validate_grounds(self, field: "FieldList[Any]") -> None:
        """One for each line."""
        if len(field.entries) != len(Line):
            raise ValidationError(_("The lines of this page are not those of the standard. Please load it again."))

    def standard(self) -> Standard:
        """As it was typed, after validation."""
        zh = self.title_zh.data or ""
        names = ("small", "few", "share", "meals", "bill_days")
        grounds = zip(Line, self.grounds.entries, strict=True)
        return replace(
            domain.renamed(self._standard, ""),
            title=Words(zh=zh, en=self.title_en.data or zh),
            letter=bool(self.letter.data),
            **{name: self[name].data for name in names},
            places=tuple(domain.listed_places(self.places.data or "")),
            alcohol=Alcohol(self.alcohol.data),
            limits={kind: self[kind].data or 0 for kind in Kind},
            grounds={each: entry.form.ground() for each, entry in grounds},
        )
