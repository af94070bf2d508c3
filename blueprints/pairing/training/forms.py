"""The forms of a course: what it is, who is enrolled, who came, what the list is narrowed to."""

from datetime import time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, Form, IntegerField, SelectMultipleField, TimeField
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from blueprints.pairing.experts.domain import SEASON_LABELS, TRADE_LABELS, Season, Trade
from blueprints.pairing.experts.forms import trades
from blueprints.pairing.experts.models import active, load
from blueprints.pairing.training.domain import STATE_LABELS, tidy_phone
from blueprints.pairing.training.models import Course, Person, Plan
from blueprints.pairing.training.queries import Filter
from core import clock, places
from core.forms import ChangeForm, ConfirmForm, OfficeForm, ReasonForm, SelectField, chosen, line, options, text
from core.texts import plain

_FARTHEST = 400  # days: further ahead a date is a slip
MOST_AT_ONCE = 40  # people in one list


def _time(label: Any) -> TimeField:
    return TimeField(label, [InputRequired(_l("Please give the time, such as 09:00."))])


def _number(label: Any, most: int, words: Any) -> IntegerField:
    return IntegerField(label, [InputRequired(words), NumberRange(1, most, words)])


class CourseForm(ChangeForm):
    """What a course is, when and where, and who teaches."""

    title = line(_l("Title"), 100)
    about = text(_l("What is taught"), 2000)
    trade = SelectField(_l("Trade"), [chosen()], choices=trades)
    season = SelectField(_l("Season"), [chosen()], choices=options(SEASON_LABELS), default=Season.ALL.value)
    held_on = DateField(_l("Date"), [InputRequired(_l("Please give the date."))])
    starts = _time(_l("Begins at"))
    ends = _time(_l("Ends at"))
    hours = _number(_l("Hours of teaching"), 99, _l("Please give a number from 1 to 99."))
    seats = _number(_l("Seats"), 500, _l("Please give a number from 1 to 500."))
    place = SelectField(_l("Village or community"), [Optional()], validate_choice=False, choices=[])
    where = line(_l("Where exactly"), 200)
    expert = SelectField(_l("Lecturer from the roster"), [Optional()], choices=[])
    lecturer = line(_l("Lecturer, if not from the roster"), 60, needed=False)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        known = {"": _("Somebody else"), **{str(id): name for id, name in active()}}
        mine = named.get("expert")
        if mine and mine not in known and (expert := load(int(mine))):
            known[mine] = expert.name  # resting meanwhile, and still the lecturer of this course
        self.expert.choices = list(known.items())

    def validate_held_on(self, field: Field) -> None:
        """A day to come, near enough to be meant."""
        if field.data and not 0 <= (field.data - clock.today()).days <= _FARTHEST:
            raise ValidationError(_("Please give a day from today on, within a year."))

    def validate_ends(self, field: Field) -> None:
        """It ends after it begins."""
        if field.data and self.starts.data and field.data <= self.starts.data:
            raise ValidationError(_("It ends before it begins."))

    def validate_place(self, field: Field) -> None:
        """One of ours, if any."""
        code = field.data or ""
        if code and not (code.isascii() and code.isdigit() and places.find(code)):
            raise ValidationError(_("Please choose the village or community."))

    def validate_lecturer(self, field: Field) -> None:
        """Somebody teaches."""
        if not field.data and not self.expert.data:
            raise ValidationError(_("Please say who teaches."))

    @classmethod
    def of(cls, course: Course) -> "CourseForm":
        """The form with what the course says."""
        plain_ones = ("title", "about", "trade", "season", "held_on", "hours", "seats", "where")
        hours = {name: time.fromisoformat(getattr(course, name)) for name in ("starts", "ends")}
        about: dict[str, Any] = {name: getattr(course, name) for name in plain_ones}
        expert = str(course.expert_id or "")
        lecturer = "" if expert else course.lecturer
        return cls(**about, **hours, place=course.place_code or "", expert=expert, lecturer=lecturer)

    def plan(self) -> Plan:
        """The course, after validation."""
        expert = load(int(self.expert.data)) if self.expert.data else None
        assert self.held_on.data is not None
        return Plan(
            title=self.title.data or "",
            about=self.about.data or "",
            trade=Trade(self.trade.data),
            season=Season(self.season.data),
            held_on=self.held_on.data,
            starts=f"{self.starts.data:%H:%M}",
            ends=f"{self.ends.data:%H:%M}",
            place_code=self.place.data or None,
            where=self.where.data or "",
            seats=self.seats.data or 1,
            hours=self.hours.data or 1,
            lecturer=f"{expert.name}（{expert.unit}）" if expert else self.lecturer.data or "",
            expert_id=expert.id if expert else None,
        )


class PeopleForm(OfficeForm):
    """People whom somebody of the office, or a village's contact, enrols: a line each, the number after the name."""

    people = text(_l("Who comes"), 4000)

    def validate_people(self, field: Field) -> None:
        """Each line a name, and a telephone number if there is one; nobody twice."""
        self.persons = []
        for nth, typed in enumerate(filter(None, map(str.strip, (field.data or "").split("\n"))), start=1):
            name, phone = _apart(typed)
            if not 1 <= len(name) <= 60 or (phone and tidy_phone(phone) is None):
                raise ValidationError(_("Line %(line)d: please write a name, then the telephone number.", line=nth))
            self.persons.append(Person(name, phone))
        if len(self.persons) > MOST_AT_ONCE:
            raise ValidationError(_("At most %(count)d people at once, please.", count=MOST_AT_ONCE))
        phones = [tidy_phone(each.phone) for each in self.persons if each.phone]
        if len(set(phones)) < len(phones):
            raise ValidationError(_("One telephone number stands there twice."))

    persons: list[Person]


def _apart(typed: str) -> tuple[str, str]:
    """A name and the number after it, however they are parted."""
    words = typed.replace("，", " ").replace(",", " ").replace("、", " ").replace("\t", " ").split()
    first = next((nth for nth, word in enumerate(words) if any(sign.isdigit() for sign in word)), len(words))
    return " ".join(words[:first]), " ".join(words[first:])


class ListForm(OfficeForm):
    """Who came, ticked on the list."""

    came = SelectMultipleField(
        _l("Who came"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(), coerce=str
    )


STEP_FORMS: dict[str | None, type[ChangeForm]] = {None: ConfirmForm, "reason": ReasonForm, "course": CourseForm}


class FilterForm(Form):
    """What the list of courses is narrowed to; it stays in the URL."""

    state = SelectField(_l("State"), default="")
    trade = SelectField(_l("Trade"), default="")

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        every = ("", _("All"))
        self.state.choices = [every, *plain(STATE_LABELS).items()]
        self.trade.choices = [every, *plain(TRADE_LABELS).items()]

    def wanted(self) -> Filter:
        """The filter; what is not one of the choices narrows nothing."""
        self.validate()
        return Filter(**{each.name: "" if each.errors else each.data or "" for each in self})
