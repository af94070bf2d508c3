"""What an administrator says of a day, of a year, and of a procedure."""

import re
from dataclasses import replace
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, Field, FieldList, Form, FormField, HiddenField, RadioField
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from blueprints.petitions.rulebook.domain import (
    COUNTED_LABELS,
    GROUND_LABELS,
    WHAT_LABELS,
    BadLines,
    read_lines,
)
from core import clock
from core.deadlines import Unit
from core.forms import ChangeForm, NumberField, SelectField, chosen, line, options, text
from core.notices import Day, in_plain_week
from core.profiles import Clock, Profile
from core.words import Words
from core.workdays import MOST_NAME, MOST_SOURCE

_ARTICLES = re.compile(r"[1-9]\d?(?:[,，、\s]+[1-9]\d?)*", re.ASCII)


class DayForm(ChangeForm):
    """One day put right."""

    day = DateField(_l("Day"), [InputRequired(_l("Please give the day."))])
    what = RadioField(_l("What it is"), [chosen()], choices=options(WHAT_LABELS))
    name = line(_l("Name of the holiday"), MOST_NAME, needed=False)
    why = line(_l("Notice or decision it follows"), MOST_SOURCE, needed=False)

    def __init__(self, year: int, **more: Any) -> None:
        super().__init__(**more)
        self._year = year

    @property
    def on(self) -> date:
        """The day, once the form is valid."""
        assert self.day.data is not None
        return self.day.data

    def validate_day(self, field: Field) -> None:
        """A day of this page's year."""
        if field.data and field.data.year != self._year:
            raise ValidationError(_("This day is not in %(year)s.", year=self._year))

    def validate_what(self, field: Field) -> None:
        """Monday to Friday are worked in any case."""
        if self.day.data and field.data == "working" and in_plain_week(self.day.data):
            raise ValidationError(_("This day is a working day in any case. Is the date right?"))


class YearForm(ChangeForm):
    """The table of a year, as its notice has it."""

    lines = text(
        _l("The days, a line for each"),
        12_000,
        needed=False,
    )
    source = line(_l("Notice they are from"), MOST_SOURCE, needed=False)
    published = BooleanField(_l("The notice of this year is published: no day of it is expected to change"))
    sure = HiddenField()
    days: list[Day]

    def __init__(self, year: int, **more: Any) -> None:
        super().__init__(**more)
        self._year = year

    def validate_lines(self, field: Field) -> None:
        """Every line that is wrong is told at once."""
        try:
            self.days = read_lines(field.data or "", self._year, MOST_NAME)
        except BadLines as bad:
            told = [_("Line %(number)s: %(what)s", number=number, what=what) for number, what in bad.wrong[:10]]
            raise ValidationError(" ".join(told)) from None


class ClockForm(Form):
    """One clock of a procedure."""

    name_zh = line(_l("Name in Chinese"), 60)
    name_en = line(_l("Name in English"), 120)
    length = NumberField(
        _l("Length"), [InputRequired(_l("Please give a number.")), NumberRange(1, 365, _l("From 1 to 365, please."))]
    )
    unit = SelectField(_l("Counted in"), [chosen()], choices=options(COUNTED_LABELS))
    ground = SelectField(_l("The number comes from"), [chosen()], choices=options(GROUND_LABELS))
    articles = line(_l("Articles"), 40, needed=False, description=_l("Numbers, for example: 21, 22"))
    source_zh = line(_l("The other text, in Chinese"), 120, needed=False)
    source_en = line(_l("The other text, in English"), 200, needed=False)

    def validate_articles(self, field: Field) -> None:
        """Needed where the number comes from an article."""
        if self.ground.data == "article" and not _ARTICLES.fullmatch(field.data or ""):
            raise ValidationError(_("Please give the numbers of the articles."))

    def validate_source_zh(self, field: Field) -> None:
        """Needed where the number comes from another text."""
        if self.ground.data == "source" and not field.data:
            raise ValidationError(_("Please name the text."))

    validate_source_en = validate_source_zh

    @staticmethod
    def filled(clock: Clock) -> dict[str, Any]:
        """What the form begins with."""
        return {
            "name_zh": clock.name.zh,
            "name_en": clock.name.en,
            "length": clock.length,
            "unit": clock.unit.value,
            "ground": "target" if clock.target else "source" if clock.source else "article",
            "articles": ", ".join(map(str, clock.article)),
            "source_zh": clock.source.zh if clock.source else "",
            "source_en": clock.source.en if clock.source else "",
        }

    def clock(self, before: Clock) -> Clock:
        """The clock as it was typed; what is not asked stays."""
        ground = self.ground.data
        return replace(
            before,
            name=Words(zh=str(self.name_zh.data), en=str(self.name_en.data)),
            length=int(self.length.data or 0),
            unit=Unit(self.unit.data),
            article=tuple(map(int, re.findall(r"\d+", str(self.articles.data)))) if ground == "article" else (),
            source=Words(zh=str(self.source_zh.data), en=str(self.source_en.data)) if ground == "source" else None,
            target=ground == "target",
        )


class ProcedureForm(ChangeForm):
    """A procedure that has not taken effect."""

    title_zh = line(_l("Name in Chinese"), 60)
    title_en = line(_l("Name in English"), 120)
    effective_on = DateField(
        _l("Takes effect on"),
        [Optional()],
        description=_l("Letters received from this day on begin with it. Left empty, it stays a draft."),
    )
    clocks = FieldList(FormField(ClockForm))

    def __init__(self, profile: Profile, effective_on: date | None, **more: Any) -> None:
        self._profile = profile
        clocks = [ClockForm.filled(clock) for clock in profile.clocks]
        title = {"title_zh": profile.title.zh, "title_en": profile.title.en}
        super().__init__(**title, effective_on=effective_on, clocks=clocks, **more)

    def validate_clocks(self, field: "FieldList[Any]") -> None:
        """Each clock of the procedure, and no other: the steps start and stop them by name."""
        if len(field.entries) != len(self._profile.clocks):
            raise ValidationError(_("The clocks of this page are not those of the procedure. Please load it again."))

    def validate_effective_on(self, field: Field) -> None:
        """Not in the past, and while the regulation is in force."""
        if field.data and field.data < clock.today():
            raise ValidationError(_("This day is past: letters that came in since have begun with another procedure."))
        if field.data and not self._profile.in_force(field.data):
            raise ValidationError(_("The regulation is not in force on this day."))

    def profile(self) -> Profile:
        """The procedure as it was typed."""
        pairs = zip(self.clocks.entries, self._profile.clocks, strict=True)
        name = Words(zh=str(self.title_zh.data), en=str(self.title_en.data))
        return replace(self._profile, name=name, clocks=tuple(entry.form.clock(clock) for entry, clock in pairs))
