"""The demo: an office with invented people, and letters in every state, dated from four months ago to today,
and two of years ago.

Nothing is written into tables by hand: every letter is sent, registered, handled and answered by the verbs that the
pages use, in the order of time, with the office's clock set to each moment. Two runs give the same office but for keys
and ids.
"""

import tomllib
from collections.abc import Iterator
from random import Random

from sqlalchemy import select

from blueprints.accounts.models import User, password_fits
from core import clock, receipts
from core.extensions import db
from core.places import import_file
from demo import (
    causes,
    contact,
    daily,
    decisions,
    households,
    image,
    pairing,
    posts,
    protection,
    receptions,
    reports,
    rules,
    screening,
    training,
    visits,
    year_reports,
)
from demo.letters import LETTERS, Told
from demo.office import EARLIEST, PASSWORD, PEOPLE, PLACES, UNITS, Office, at
from settings import settings

__all__ = ["LETTERS", "PASSWORD", "PEOPLE", "PLACES", "UNITS", "at", "fill", "sign_in_names"]

# What happens in each room besides the letters: every act with its moment.
ROOMS = (
    *(causes.happenings, visits.happenings, screening.happenings, protection.happenings),
    *(rules.happenings, reports.happenings, receptions.happenings),
    *(image.happenings, decisions.happenings, pairing.happenings, training.happenings),
    *(posts.happenings, households.happenings),
    *(contact.happenings, year_reports.happenings),
)


def fill() -> list[str]:
    """Fill the empty office in one transaction; what to tell the operator."""
    story = tomllib.loads(LETTERS.read_text("utf-8"))
    chance = Random(20260701)  # noqa: S311 - the same office every time
    now = clock.now()
    with at(now - EARLIEST):
        import_file(db.session(), PLACES)
        office = Office.open(chance)
        daily.begin(office)
    names = iter(story["names"])
    letters = [Told(told, office, chance, names) for told in story["letter"]]
    happenings = [happening for letter in letters for happening in letter.happenings(now)]
    for room in ROOMS:
        happenings += room(office, letters, now)
    for moment, act in sorted(happenings, key=lambda happening: happening[0]):
        with at(moment):
            act()
    db.session.commit()
    shown = [letter for letter in letters if letter.told.get("receipt")]
    return [
        f"The demo office is open: {len(letters)} letters, all invented.",
        "Receipt codes to look up at /letters/status:",
        *(f"  {receipts.grouped(letter.code)}  {letter.subject}" for letter in shown),
        f"  {receipts.grouped(reports.shown())}  {reports.SHOWN}",
    ]


def sign_in_names() -> Iterator[str]:
    """Who can sign in to a demo office; nothing once its password was changed."""
    clerk = db.session.scalar(select(User).where(User.username == PEOPLE[0][0], User.name == PEOPLE[0][1]))
    if clerk is None or not password_fits(PASSWORD, clerk.password_hash):
        return
    yield f"Sign in at /sign-in with one of these names and the password {PASSWORD}:"
    for username, name, role, unit in PEOPLE:
        yield f"  {username:<11} {role.value:<14} {name}  {UNITS[unit][0] or settings().OFFICE_NAME}"
    yield f"For this demo alone, the discipline officers' keys open with the passphrase {reports.PASSPHRASE}"
