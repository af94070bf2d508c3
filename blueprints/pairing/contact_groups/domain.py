"""What a contact group is, and the procedure of its route and its members."""

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from core.roles import Role
from core.words import Words
from core.workflow import Step, Table, Workflow


class State(StrEnum):
    """Whether a group goes out."""

    ACTIVE = "active"
    DISSOLVED = "dissolved"


STATE_LABELS = {
    State.ACTIVE: _l("Group at work"),
    State.DISSOLVED: _l("Group dissolved"),
}

STAFF = (Role.CLERK, Role.HANDLER, Role.LEADER)
OFFICE = (Role.CLERK, Role.LEADER)
S = State

# fmt: off
WORKFLOW = Workflow(
    #    action      label                                   from          to            who     asks
    Step("change",   _l("Change its name, leader, members"), (S.ACTIVE,),  None,         OFFICE, asks="group"),
    Step("stop",     _l("Add a stop to its route"),          (S.ACTIVE,),  None,         OFFICE, asks="stop"),
    Step("leave_out", _l("Take a stop out of the route"),    (S.ACTIVE,),  None,         OFFICE),
    Step("dissolve", _l("Dissolve the group"),               (S.ACTIVE,),  S.DISSOLVED,  OFFICE, asks="reason"),
    start=S.ACTIVE,
)
# fmt: on

OF_A_STOP = ("leave_out",)  # steps about one stop, not about the group

EVENT_LABELS = {
    "set up": _l("Contact group set up"),
    "change": _l("Contact group changed"),
    "stop": _l("Stop added to a route"),
    "leave_out": _l("Stop taken out of a route"),
    "dissolve": _l("Contact group dissolved"),
}

EXPLAINED = {
    "leave_out": _l("The group goes there no more. What was found there stays."),
}

LABELS = {"state": STATE_LABELS}

TABLES = (
    Table(
        "contact_group",
        Words(zh="基层联系：联系组", en="Contact group"),
        WORKFLOW,
        STATE_LABELS,
        "contacts.manage",
    ),
)
