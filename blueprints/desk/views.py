"""The desk's pages: what is due for me, and the record."""

from flask import Blueprint, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.desk import models
from blueprints.petitions.docket.domain import LABELS
from core.pages import page
from core.permissions import allow, may
from core.texts import plain

bp = Blueprint("desk", __name__)


@bp.get("/desk")
@allow("member")
def desk() -> ResponseReturnValue:
    """What is due for me, this week, and the doors that are open to my role."""
    every = (
        ("petitions.file", "letterbox.new", _("Write a letter"), _("For yourself, or for a resident of your village.")),
        (
            "petitions.register",
            "letterbox.ask_intake",
            _("Take down a visit, call or letter"),
            _("The receipt is printed at once."),
        ),
        ("petitions.read", "docket.queue", _("Queue"), _("All matters that you may see, the most urgent first.")),
        ("causes.read", "causes.listed", _("Root causes"), _("What letters come from, what is done about it.")),
        (
            "visits.read",
            "visits.index",
            _("Down-visits"),
            _("Plans, promises, and what was said on the spot."),
        ),
        ("screening.read", "screening.rounds", _("Screening"), _("Where trouble is brewing, before it is a letter.")),
        ("figures.read", "figures.figures", _("Figures"), _("In time, solved where it arose, satisfaction.")),
        ("record.read", "desk.record", _("Record"), _("What happened, when, and by which account.")),
        (
            "settings.read",
            "rulebook.all_procedures",
            _("Clocks and calendar"),
            _("The procedures and their time limits, and the working days."),
        ),
        (
            "protection.retaliation",
            "protection.notices",
            _("Notices of retaliation"),
            _("Who was put under pressure for a letter."),
        ),
        ("protection.readings", "protection.readings", _("Reading log"), _("Who opened what of which matter.")),
        ("accounts.manage", "accounts.people", _("Accounts"), _("Units and the people who sign in.")),
        ("member", "receipt.status", _("Look up a letter"), _("With a receipt code.")),
    )
    doors = [(label, text, url_for(room)) for permission, room, label, text in every if may(g.viewer, permission)]
    reads = may(g.viewer, "petitions.read")
    turn = models.due(g.viewer) if reads else None
    unread = models.unread(g.viewer) if reads else []
    parts, labels = models.parts(g.viewer), plain(LABELS)
    return page("desk/desk.html", turn=turn, unread=unread, parts=parts, doors=doors, labels=labels)


@bp.get("/record")
@allow("record.read")
def record() -> ResponseReturnValue:
    """What happened, for the auditor and the leader."""
    return page("desk/record.html", listing=models.record(g.viewer, request.args.get("after", "")))
