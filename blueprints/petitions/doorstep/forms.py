"""The form of a letter taken down in the village."""

import re

from wtforms import HiddenField

from blueprints.petitions.docket.domain import Channel
from blueprints.petitions.letterbox.forms import IntakeForm

_KEY = re.compile(r"[0-9a-f]{32}")


class TakeDownForm(IntakeForm):
    """The letter of somebody who came to a visit. It carries its own key, so that sent again it is the same matter."""

    channel = None  # type: ignore[assignment] # WTForms' way to leave a field out: it is a visit
    form_key = HiddenField()

    def channel_of_entry(self) -> Channel:
        return Channel.VISIT

    def key(self, fresh: str) -> str:
        """The key of this form; a fresh one where it has none that we made."""
        found: str = self.form_key.data or ""
        return found if _KEY.fullmatch(found) else fresh
