"""What each step of a report asks."""

from typing import Any

from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, Field, RadioField
from wtforms.validators import InputRequired, Optional, ValidationError

from blueprints.rules.register import models as register
from blueprints.rules.reports.domain import OUTCOME_LABELS, STATE_LABELS, Outcome, State, What
from blueprints.rules.reports.models import Opened
from blueprints.rules.reports.queries import people, unit_name
from core import clock
from core.forms import (
    ChangeForm,
    ConfirmForm,
    Files,
    NoteForm,
    OfficeForm,
    ReasonForm,
    SelectField,
    chosen,
    line,
    options,
    text,
)

HOW_LABELS = {"in_person": _l("Handed over in person"), "registered_post": _l("Registered post")}


def _past(_form: Any, field: Field) -> None:
    """Not tomorrow."""
    if field.data and field.data > clock.today():
        raise ValidationError(_("The date lies in the future."))


def _day(label: Any) -> DateField:
    return DateField(label, [InputRequired(_l("Please give the date.")), _past])


class FilterForm(OfficeForm):
    """Which reports to show."""

    class Meta:
        csrf = False

    state = SelectField(
        _l("State"), [Optional()], choices=lambda: [("", _("All that are not closed")), *options(STATE_LABELS)()]
    )

    def wanted(self) -> str:
        """The state asked for, if there is such a one."""
        return self.state.data if self.state.data in set(State) else ""


class OrganForm(ChangeForm):
    """Who is competent, in words that the reporter reads."""

    organ = line(_l("Organ it goes to"), 100)
    text = text(_l("What the reporter reads"), 2000)


class MessageForm(ChangeForm):
    """A word to the reporter, who reads it with the receipt code."""

    text = text(_l("Message to the reporter"), 5000)
    files = Files(_l("Files"))


class InsideForm(ChangeForm):
    """A note for the officers who may read the report."""

    text = text(_l("Note"), 5000)
    files = Files(_l("Files"))


class VerificationForm(ChangeForm):
    """What was done to verify the report, and what came of it."""

    on = _day(_l("On"))
    text = text(_l("What was done and what it showed"), 10_000)
    files = Files(_l("Evidence (files)"))


class HearingForm(ChangeForm):
    """The member is heard before anything is decided. Who reported is never told."""

    on = _day(_l("Heard on"))
    put = text(_l("What was put to the member"), 5000)
    statement = text(_l("The member's statement, as they gave it; or that they gave none"), 10_000)
    files = Files(_l("The written statement (file)"))


class FindingForm(ChangeForm):
    """What is held to be so: by which rule and article, on what evidence."""

    cited = SelectField(_l("Rule and article, of those in force"))
    rule = line(_l("Rule that is not in the register"), 120, needed=False)
    article = line(_l("Article of that rule"), 60, needed=False)
    evidence = text(_l("Evidence"), 5000)
    text = text(_l("What was found"), 5000)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        articles = [(str(id), label) for id, label in register.articles_in_force()]
        self.cited.choices = [("", _("Not in the register")), *articles]

    def validate_cited(self, field: Field) -> None:
        """No finding without its rule and article: one of the register, or both in words."""
        if not field.data and not (self.rule.data and self.article.data):
            raise ValidationError(_("Please choose an article, or write down the rule and its article below."))

    def told(self) -> dict[str, Any]:
        """The finding, its rule as it is cited on this day: a later version does not change what was found."""
        words = register.citation(int(self.cited.data)) if self.cited.data else ""
        return {**self.data, **({"rule": words, "article": ""} if words else {})}


class DecisionForm(ChangeForm):
    """To whom the paper goes, and what it says besides."""

    member = line(_l("The member, as the paper addresses them"), 60)
    text = text(_l("Text of the paper besides what it always says"), 3000, needed=False)


class LightForm(DecisionForm):
    """What one officer decides."""

    outcome = RadioField(
        _l("Kind of handling"),
        [chosen()],
        choices=options({each: OUTCOME_LABELS[each] for each in (Outcome.REMIND, Outcome.CRITICISE)}),
    )


class GraveForm(DecisionForm):
    """What a second officer has to confirm."""

    outcome = RadioField(
        _l("Kind of handling"),
        [chosen()],
        choices=options({each: OUTCOME_LABELS[each] for each in (Outcome.EDUCATE, Outcome.DISCIPLINE)}),
    )


class DeliveryForm(ChangeForm):
    """How and when the paper reached the member. The term of an objection runs from that day."""

    how = RadioField(_l("How"), [chosen()], choices=options(HOW_LABELS))
    on = _day(_l("On"))
    proof = line(_l("Proof: signature, or number of the postal receipt"), 200)


class ObjectionForm(ChangeForm):
    """What the member objects."""

    on = _day(_l("Received on"))
    text = text(_l("The objection"), 10_000)
    files = Files(_l("Files"))


class AnswerForm(ChangeForm):
    """The written answer to the objection."""

    text = text(_l("Your answer to the member"), 5000)


class ReplyForm(ChangeForm):
    """The answer to a notice of retaliation, which the reporter reads."""

    text = text(_l("Your answer to the reporter"), 5000)


class ClosingForm(ChangeForm):
    """That nothing is left to do."""

    waived = BooleanField(_l("The member said in writing that they will not object"))
    on = DateField(_l("The answer to the objection was delivered on"), [Optional(), _past])
    proof = line(_l("Proof of that delivery"), 200, needed=False)
    reason = text(_l("Remark"), 2000, needed=False)


class _OfficerForm(ChangeForm):
    """Which officer."""

    officer = SelectField(_l("Officer"), [chosen()], choices=[])


class ShareForm(_OfficerForm):
    """An officer who is to read it too."""


class RecuseForm(_OfficerForm):
    """An officer who is taken off it, and why."""

    reason = text(_l("Reason"), 2000)


STEP_FORMS: dict[str | None, type[ChangeForm]] = {
    None: ConfirmForm,
    "remark": NoteForm,
    "reason": ReasonForm,
    "organ": OrganForm,
    "message": MessageForm,
    "note": InsideForm,
    "verification": VerificationForm,
    "hearing": HearingForm,
    "finding": FindingForm,
    "decision": DecisionForm,
    "light": LightForm,
    "grave": GraveForm,
    "delivery": DeliveryForm,
    "objection": ObjectionForm,
    "answer": AnswerForm,
    "reply": ReplyForm,
    "closing": ClosingForm,
    "share": ShareForm,
    "recuse": RecuseForm,
}


def form_of(asks: str | None, opened: Opened) -> ChangeForm:
    """The form of a step, with what it can be filled with beforehand."""
    form = STEP_FORMS[asks]()
    if isinstance(form, DecisionForm) and not form.is_submitted():
        (first,) = opened.told(What.REPORT)
        form.member.data = first["person"] or unit_name(first["unit"])
    if "on" in form and not form.is_submitted() and asks != "closing":
        form["on"].data = clock.today()
    if isinstance(form, ShareForm):
        form.officer.choices = [(str(key.user_id), key.user.name) for key in opened.shareable()]
    elif isinstance(form, RecuseForm):
        others = opened.report.holders() - {g.viewer.id}
        form.officer.choices = [(str(id), name) for id, name in people(others).items()]
    if isinstance(form, _OfficerForm):
        form.officer.choices = [("", _("Choose")), *(form.officer.choices or ())]
    return form


def typed(form: ChangeForm) -> dict[str, Any]:
    """What was typed, files cleaned."""
    if isinstance(form, FindingForm):
        return form.told()
    return {each.name: each.cleaned if isinstance(each, Files) else each.data for each in form}
