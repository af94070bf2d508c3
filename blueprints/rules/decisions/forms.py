"""The question "who decides this?", a ruling of the table, and what the steps of a version ask for."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField
from wtforms import Field as FormField
from wtforms.validators import InputRequired, Optional, ValidationError

from blueprints.rules.decisions.domain import (
    KIND_LABELS,
    MAJORITY_LABELS,
    MEETING_LABELS,
    QUORUM_LABELS,
    Ruling,
    fen_of,
    samples,
    yuan_of,
)
from blueprints.rules.decisions.models import versions
from core import clock
from core.forms import ChangeForm, ConfirmForm, OfficeForm, SelectField, chosen, line, options, text
from core.roles import Viewer
from core.texts import plain


def _amount(_form: Any, field: FormField) -> None:
    if field.data:
        try:
            fen_of(field.data)
        except ValueError:
            raise ValidationError(_("Please give an amount in whole yuan, for instance 50000.")) from None


class AskForm(OfficeForm):
    """What somebody wants to know; it stays in the URL."""

    q = line(_l("In a few words"), 100, needed=False)
    kind = SelectField(_l("Or choose the kind of matter"), default="")
    amount = line(_l("Amount in yuan, if it is about money"), 20, needed=False)
    on = DateField(_l("On which day"), [Optional()])

    validate_amount = staticmethod(_amount)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, meta={"csrf": False}, **named)
        self.kind.choices = [("", _("Any kind")), *plain(KIND_LABELS).items()]

    @property
    def asked(self) -> bool:
        """Whether anything was asked."""
        return bool(self.q.data or self.kind.data or self.amount.data)

    def wanted(self) -> dict[str, Any]:
        """What was asked, after validation."""
        amount = fen_of(self.amount.data) if self.amount.data else None
        kind = self.kind.data if self.kind.data in KIND_LABELS else ""
        return {"kind": kind, "words": self.q.data or "", "amount_fen": amount, "on": self.on.data}


class BeginForm(OfficeForm):
    """What a new draft begins with."""

    source = SelectField(_l("Begin with"), [chosen()])

    def __init__(self, viewer: Viewer, **named: Any) -> None:
        super().__init__(**named)
        adopted = [
            (str(each.id), f"{each.title} · {each.effective_on}") for each in versions(viewer) if each.effective_on
        ]
        shipped = [(code, each.title) for code, each in samples().items()]
        self.source.choices = [*adopted, *shipped]


class DescribeForm(ChangeForm):
    """What the table is called, and whom to ask where it says nothing."""

    title = line(_l("Title"), 100)
    ask = text(_l("Whom to ask where no rule fits"), 500)


class AdoptForm(ChangeForm):
    """Which meeting adopted it, and from when on it counts."""

    effective_on = DateField(_l("Takes effect on"), [InputRequired(_l("Please give the date."))])
    adopted_by = line(_l("Adopted by which meeting, and when"), 200)

    def validate_effective_on(self, field: FormField) -> None:
        """What was decided before has been decided by the old table."""
        if field.data and field.data < clock.today():
            raise ValidationError(_("The day lies in the past."))


class RulingForm(ChangeForm):
    """One row of the table."""

    kind = SelectField(_l("Kind of matter"), [chosen()], choices=options(KIND_LABELS))
    name = line(_l("What it is called"), 60)
    words = line(_l("Words by which people look for it"), 300, needed=False)
    amount = line(_l("From which amount on, in yuan"), 20, needed=False)
    meeting = SelectField(_l("Who decides"), [chosen()], choices=options(MEETING_LABELS))
    quorum = SelectField(_l("Quorum"), [chosen()], choices=options(QUORUM_LABELS))
    majority = SelectField(_l("Majority"), [chosen()], choices=options(MAJORITY_LABELS))
    prepares = text(_l("Who prepares it"), 500)
    heard = text(_l("Who must be heard"), 500)
    alone = text(_l("What no leader decides alone"), 500)
    follows = text(_l("What follows the decision"), 500, needed=False)
    rule = line(_l("Rule it rests on"), 100)
    article = line(_l("Article"), 40)

    validate_amount = staticmethod(_amount)

    @classmethod
    def of(cls, ruling: Ruling | None) -> "RulingForm":
        """The form with what a row says."""
        if ruling is None:
            return cls()
        return cls(**ruling.as_json(), amount=yuan_of(ruling.from_fen) if ruling.from_fen else "")

    def ruling(self) -> Ruling:
        """The row, after validation."""
        names = [name for name in Ruling.__dataclass_fields__ if name != "from_fen"]
        said = {name: self[name].data or "" for name in names}
        return Ruling(**said, from_fen=fen_of(self.amount.data) if self.amount.data else 0)


STEP_FORMS: dict[str | None, type[ChangeForm]] = {None: ConfirmForm, "describe": DescribeForm, "adopt": AdoptForm}
