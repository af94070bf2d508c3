"""Rows of this wing that say how a person is reached: it is sealed, and shown to nobody who does not say why."""

from core.record import ThreadHead, happened
from core.workflow import NotPossible

OPENED = "contact opened"


class Reached(ThreadHead):
    """Somebody who can be reached, with a record of their own."""

    __abstract__ = True

    @property
    def erased(self) -> bool:
        """Whether its period has ended and two persons erased it."""
        return happened(self.thread, "erased")

    def open_contact(self, reason: str, *, by: int) -> str:
        """How somebody is reached, once it is written down who wanted to know and why. Raises NotPossible."""
        contact: str | None = self.contact  # type: ignore[attr-defined] # sealed, in each row of this kind
        if contact is None:
            raise NotPossible(OPENED)
        self.trace(OPENED, by=by, note=reason)
        return contact
