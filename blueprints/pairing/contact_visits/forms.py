"""The forms of contact visits: the plan, what is taken down on a phone, what it becomes, the filter of the list."""

import re
from dataclasses import replace
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, Form, HiddenField
from wtforms import Field as FormField
from wtforms.validators import InputRequired, ValidationError

from blueprints.pairing.contact_groups.models import Group, groups
from blueprints.pairing.contact_visits.domain import WHERE_LABELS, Where
from blueprints.pairing.contact_visits.models import Finding, Seen, Visit, rounds_for
from blueprints.pairing.contact_visits.queries import Filter, Held
from blueprints.pairing.needs.forms import NeedForm, Photos
from blueprints.pairing.needs.models import Asked
from blueprints.petitions.returns.forms import ItemForm
from blueprints.petitions.screening.domain import Field, People, Urgency
from blueprints.petitions.screening.models import Finding as Returned
from core import attachments, clock, places
from core.forms import (
    Boxes,
    ChangeForm,
    ConfirmForm,
    NoteForm,
    ReasonForm,
    SelectField,
    VillageField,
    chosen,
    day,
    text,
    years,
)
from core.forms import to_come as still_to_come
from core.roles import Viewer
from core.texts import plain

_KEY = re.compile(r"[0-9a-f]{32}")


class PlanForm(ChangeForm):
    """When a group goes, and where along its route."""

    held_on = DateField(_l("Day"), [InputRequired(_l("Please give the date.")), still_to_come])
    stops = Boxes(_l("Where along the route"), [InputRequired(_l("Please choose at least one."))])
    about = text(_l("What the group wants to look at"), 1000, needed=False)

    def fill(self, group: Group, visit: Visit | None = None) -> None:
        """The stops of the route; of a visit also those that it went to."""
        found = {str(each.id): each.words for each in (*(visit.stops() if visit else ()), *group.route())}
        self.stops.choices = list(found.items())


class FindingForm(ItemForm):
    """Something that a group found, typed on a phone. It carries its own key, so that sent again it is the same."""

    # WTForms' way to leave fields out
    township = place = field = urgency = people = action = None  # type: ignore[assignment]

    first: date  # the day of the visit

    stop = SelectField(_l("Where was it?"), [chosen()])
    found_on = day(_l("Found on"))
    photos = Photos(_l("Photos"))
    form_key = HiddenField()

    def fill(self, visit: Visit) -> None:
        """The stops of the visit."""
        stops = [(str(each.id), each.words) for each in visit.stops()]
        self.stop.choices = stops if len(stops) == 1 else [("", _("Choose")), *stops]
        self.first = visit.held_on

    def validate_found_on(self, field: FormField) -> None:
        """From the day of the visit on: what waited on a phone was found on the day that it was written."""
        if field.data and not self.first <= field.data <= clock.today():
            raise ValidationError(_("Please give a day from the visit until today."))

    def key(self, fresh: str) -> str:
        """The key of this form; a fresh one where it has none that we made."""
        found: str = self.form_key.data or ""
        return found if _KEY.fullmatch(found) else fresh

    def seen(self) -> Seen:
        """What was found, after validation."""
        return Seen(
            stop=int(self.stop.data),
            subject=self.subject.data or "",
            text=self.text.data or "",
            found_on=self.found_on.data or clock.today(),
            person=self.person.data or "",
            unit=int(self.unit.data) if self.unit.data else None,
            photos=self.photos.cleaned,
        )


class BecomesNeedForm(NeedForm, ChangeForm):
    """The need of the village that a finding becomes: the village and the paired unit read these words."""

    form_key = None  # type: ignore[assignment] # the version says that it is new

    def becomes(self, finding: Finding) -> dict[str, Asked]:
        """The need, with the photos of the finding, after validation."""
        asked = self.asked(finding.place_code)
        return {"asked": replace(asked, photos=[*finding.pictures(), *asked.photos][: attachments.MOST_FILES])}


