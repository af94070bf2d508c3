"""How a report comes in, once however often the form is sent; and what its reporter may do with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from blueprints.accounts.models import Unit
from blueprints.bypass import models as bypass
from blueprints.bypass.domain import Enclosed
from blueprints.rules.keyring.models import eligible
from blueprints.rules.reports.domain import SHOWN, State, What
from blueprints.rules.reports.models import Opened, Report, Secret, Sending, Tip, code_for, opened_by_reporter
from blueprints.rules.reports.queries import Happened, timeline
from core import attachments, clock, vault
from core.deadlines import Deadline
from core.extensions import aside, db, reading
from core.record import entries
from core.workflow import NotPossible


def goes_up(session: Session, person: str, unit: int | None) -> bool:
    """Whether no discipline officer with a key may receive a report about this person or unit."""
    return not eligible(session, [(person, unit)])


def send(tip: Tip, form_key: str) -> str:
    """Make one report of a form, however often it is sent; returns the number of this sending, in hex.

    As with a letter the number comes from the browser's own key and from what was written, and the receipt code from
    the number. Neither is ever stored here, not even for a visitor who has signed in. Raises NotPossible.
    """
    sending = _sending(tip, form_key)
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    first = insert(Sending).values(form_digest=_digest(sending), sent_on=clock.today(), shown=False)
    made = db.session.execute(first.on_conflict_do_nothing().returning(Sending.form_digest)).scalar()
    if made is None:
        db.session.execute(update(Sending).where(Sending.form_digest == _digest(sending)).values(shown=False))
    else:
        keys = eligible(db.session(), tip.concerns)
        if not keys:
            raise NotPossible("nobody")
        Report.file(tip, keys, code_for(sending))
    return sending.hex()


def seal(tip: Tip, kind: str, form_key: str) -> str:
    """Seal a report for the organ one level up, in words that it understands."""
    with reading() as session:
        unit = session.scalar(select(Unit.name).where(Unit.id == tip.unit)) if tip.unit else None
    about = " ".join(filter(None, (tip.person, unit)))
    told = {"kind": "report", "place": "", "about": [about], "subject": kind, "text": tip.text}
    files = [Enclosed(each.name, each.data) for each in tip.files]
    return bypass.seal({**told, "identity": tip.identity}, files, tip.fingerprint(), form_key)


def _sending(tip: Tip, form_key: str) -> bytes:
    return vault.mac("form", b"report" + bytes.fromhex(form_key) + tip.fingerprint())


def _digest(sending: bytes) -> bytes:
    return vault.mac("form", b"sent report" + sending)


def sent(sending: str) -> tuple[Report, str] | None:
    """The report of a sending and its receipt code, if the code has not been shown yet."""
    number = bytes.fromhex(sending)
    waits = select(Sending.form_digest).where(Sending.form_digest == _digest(number), Sending.shown.is_(False))
    if db.session.scalar(waits) is None:
        return None
    code = code_for(number)
    report = db.session.scalar(select(Report).where(Report.receipt_digest == Secret.of(code).digest))
    return (report, code) if report else None


def note_shown(sending: str) -> None:
    """The receipt code of this sending was shown: it is not shown again."""
    with aside() as session:
        digest = _digest(bytes.fromhex(sending))
        session.execute(update(Sending).where(Sending.form_digest == digest).values(shown=True))


# --- what the holder of the code does --------------------------------------------------------------------------------


def open_report(id: int, private: bytes, *, to_change: bool = False) -> Opened | None:
    """The report that a receipt code opens."""
    report = db.session.get(Report, id, with_for_update=to_change)
    return opened_by_reporter(report, private) if report else None


def write_back(opened: Opened, text: str, files: Sequence[attachments.Cleaned]) -> None:
    """The reporter writes to the office, with files or without; the button pressed twice writes once."""
    last = next((each for each in reversed(opened.parts) if each.what is What.MESSAGE), None)
    if last is not None and last.author_id is None and last.told["text"] == text:
        came = [(file.name, file.size) for file in opened.files() if file.part_id == last.id]
        if came == [(file.name, len(file.data)) for file in files]:
            return
    opened.write(What.MESSAGE, {"text": text}, by=None, shown=True, files=files)
    opened.report.unread = True
    opened.report.trace("wrote", by=None, files=len(files))


@dataclass(frozen=True)
class Notice:
    """A notice of retaliation, as its sender sees it."""

    sent_on: date
    state: State
    deadline: Deadline | None
    text: str
    answer: str


def notices(opened: Opened, private: bytes) -> list[Notice]:
    """What became of the notices of retaliation for this report."""
    found = []
    rows = db.session.scalars(select(Report).where(Report.of_id == opened.report.id).order_by(Report.id))
    for row in rows:
        notice = opened_by_reporter(row, private)
        if notice is not None:
            (told,), answers = notice.told(What.REPORT), notice.told(What.ANSWER)
            answer = answers[-1]["text"] if answers else ""
            found.append(Notice(row.received_on, State(row.state), row.deadline, told["text"], answer))
    return found


def complain(opened: Opened, text: str, person: str, unit: int | None, private: bytes) -> None:
    """Send a notice of retaliation; the button pressed twice sends one. Raises NotPossible where nobody may read it."""
    last = notices(opened, private)[-1:]
    if not (last and last[0].text == text and last[0].sent_on == clock.today()):
        Report.complain(opened, text, person, unit, private)


def happened(report: Report) -> list[Happened]:
    """The steps that the reporter is told of, without who took them."""
    shown = [each.action in SHOWN for each in entries(report.thread)]
    return [Happened(each.at, each.title, None) for each, tell in zip(timeline(report), shown, strict=True) if tell]
