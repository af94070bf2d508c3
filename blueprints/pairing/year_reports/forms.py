"""The forms of a yearly report: the year, the sections, a reason, and a leader's yes to figures that were seen."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from blueprints.pairing.year_reports.domain import SECTION_LABELS, Figures, Section
from blueprints.pairing.year_reports.models import YearReport, digest
from core.forms import ChangeForm, OfficeForm, ReasonForm, SelectField, chosen, text, years

MOST = 6000  # characters of a section


class BeginForm(OfficeForm):
    """Of which year."""

    year = SelectField(_l("Year"), [chosen()])

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.year.choices = years()


class SectionsForm(ChangeForm):
    """What the office writes itself; an empty one can be written later."""

    overview = text(SECTION_LABELS[Section.OVERVIEW], MOST, needed=False)
    well = text(SECTION_LABELS[Section.WELL], MOST, needed=False)
    lacking = text(SECTION_LABELS[Section.LACKING], MOST, needed=False)
    next = text(SECTION_LABELS[Section.NEXT], MOST, needed=False)

    def values(self) -> dict[str, Any]:
        """What the step takes, after validation."""
        return {each: self[each].data for each in Section}


class IssueForm(ChangeForm):
    """A yes to the figures that stood on the page: others need another look."""

    figures = HiddenField()

    def __init__(self, now: Figures) -> None:
        self.now = now
        super().__init__()
        self.shown = self.figures.data or digest(now.as_json())
        self.figures.data = digest(now.as_json())

    def validate(self, extra_validators: Any = None) -> bool:
        """What is kept with the report is what the leader saw."""
        valid = bool(super().validate(extra_validators))
        if self.shown == self.figures.data:
            return valid
        self.form_errors.append(_("The figures changed since this page was opened. Look at them again below."))
        return False

    def values(self) -> dict[str, Any]:
        """What the step takes, after validation."""
        return {"figures": self.now}


class WhyForm(ReasonForm):
    """Why."""

    def values(self) -> dict[str, Any]:
        """What the step takes, after validation."""
        return {"reason": self.reason.data}


class YesForm(ChangeForm):
    """A yes is enough."""

    def values(self) -> dict[str, Any]:
        """Nothing besides."""
        return {}


def form_of(asks: str | None, report: YearReport, now: Figures | None) -> SectionsForm | IssueForm | WhyForm | YesForm:
    """The form of a step."""
    match asks:
        case "sections":
            return SectionsForm(data=report.sections)
        case "figures" if now is not None:
            return IssueForm(now)
        case "reason":
            return WhyForm()
    return YesForm()
