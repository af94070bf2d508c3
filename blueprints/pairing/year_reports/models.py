"""The table of yearly reports, the verbs that move them, and who may see them."""

from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    false,
    select,
    text,
    true,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from blueprints.accounts.models import User
from blueprints.pairing.year_reports import papers as wording
from blueprints.pairing.year_reports.domain import (
    NUMBERED,
    OPEN,
    READERS,
    WORKFLOW,
    WRITERS,
    Figures,
    Only,
    Section,
    State,
    as_text,
)
from core import clock, vault
from core.extensions import Base, Id, db, one_of
from core.record import ThreadHead
from core.roles import Viewer
from core.serials import Serial
from core.sheets import Sheets, as_json
from core.words import Words
from core.workflow import NotPossible, Step
from settings import settings

_OPEN: dict[str, Any] = dict.fromkeys(("sqlite_where", "postgresql_where"), text("state IN ('drafted', 'sent')"))
_ISSUED: dict[str, Any] = dict.fromkeys(("sqlite_where", "postgresql_where"), text("state = 'issued'"))


class YearReport(ThreadHead, Base):
    """A yearly report: a draft that lives over the figures, then a paper that stays."""

    __tablename__ = "year_report"
    __table_args__ = (
        CheckConstraint(one_of("state", State), name="state"),
        CheckConstraint("(state IN ('issued', 'replaced')) = (serial IS NOT NULL)", name="issued"),
        *(
            CheckConstraint(f"(serial IS NULL) = ({column} IS NULL)", name=name)
            for name, column in (
                ("serial_year", "serial_year"),
                ("number", "number"),
                ("issued_on", "issued_on"),
                ("issued_by", "issued_by_id"),
                ("figures", "figures_sealed"),
                ("sheets", "sheets_sealed"),
            )
        ),
        CheckConstraint("replaces_id <> id", name="replaces"),
        UniqueConstraint("serial_year", "serial", name="uq_year_report_serial"),
        Index("uq_year_report_open", "year", unique=True, **_OPEN),
        Index("uq_year_report_issued", "year", unique=True, **_ISSUED),
        Index("ix_year_report_year", "year", "id"),
        Index("ix_year_report_replaces_id", "replaces_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    year: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    begun_on: Mapped[date]
    begun_by_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))
    replaces_id: Mapped[int | None] = mapped_column(Id, ForeignKey("year_report.id"))
    serial_year: Mapped[int | None]
    serial: Mapped[int | None]
    number: Mapped[str | None] = mapped_column(String(40))
    issued_on: Mapped[date | None]
    issued_by_id: Mapped[int | None] = mapped_column(Id, ForeignKey("user.id"))
    sections_sealed: Mapped[bytes]
    figures_sealed: Mapped[bytes | None]
    sheets_sealed: Mapped[bytes | None]

    sections = vault.Sealed[dict[str, str]]("sections_sealed")
    kept = vault.Sealed[dict[str, Any] | None]("figures_sealed")  # the figures as they were when it was issued
    sheets = vault.Sealed[dict[str, Any] | None]("sheets_sealed")

    begun_by: Mapped[User] = relationship(foreign_keys=[begun_by_id])
    issued_by: Mapped[User | None] = relationship(foreign_keys=[issued_by_id])
    replaces: Mapped["YearReport | None"] = relationship(remote_side=[id])

    @classmethod
    def begin(cls, year: int, *, by: Viewer) -> "YearReport":
        """Begin the report of a year; where one is drafted or issued already, it is that one."""
        return latest(year) or cls._begin(year, {}, None, by)

    @classmethod
    def _begin(cls, year: int, sections: dict[str, str], replaces: int | None, by: Viewer) -> "YearReport":
        row = cls(year=year, state=WORKFLOW.start, begun_on=clock.today(), begun_by_id=by.id, version=0)
        row.replaces_id, row.sections, row.kept, row.sheets = replaces, sections, None, None
        try:
            with db.session.begin_nested():
                db.session.add(row)
                row.trace("begun", by=by.id, year=year, replaces=replaces)
        except IntegrityError:  # somebody else began it at this moment: it is theirs
            there = latest(year)
            if there is None:
                raise
            return there
        return row

    # --- how it moves ----------------------------------------------------------------------------------------------

    def steps(self, viewer: Viewer) -> list[Step]:
        """The steps this person may take now: what the table opens to them, less what cannot be."""
        return [each for each in WORKFLOW.open_to(viewer.role, State(self.state)) if self._fits(each)]

    def _fits(self, step: Step) -> bool:
        match step.only:
            case Only.WRITTEN:
                return all(self.sections.get(each) for each in Section)
            case Only.ALONE:
                return drafted(self.year) is None
            case Only.ITSELF:
                return False
        return True

    def move(self, action: str, values: dict[str, Any], *, by: Viewer) -> Step:
        """Take one step: its effect and its entry. Raises NotPossible."""
        step = WORKFLOW.step(action)
        if step not in self.steps(by):
            raise NotPossible(action)
        noted: dict[str, Any] = {}
        match action:
            case "write":
                self.sections = {each: values.get(each) or "" for each in Section}
            case "issue":
                noted = self._issue(values["figures"], by)
            case "correct":
                noted = {"corrected_by": self._begin(self.year, self.sections, self.id, by).id}
        self.state = step.after(State(self.state))
        self.trace(action, by=by.id, note=values.get("reason") or None, state=self.state, **noted)
        return step

    def _issue(self, figures: Figures, by: Viewer) -> dict[str, Any]:
        """From here on nothing of it changes. The record keeps the digests of the figures and of the paper, so that
        `flask check` finds any number that was altered."""
        if figures.year != self.year:
            raise NotPossible("issue")
        today = clock.today()
        if self.replaces_id is not None:
            self._replace(by)
        serial = Serial.next(wording.KIND, today.year)
        number = f"{settings().OFFICE_MARK}{wording.MARK}〔{today.year}〕{serial}号"
        kept, sheets = figures.as_json(), as_json(self.as_paper(figures, number))
        self.serial_year, self.serial, self.number = today.year, serial, number
        self.issued_on, self.issued_by_id = today, by.id
        self.kept, self.sheets = kept, sheets
        return {"year": today.year, "serial": serial, "figures": digest(kept), "sheets": digest(sheets)}

    def _replace(self, by: Viewer) -> None:
        """The one that this report corrects is replaced in the same moment; it stays as it is."""
        old = db.session.get(YearReport, self.replaces_id, with_for_update={"of": YearReport}, populate_existing=True)
        if old is None or old.state != State.ISSUED:
            raise NotPossible("issue")
        old.state = State.REPLACED
        old.trace("replace", by=by.id, state=old.state, replaced_by=self.id)
        db.session.flush()  # of a year one report is in use: the old one goes first

    # --- what it says ----------------------------------------------------------------------------------------------

    @property
    def issued(self) -> bool:
        """Whether it has a number and stays as it is."""
        return self.state in NUMBERED

    @property
    def figures(self) -> Figures | None:
        """The figures that were kept with it; none before it is issued."""
        return Figures.from_json(self.kept) if self.kept is not None else None

    def as_paper(self, figures: Figures, number: str = "") -> Sheets:
        """The report over these figures, as of today."""
        head = wording.Head(
            number=number,
            office=Words(zh=settings().OFFICE_NAME, en=settings().OFFICE_NAME_EN),
            on=clock.today(),
            replaces=(self.replaces.number or "") if self.replaces else "",
        )
        return wording.report(head, figures, self.sections)

    def corrections(self, viewer: Viewer) -> list["YearReport"]:
        """The reports that correct this one and were not dropped, as far as this person may see them."""
        wanted = select(YearReport).where(
            YearReport.replaces_id == self.id, YearReport.state != State.DROPPED, seen_by(viewer)
        )
        return list(db.session.scalars(wanted.order_by(YearReport.id)))


