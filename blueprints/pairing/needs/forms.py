"""The forms of needs: what a village asks for, what each step asks, the filter of the list."""

import re
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, Field, Form, HiddenField, StringField
from wtforms.validators import InputRequired, Optional, ValidationError

from blueprints.accounts.forms import unit_choices
from blueprints.pairing.needs.domain import KIND_LABELS, STATE_LABELS, Kind
from blueprints.pairing.needs.models import Asked, Measure, Need, villages_to_ask_for
from blueprints.pairing.needs.queries import Filter
from blueprints.pairing.pairs.models import can_pair, staff_of
from core import clock, places
from core.attachments import MOST_FILES
from core.cleaning import Cleaned, smaller
from core.forms import (
    ChangeForm,
    ConfirmForm,
    Files,
    MoneyField,
    NoteForm,
    OfficeForm,
    ReasonForm,
    SelectField,
    VillageField,
    chosen,
    line,
    options,
    text,
    tidy,
)
from core.roles import Role, Viewer
from core.texts import plain

_KEY = re.compile(r"[0-9a-f]{32}")

FARTHEST = timedelta(days=366 * 3)
PICTURES = {"jpg", "png"}
LONGEST_SIDE = 1600  # dots of a photo: enough to see what is meant, little enough for a phone in a village


class Photos(Files):
    """Up to five photos; what is no photo is refused by name. A browser that can makes them smaller before they go."""

    def __init__(self, label: Any, **more: Any) -> None:
        super().__init__(label, render_kw={"accept": "image/*", "data-shrink": str(LONGEST_SIDE)}, **more)

    def pre_validate(self, form: Any) -> None:
        """Cleaned as any file is, and nothing but pictures."""
        super().pre_validate(form)
        for each in self.cleaned:
            if each.kind not in PICTURES:
                raise ValidationError(_("%(name)s is no photo. Please choose a picture (JPEG or PNG).", name=each.name))
        self.cleaned = [smaller(each, LONGEST_SIDE) for each in self.cleaned]


def _to_come(field: Field) -> None:
    if field.data and not clock.today() <= field.data <= clock.today() + FARTHEST:
        raise ValidationError(_("Please give a day that is still to come, within three years."))


class NeedForm(OfficeForm):
    """What a village needs."""

    form_key = HiddenField()
    kind = SelectField(_l("What kind of need is it?"), [chosen()], choices=options({"": _l("Choose"), **KIND_LABELS}))
    title = line(_l("In one line: what is needed?"), 60)
    text = text(_l("What is the difficulty, and what would help?"), 3000)
    wanted_on = DateField(_l("Wanted by"), [Optional()])
    photos = Photos(_l("Photos"))

    def validate_wanted_on(self, field: Field) -> None:
        """A day to come, where one is given."""
        _to_come(field)

    def key(self, fresh: str) -> str:
        """The key of this form; a fresh one where it has none that we made."""
        found: str = self.form_key.data or ""
        return found if _KEY.fullmatch(found) else fresh

    def pictures(self) -> list[Cleaned]:
        """Its photos, after validation."""
        return self.photos.cleaned

    def asked(self, village: str, source: Any = None) -> Asked:
        """The need, after validation."""
        return Asked(
            place=village,
            kind=Kind(self.kind.data),
            title=self.title.data or "",
            text=self.text.data or "",
            wanted_on=self.wanted_on.data,
            photos=self.pictures(),
            source=source,
        )


class OwnNeedForm(NeedForm):
    """The same by the village's contact on a phone: what kind, one line and a photo are enough."""

    camera = Photos(_l("Take a photo"))
    photos = Photos(_l("Choose photos"))
    text = text(_l("What is the difficulty, and what would help?"), 3000, needed=False)

    def pictures(self) -> list[Cleaned]:
        """Those taken now come first."""
        return [*self.camera.cleaned, *self.photos.cleaned]

    def validate_photos(self, _field: Field) -> None:
        """No more of both together than of one."""
        if len(self.pictures()) > MOST_FILES:
            raise ValidationError(_("At most %(count)d files, please.", count=MOST_FILES))


class NoteNeedForm(NeedForm):
    """The same, noted by staff from paper or by telephone: of which village, they say first."""

    township = HiddenField()
    place = SelectField(_l("Village or community"), [chosen()])

    def fill(self, viewer: Viewer, township: str) -> None:
        """A unit notes a need of a village it is paired with, the office of any."""
        self.township.data = township
        found = villages_to_ask_for(viewer) if viewer.role is Role.HANDLER else places.villages_of(township)
        self.place.choices = [("", _("Choose")), *found]


class UnitForm(ChangeForm):
    """Which unit is to answer it."""

    unit = SelectField(_l("Unit"), [chosen()])
    reason = text(_l("Remark"), 2000, needed=False)


