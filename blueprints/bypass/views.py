"""What the writer of a sealed letter is told, and how many sealed letters wait."""

from datetime import datetime

from flask import Blueprint, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.bypass import models
from core import clock, receipts
from core.pages import language, page
from core.permissions import allow
from settings import settings

bp = Blueprint("bypass", __name__)


@bp.get("/letters/sealed")
@allow("public")
def sealed() -> ResponseReturnValue:
    """What happened to a letter about this office: with its receipt code, which is shown once, or looked up by it."""
    sending: str = session.get("sealed", "")
    found = models.sent(sending) if sending else None
    if found is not None:
        standing, code = found
        qr = receipts.qr_svg(code, _("Receipt code as a picture for a phone"), "qr")
        answer = page("bypass/sealed.html", standing=standing, code=code, qr=qr, organ=_organ())
        if request.method == "GET":  # a HEAD shows nobody anything
            models.note_shown(sending)
        return answer
    number, until = session.get("sealed_number"), session.get("letter_until", "")
    looked_up = models.standing(number) if number and until and clock.now() <= datetime.fromisoformat(until) else None
    if looked_up is None:
        return page("petitions/letterbox/sent_before.html")
    return page("bypass/sealed.html", standing=looked_up, code="", qr="", organ=_organ())


def _organ() -> str:
    return settings().SUPERIOR_NAME if language() == "zh" else settings().SUPERIOR_NAME_EN


@bp.get("/protection/sealed")
@allow("protection.bypass")
def waiting() -> ResponseReturnValue:
    """How many sealed letters wait to be handed over; nothing of any of them."""
    set_up = models.organ_key() is not None
    return page("bypass/waiting.html", counts=models.counts(), set_up=set_up, organ=_organ())
