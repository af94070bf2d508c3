"""Who people are to the office: the public, and the seven roles of those who sign in."""

from dataclasses import dataclass
from enum import StrEnum

from flask_babel import lazy_gettext as _l


class Role(StrEnum):
    """What a person who signed in is here to do. Each person has one role."""

    CONTACT = "contact"
    CLERK = "clerk"
    HANDLER = "handler"
    LEADER = "leader"
    DISCIPLINE = "discipline"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> str:
        """The role's name for people."""
        return str(ROLE_LABELS[self])


ROLE_LABELS = {
    Role.CONTACT: _l("Grassroots contact"),
    Role.CLERK: _l("Clerk"),
    Role.HANDLER: _l("Handler"),
    Role.LEADER: _l("Leader"),
    Role.DISCIPLINE: _l("Discipline officer"),
    Role.AUDITOR: _l("Auditor"),
    Role.ADMINISTRATOR: _l("Administrator"),
}


@dataclass(frozen=True)
class Viewer:
    """The person who signed in, as of this request. It is a copy: nothing here writes to the database."""

    id: int
    name: str
    role: Role
    unit_id: int
    unit_name: str
    unit_line: tuple[int, ...]  # the own unit and every unit above it: a complaint about one of them walls this person
    place_code: str | None  # the village of a grassroots contact
    name_digest: bytes  # keyed digest of the own name: a complaint that names this person walls them
    must_change: bool  # the first password has not been changed yet
