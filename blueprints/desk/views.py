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
        ("record.read", "desk.record", _("Record"), _("What happened, when, and by which account.")),
        ("protection.retaliation", "protection.notices", _("Notices of retaliation"), models.waiting_words(g.viewer)),
        ("protection.readings", "protection.readings", _("Reading log"), _("Who opened what of which matter.")),
        ("accounts.manage", "accounts.people", _("Accounts"), _("Units and the people who sign in.")),
        ("member", "letterbox.status", _("Look up a letter"), _("With a receipt code.")),
    )
    doors = [(label, text, url_for(room)) for permission, room, label, text in every if may(g.viewer, permission)]
    reads = may(g.viewer, "petitions.read")
    lines = models.due_soon(g.viewer) if reads else None
    unread = models.unread(g.viewer) if reads else []
    return page("desk/desk.html", lines=lines, unread=unread, doors=doors, labels=plain(LABELS))


@bp.get("/record")
@allow("record.read")
def record() -> ResponseReturnValue:
    """What happened, for the auditor and the leader."""
    return page("desk/record.html", listing=models.record(g.viewer, request.args.get("after", "")))
