"""A calendar that other programs read (iCalendar, RFC 5545): appointments as one file."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from core import clock
from settings import settings

_LONGEST = 75  # octets of a line, without its end


@dataclass(frozen=True)
class Appointment:
    """One appointment on the office's wall clock; `uid` is the same whenever it is sent again."""

    uid: str
    on: date
    starts: str  # HH:MM
    ends: str
    title: str
    place: str
    words: str = ""
    status: str = "CONFIRMED"  # or TENTATIVE, CANCELLED


def calendar(appointments: Iterable[Appointment]) -> bytes:
    """The file: lines of at most 75 octets, CRLF, times in UTC so that no program needs to know the zone."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Xiafang//down-visits//ZH", "CALSCALE:GREGORIAN"]
    for each in appointments:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{each.uid}@xiafang",
            f"DTSTAMP:{_utc(clock.now())}",
            f"DTSTART:{_utc(_moment(each.on, each.starts))}",
            f"DTEND:{_utc(_moment(each.on, each.ends))}",
            f"SUMMARY:{_escaped(each.title)}",
            f"LOCATION:{_escaped(each.place)}",
            *([f"DESCRIPTION:{_escaped(each.words)}"] if each.words else []),
            f"STATUS:{each.status}",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _moment(on: date, at: str) -> datetime:
    return datetime.combine(on, time.fromisoformat(at), ZoneInfo(settings().ZONE))


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    """Backslash, semicolon, comma and line ends as RFC 5545 writes them in a text (3.3.11)."""
    for plain, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(plain, written)
    return text


def _folded(line: str) -> bytes:
    """The line cut where 75 octets are full, never inside a character (3.1)."""
    pieces, piece = [], b""
    for sign in line:
        octets = sign.encode()
        if len(piece) + len(octets) > _LONGEST:
            pieces.append(piece)
            piece = b" "
        piece += octets
    return b"\r\n".join([*pieces, piece]) + b"\r\n"