def digest(told: Any) -> str:
    """The keyed digest of what is kept with a report."""
    return vault.mac("record", b"year_report " + as_text(told).encode()).hex()


def drafted(year: int) -> YearReport | None:
    """The report of a year that is being drafted or waits for the leader."""
    return db.session.scalar(select(YearReport).where(YearReport.year == year, YearReport.state.in_(OPEN)))


def latest(year: int) -> YearReport | None:
    """The report of a year that is drafted, waits, or is in use."""
    live = YearReport.state.in_((*OPEN, State.ISSUED))
    return db.session.scalars(
        select(YearReport).where(YearReport.year == year, live).order_by(YearReport.id.desc()).limit(1)
    ).first()


@lru_cache(256)
def seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """The reports this person may see: the office all of them, others what was issued. A draft is the office's."""
    if viewer.role in WRITERS:
        return true()
    return YearReport.state.in_(NUMBERED) if viewer.role in READERS else false()


def load(id: int, viewer: Viewer, *, to_move: bool = False) -> YearReport | None:
    """The report, if this person may see it; `to_move` holds its row until the request is settled."""
    wanted = select(YearReport).where(YearReport.id == id, seen_by(viewer))
    around = (joinedload(YearReport.replaces), joinedload(YearReport.begun_by), joinedload(YearReport.issued_by))
    return db.session.scalar(wanted.with_for_update(of=YearReport) if to_move else wanted.options(*around))
