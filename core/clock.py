"""The only clock: moments in UTC, days in the office's zone."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from settings import settings


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """The same moment on the office's wall."""
    return moment.astimezone(ZoneInfo(settings().ZONE))


def today() -> date:
    """The office's date, which is not always the date in UTC."""
    return local(now()).date()
