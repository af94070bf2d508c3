"""What `flask check` remarks of the notices of retaliation."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from blueprints.petitions.protection import models


def unseen(session: Session) -> Iterator[str]:
    """Notices that wait for somebody who is not there any more."""
    for id in models.unseen(session):
        yield f"petition {id}: a notice of retaliation waits, and nobody who may see it is left"
