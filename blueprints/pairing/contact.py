"""The page on which a contact is opened: first the reason, which is recorded, then the contact on that answer alone."""

from collections.abc import Sequence
from typing import Any

from flask import Response, g
from flask_babel import lazy_gettext as _l

from blueprints.pairing.reached import Reached
from core.forms import OfficeForm, text
from core.pages import found, page
from core.questions import sends


class ContactForm(OfficeForm):
    """Why somebody needs to know how a person is reached."""

    reason = text(_l("Why do you need the contact?"), 500)


def contact_of(row: Reached, name: str | None, crumbs: Sequence[tuple[Any, str]]) -> Response:
    """Ask why; then write the opening down and show the contact: on no page that can be loaded again.

    The last of the crumbs is the row itself. Whose contact is erased has none.
    """
    found(None if row.erased else name)
    form, status, contact = ContactForm(), 200, ""
    if sends() and form.validate_on_submit():
        contact = row.open_contact(form.reason.data or "", by=g.viewer.id)
    elif sends():
        status = 422
    return page("pairing/contact.html", status=status, form=form, name=name, crumbs=crumbs, contact=contact)