class MeasureForm(ChangeForm):
    """What the unit does, who answers for it, from which money, until when."""

    text = text(_l("What the unit does"), 2000)
    owner = SelectField(_l("Who answers for it"), [chosen()])
    due_on = DateField(_l("Done by"), [InputRequired(_l("Please give the date."))])
    planned = MoneyField(
        _l("Money planned, in yuan"), description=_l("Such as 12000 or 1200.50; leave it empty if none.")
    )
    budget = line(_l("Budget line"), 100, needed=False)

    stood: Any = None

    def validate_due_on(self, field: Field) -> None:
        """A day to come; one that stood there already may stay."""
        if field.data != self.stood:
            _to_come(field)

    def validate_budget(self, field: Field) -> None:
        """Money comes from somewhere."""
        if self.planned.data and not field.data:
            raise ValidationError(_("Please say from which budget line the money comes."))


class ChangeMeasureForm(MeasureForm):
    """The same, and why: what was promised is not moved without a word."""

    reason = text(_l("Why it is changed"), 2000)


class ProgressForm(ChangeForm):
    """What was done, what it cost, how it looked before and looks now."""

    text = text(_l("What was done"), 2000)
    spent = MoneyField(_l("Money spent on it since the last entry, in yuan"))
    before = Photos(_l("Photos from before"))
    after = Photos(_l("Photos of how it is now"))


class ReportForm(ChangeForm):
    """That it is done, in words for the village."""

    reason = text(_l("What was done, in words for the village"), 2000)
    photos = Photos(_l("Photos of how it is now"))


class VillageForm(ChangeForm):
    """What the village says; a clerk who writes it down says from which paper."""

    proof = line(_l("From which paper: who signed it, and when"), 200)

    def for_contact(self) -> None:
        """The contact signs in, and needs no paper."""
        del self.proof


class SayForm(VillageForm):
    """That it is done, and a word if there is one."""

    reason = text(_l("Remark"), 2000, needed=False)


class ObjectForm(VillageForm):
    """What is still missing."""

    reason = text(_l("What is not done, or not well done"), 2000)
    photos = Photos(_l("Photos"))


class WhyForm(VillageForm):
    """Why the village asks again, or no longer needs it."""

    reason = text(_l("Reason"), 2000)


STEP_FORMS: dict[str | None, type[ChangeForm]] = {
    None: ConfirmForm,
    "unit": UnitForm,
    "measure": MeasureForm,
    "change": ChangeMeasureForm,
    "progress": ProgressForm,
    "done": ProgressForm,
    "report": ReportForm,
    "confirm": SayForm,
    "object": ObjectForm,
    "reason": ReasonForm,
    "note": NoteForm,
}


def form_of(action: str, asks: str | None, need: Need, viewer: Viewer, measure: Measure | None = None) -> ChangeForm:
    """The form of a step with what can be chosen in it."""
    kind = WhyForm if action in ("again", "withdraw") else STEP_FORMS[asks]
    form = kind(**(measure.as_planned() if measure and asks == "change" else {}))
    if isinstance(form, VillageForm) and viewer.role is Role.CONTACT:
        form.for_contact()
    if isinstance(form, MeasureForm):
        staff = {str(id): name for id, name in staff_of(need.unit_id or viewer.unit_id)}
        if measure:
            staff |= {str(measure.owner_id): measure.owner.name}
            form.stood = measure.due_on
        form.owner.choices = [("", _("Choose")), *staff.items()]
    if isinstance(form, UnitForm):
        form.unit.choices = [("", _("Choose")), *((str(id), name) for id, name in can_pair())]
    return form


def photos_taken(form: ChangeForm) -> dict[str, Any]:
    """The data of a form, with the cleaned photos where files were sent."""
    return {each.name: each.cleaned if isinstance(each, Photos) else each.data for each in form}


class FilterForm(Form):
    """What the list is narrowed to; it stays in the URL."""

    q = StringField(_l("Search"), filters=[tidy])
    state = SelectField(_l("State"), default="")
    kind = SelectField(_l("Kind of need"), default="")
    township = SelectField(_l("Township or street"), default="")
    unit = SelectField(_l("Unit"), default="")
    late = BooleanField(_l("Late ones only"))
    village = VillageField(_l("Village"))

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        every = ("", _("All"))
        self.state.choices = [("", _("All open ones")), ("all", _("All")), *plain(STATE_LABELS).items()]
        self.kind.choices = [every, *plain(KIND_LABELS).items()]
        self.township.choices = [every, *places.townships()]
        self.unit.choices = [every, *unit_choices()]

    def wanted(self) -> Filter:
        """The filter; a word that is not one of the choices is left out."""
        self.validate()
        named = ("state", "kind", "township", "unit", "village")
        words = {name: "" if self[name].errors else self[name].data or "" for name in named}
        return Filter(q=(self.q.data or "")[:100], late=bool(self.late.data), **words)

    def told(self) -> list[tuple[str, str]]:
        """The filter in words."""
        asked = self.wanted().asked()
        words: dict[str, dict[str, str]] = {}
        for each in self:
            choices: Any = each.choices if isinstance(each, SelectField) else ()
            words[each.name] = {str(value): str(label).strip() for value, label in choices}
        words |= {"late": {"y": _("yes")}, "village": {self.village.data or "": self.village.told}}
        return [(self[name].label.text, words.get(name, {}).get(word, word)) for name, word in asked.items()]
