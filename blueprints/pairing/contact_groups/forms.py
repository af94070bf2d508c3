"""The forms of contact groups: who belongs to one, and where it goes."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field
from wtforms.validators import InputRequired, ValidationError

from blueprints.pairing.contact_groups.models import Group, Team, can_join
from core import places
from core.forms import Boxes, ChangeForm, ConfirmForm, OfficeForm, ReasonForm, SelectField, chosen, line


class TeamForm(OfficeForm):
    """A group: its name, its leader, who goes along."""

    name = line(_l("Name of the group"), 60)
    leader = SelectField(_l("Who leads it"), [chosen()])
    members = Boxes(_l("Who goes along"), [InputRequired(_l("Please choose at least one."))])

    def fill(self, group: Group | None = None) -> None:
        """Who can be chosen: staff at work, and whoever belongs to it already."""
        staff = {str(id): name for id, name in can_join()}
        for member in group.members() if group else ():
            staff.setdefault(str(member.user_id), member.user.name)
        self.leader.choices = [("", _("Choose")), *staff.items()]
        self.members.choices = list(staff.items())

    def team(self) -> Team:
        """The group, after validation."""
        members = [int(each) for each in self.members.data or ()]
        return Team(name=self.name.data or "", leader=int(self.leader.data), members=members)


class ChangeTeamForm(TeamForm, ChangeForm):
    """The same, of a group that is there."""


class StopForm(ChangeForm):
    """Where the group goes as well: a street, a village, or an enterprise there."""

    place = SelectField(_l("Village, community or street"), [chosen()])
    enterprise = line(
        _l("Enterprise"), 60, needed=False, description=_l("Only where the group visits an enterprise there.")
    )

    def fill(self) -> None:
        """Every street with its villages."""
        self.place.choices = {
            _("Choose"): [("", _("Choose"))],
            **{
                name: [(code, _("%(street)s as a whole", street=name)), *places.villages_of(code)]
                for code, name in places.townships()
            },
        }

    def validate_place(self, field: Field) -> None:
        """A place of ours, no district."""
        spot = places.find(str(field.data or ""))
        if spot is None or spot.level == "district":
            raise ValidationError(_("Please choose the village or community."))


def form_of(asks: str | None, group: Group) -> ChangeForm:
    """The form of a step with what can be chosen in it."""
    if asks == "group":
        stood: dict[str, Any] = {"name": group.name, "leader": str(group.leader_id)}
        form = ChangeTeamForm(**stood, members=[str(each.user_id) for each in group.members()])
        form.fill(group)
        return form
    if asks == "stop":
        stop = StopForm()
        stop.fill()
        return stop
    return ReasonForm() if asks == "reason" else ConfirmForm()


def answers(form: ChangeForm) -> dict[str, Any]:
    """What was answered, after validation."""
    return {"team": form.team()} if isinstance(form, TeamForm) else dict(form.data)