class BecomesItemForm(ItemForm, ChangeForm):
    """The item of a screening that a finding becomes."""

    township = place = form_key = None  # type: ignore[assignment]

    round = SelectField(_l("Screening round"), [chosen()])

    def fill(self, viewer: Viewer) -> None:
        """The open rounds that ask this person's unit."""
        self.round.choices = [(str(each.id), each.title) for each in rounds_for(viewer)]

    def becomes(self, finding: Finding) -> dict[str, Any]:
        """The round and the item, after validation."""
        returned = Returned(
            place=finding.place,
            subject=self.subject.data or "",
            text=self.text.data or "",
            field=Field(self.field.data),
            urgency=Urgency(self.urgency.data),
            people=People(self.people.data),
            action=self.action.data or "",
            unit=int(self.unit.data) if self.unit.data else None,
            person=self.person.data or "",
        )
        return {"round": int(self.round.data), "returned": returned}


class RemarkForm(ChangeForm):
    """What was done on the spot."""

    remark = text(_l("What was done on the spot"), 2000)

    def becomes(self, _finding: Finding) -> dict[str, Any]:
        """The remark, after validation."""
        return {"remark": self.remark.data}


def visit_form(asks: str | None, visit: Visit) -> ChangeForm:
    """The form of a step of a visit."""
    if asks == "plan":
        stood = [str(each.id) for each in visit.stops()]
        form = PlanForm(held_on=visit.held_on, about=visit.about, stops=stood)
        form.fill(visit.group, visit)
        return form
    return {"reason": ReasonForm, "note": NoteForm}.get(asks or "", ConfirmForm)()


def finding_form(action: str, finding: Finding, viewer: Viewer) -> BecomesNeedForm | BecomesItemForm | RemarkForm:
    """The form of what a finding becomes, with what is known of it in it."""
    if action == "need":
        need = BecomesNeedForm(title=finding.subject[:60], text=finding.text)
        need.text.description = _(
            "Write what the village needs, not who wrote or who told you: the village and the paired unit read it."
        )
        if finding.person or finding.about_id:
            need.text.description += " " + _(
                "This complains of somebody, who may read the need: write nothing that only the complaint knows."
            )
        need.photos.description = _("The photos of what was found go along by themselves.")
        return need
    if action == "item":
        about = {"person": finding.person or "", "unit": str(finding.about_id or "")}
        form = BecomesItemForm(subject=finding.subject, text=finding.text, **about)
        form.fill(viewer)
        return form
    return RemarkForm()


class HeldForm(Form):
    """What the list of visits is narrowed to; it stays in the URL."""

    year = SelectField(_l("Held in the year"), default="")
    township = SelectField(_l("Township or street"), default="")
    village = VillageField()

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.year.choices = [("", _("All")), *years()]
        self.township.choices = [("", _("All")), *places.townships()]

    def wanted(self) -> Held:
        """The same; a word that is not one of the choices is left out."""
        self.validate()
        return Held(*("" if each.errors else each.data or "" for each in (self.year, self.township, self.village)))


class FilterForm(Form):
    """What the list is narrowed to; it stays in the URL."""

    where = SelectField(_l("How far it has come"), default=Where.STANDING)
    group = SelectField(_l("Contact group"), default="")
    township = SelectField(_l("Township or street"), default="")
    year = SelectField(_l("Found in the year"), default="")
    late = BooleanField(_l("Late ones only"))
    village = VillageField()

    def __init__(self, viewer: Viewer, *arguments: Any) -> None:
        super().__init__(*arguments)
        every = ("", _("All"))
        self.where.choices = [*((str(each), words) for each, words in plain(WHERE_LABELS).items()), ("all", _("All"))]
        self.group.choices = [every, *((str(each.id), each.name) for each in groups(viewer))]
        self.township.choices = [every, *places.townships()]
        self.year.choices = [every, *years()]

    def wanted(self) -> Filter:
        """The filter; a word that is not one of the choices is left out."""
        self.validate()
        named = ("where", "group", "township", "year", "village")
        words = {name: "" if self[name].errors else self[name].data or "" for name in named}
        return Filter(late=bool(self.late.data), **{**words, "where": words["where"] or Where.STANDING})
