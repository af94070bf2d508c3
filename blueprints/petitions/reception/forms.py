"""The forms of reception days, and of early and late hours."""

import re

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, IntegerField, RadioField, TimeField
from wtforms.validators import InputRequired, NumberRange, ValidationError

from blueprints.petitions.docket.models import Petition
from blueprints.petitions.docket.queries import NUMBER
from blueprints.petitions.reception import queries
from blueprints.petitions.reception.domain import (
    MOST_SLOTS,
    OFFICE_HOURS,
    WEEKDAY_LABELS,
    minutes_of,
    within_office_hours,
)
from core import clock
from core.forms import ChangeForm, ConfirmForm, OfficeForm, ReasonForm, SelectField, chosen, line, options, text
from core.roles import Viewer

_DATE, _TIME = _l("Please give the date."), _l("Please give the time, such as 09:00.")
_BETWEEN = re.compile(r"[\s,;，；、]+")


class DayForm(OfficeForm):
    """A reception day: when, who receives, how many slots."""

    held_on = DateField(_l("Date"), [InputRequired(_DATE)])
    starts = TimeField(_l("From"), [InputRequired(_TIME)])
    minutes = IntegerField(_l("Minutes for each person"), [InputRequired(_l("Please give a number."))])
    slots = IntegerField(_l("Number of people"), [InputRequired(_l("Please give a number."))])
    leader = SelectField(_l("Leader who receives"), [chosen()])
    where = line(_l("Where people are received"), 100)

    def validate_held_on(self, field: Field) -> None:
        """Near enough to be meant."""
        if field.data and abs((field.data - clock.today()).days) > 366:
            raise ValidationError(_("The date lies more than a year away."))

    def validate_minutes(self, field: Field) -> None:
        """Long enough to listen."""
        if field.data is not None and not 5 <= field.data <= 120:
            raise ValidationError(_("Between %(least)d and %(most)d, please.", least=5, most=120))

    def validate_slots(self, field: Field) -> None:
        """As many as one day holds."""
        if field.data is None:
            return
        if not 1 <= field.data <= MOST_SLOTS:
            raise ValidationError(_("Between %(least)d and %(most)d, please.", least=1, most=MOST_SLOTS))
        begins = minutes_of(f"{self.starts.data:%H:%M}") if self.starts.data else 0
        if begins + field.data * (self.minutes.data or 0) >= 24 * 60:
            raise ValidationError(_("That is more than the day has hours."))


STEP_FORMS: dict[str | None, type[ChangeForm]] = {None: ConfirmForm, "reason": ReasonForm}


class NumberForm(OfficeForm):
    """A matter by its docket number."""

    number = line(_l("Docket number"), 20)


class CameForm(OfficeForm):
    """Whether somebody came, and what was said."""

    came = RadioField(_l("Did somebody come?"), [chosen()], choices=options({"yes": _l("Yes"), "no": _l("No")}))
    words = text(_l("What was said, in words for the petitioner"), 5000, needed=False)

    def validate_words(self, field: Field) -> None:
        """Whoever came is told what was said."""
        if self.came.data == "yes" and not field.data:
            raise ValidationError(_("Please fill this in."))


class HoursForm(OfficeForm):
    """Weekly hours outside office hours."""

    unit = SelectField(_l("Unit"), [chosen()])
    weekday = SelectField(_l("Weekday"), [chosen()], choices=options(WEEKDAY_LABELS))
    starts = TimeField(_l("From"), [InputRequired(_TIME)])
    ends = TimeField(_l("Until"), [InputRequired(_TIME)])
    on_duty = line(_l("Who is on duty"), 100)
    since_on = DateField(_l("From which day on"), [InputRequired(_DATE)])

    def validate_since_on(self, field: Field) -> None:
        """Near enough to be meant."""
        if field.data and abs((field.data - clock.today()).days) > 366:
            raise ValidationError(_("The date lies more than a year away."))

    def validate_ends(self, field: Field) -> None:
        """After they begin, and not the hours in which everybody is there."""
        if not field.data or not self.starts.data:
            return
        starts, ends = f"{self.starts.data:%H:%M}", f"{field.data:%H:%M}"
        if ends <= starts:
            raise ValidationError(_("It ends before it begins."))
        weekday = self.weekday.data or ""
        if weekday in ("0", "1", "2", "3", "4") and within_office_hours(int(weekday), starts, ends):
            raise ValidationError(
                _("These are office hours (%(first)s to %(last)s).", first=OFFICE_HOURS[0], last=OFFICE_HOURS[1])
            )


class RecordForm(OfficeForm):
    """What happened in those hours on one day."""

    held_on = DateField(_l("Date"), [InputRequired(_DATE)])
    who = line(_l("Who was there"), 100)
    came = IntegerField(
        _l("How many came"),
        [InputRequired(_l("Please give a number.")), NumberRange(0, 999, _l("A number from 0 to 999, please."))],
    )
    words = text(_l("What was taken down"), 2000, needed=False)
    numbers = line(_l("Docket numbers of the matters taken down"), 400, needed=False)

    viewer: Viewer
    weekday: int

    def validate_held_on(self, field: Field) -> None:
        """A day on which there were such hours, and that has come."""
        if field.data and (field.data > clock.today() or field.data.weekday() != self.weekday):
            raise ValidationError(_("The hours are not on this day, or it has not come yet."))

    def validate_numbers(self, field: Field) -> None:
        """Each is a matter that this person may see."""
        for number in self.typed():
            if not NUMBER.fullmatch(number) or queries.numbered(number, self.viewer) is None:
                raise ValidationError(_("No matter with the number %(number)s is open to you.", number=number))

    def typed(self) -> list[str]:
        """The numbers that were typed, once each."""
        return list(dict.fromkeys(each for each in _BETWEEN.split(self.numbers.data or "") if each))

    def petitions(self) -> list[Petition]:
        """The matters, held."""
        found = [queries.numbered(number, self.viewer, to_move=True) for number in sorted(self.typed())]
        return [each for each in found if each is not None]
