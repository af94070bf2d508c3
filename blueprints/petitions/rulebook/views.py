"""The pages of clocks and calendar: a year and its days, the procedures and their clocks."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, abort, flash, g, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from blueprints.petitions.rulebook import domain, models
from blueprints.petitions.rulebook.forms import DayForm, ProcedureForm, YearForm
from core import clock, procedures, profiles, workdays
from core.extensions import db, reading
from core.notices import Day
from core.pages import found, language, page
from core.permissions import allow
from core.procedures import Procedure
from core.profiles import ProfileError
from core.record import Thread
from core.texts import plain
from core.workdays import CalendarYear

bp = Blueprint("rulebook", __name__, url_prefix="/settings")


# --- the calendar --------------------------------------------------------------------------------------------------


@bp.get("/calendar")
@bp.get("/calendar/<id:year>")
@allow("settings.read")
def calendar(year: int | None = None) -> ResponseReturnValue:
    """A year on the wall, the days in it that are not as in the plain week, and what was changed of it."""
    return _year_page(_year(clock.today().year if year is None else year))


def _year(year: int) -> int:
    if not domain.FIRST_YEAR <= year <= clock.today().year + domain.YEARS_AHEAD:
        abort(404)
    return year


def _year_page(
    year: int, day: DayForm | None = None, table: YearForm | None = None, status: int = 200, **more: Any
) -> Response:
    with reading() as database:
        days, row = workdays.days_of(database, year), database.get(CalendarYear, year)
        provisional = workdays.calendar(database).provisional(year)
    version = row.version if row else 0
    about = {"lines": domain.as_lines(days, language()), "published": not provisional}
    forms = {
        "day": day or DayForm(year, formdata=None),
        "table": table or YearForm(year, formdata=None, **about),
    }
    forms["table"].sure.data = ""  # whatever is sent from here is shown again before it is put
    for form in forms.values():
        form.version.data = str(version)
    return page(
        "petitions/rulebook/calendar.html",
        status=status,
        year=year,
        years=[each for each in (year - 1, year + 1) if domain.FIRST_YEAR <= each <= clock.today().year + 3],
        days=days,
        months=domain.months(year, days),
        week=domain.WEEK,
        provisional=provisional,
        own=row is not None,
        events=models.history(Thread("calendar_year", year)),
        event_labels=plain(domain.YEAR_EVENT_LABELS),
        labels=plain(domain.LABELS),
        **forms,
        **more,
    )


@bp.post("/calendar/<id:year>/day")
@allow("settings.manage")
def put_day(year: int) -> ResponseReturnValue:
    """One day put right: first what it moves is shown."""
    form = DayForm(_year(year))
    if not form.validate_on_submit():
        return _year_page(year, day=form, status=422)
    with reading() as database:
        before = workdays.days_of(database, year)
        published = not workdays.calendar(database).provisional(year)
    days = domain.with_day(before, form.on, str(form.what.data), form.name.data or "")
    lines = domain.as_lines(days, language())
    about = {"lines": lines, "source": form.why.data, "published": published, "version": form.seen}
    return _checked(year, before, days, YearForm(year, formdata=None, **about))


@bp.post("/calendar/<id:year>")
@allow("settings.manage")
def put_year(year: int) -> ResponseReturnValue:
    """The table of a year: first what it moves is shown; sent again from there, it is put."""
    form = YearForm(_year(year))
    if not form.validate_on_submit():
        return _year_page(year, table=form, status=422)
    with reading() as database:
        before, row = workdays.days_of(database, year), database.get(CalendarYear, year)
    if form.seen != (row.version if row else 0):
        return _year_page(year, table=form, status=409, others=domain.changes(form.days, before))
    if not form.sure.data:
        return _checked(year, before, form.days, form)
    days = domain.sourced(form.days, before, form.source.data or "")
    effect = models.put_year(year, days, bool(form.published.data), by=g.viewer)
    flash(_("The calendar of %(year)s is saved.", year=year) + " " + _told(effect), "success")
    return redirect(url_for(".calendar", year=year), 303)


def _checked(year: int, before: Sequence[Day], days: Sequence[Day], form: YearForm) -> Response:
    """What a change would do, before it is done."""
    published = bool(form.published.data)
    with reading() as database:
        now = workdays.calendar(database)
        fresh = now.with_year(year, {day.on: day.working for day in days}, published)
        effect = models.effect(database, fresh, year, g.viewer)
    form.sure.data = "y"
    return page(
        "petitions/rulebook/check.html",
        year=year,
        changes=domain.changes(before, days),
        published=published if published == now.provisional(year) else None,
        touches=any(effect),
        told=_told(effect, ahead=True),
        form=form,
        labels=plain(domain.LABELS),
    )


def _told(effect: models.Effect, *, ahead: bool = False) -> str:
    """The effect in words: numbers alone, no matter."""
    if ahead:
        moved = ngettext("%(num)s running deadline will move.", "%(num)s running deadlines will move.", effect.moved)
        stays = ngettext(
            "%(num)s more is counted anew and stays on its day.",
            "%(num)s more are counted anew and stay on their day.",
            effect.stays,
        )
    else:
        moved = ngettext("%(num)s running deadline was moved.", "%(num)s running deadlines were moved.", effect.moved)
        stays = ngettext(
            "%(num)s more was counted anew and stays on its day.",
            "%(num)s more were counted anew and stay on their day.",
            effect.stays,
        )
    return f"{moved} {stays}" if effect.stays else str(moved)


# --- the procedures ------------------------------------------------------------------------------------------------


@bp.get("/profiles")
@allow("settings.read")
def all_procedures() -> ResponseReturnValue:
    """Every procedure, and which one new matters begin with."""
    return page(
        "petitions/rulebook/procedures.html",
        in_force=procedures.in_force(clock.today()),
        all=[
            *((row.profile, row) for row in procedures.all_of_them()),
            *((each, None) for each in sorted(map(profiles.profile, profiles.shipped()), key=domain.newest_first)),
        ],
        labels=plain(domain.LABELS),
    )


@bp.get("/profiles/<code>")
@allow("settings.read")
def procedure(code: str) -> ResponseReturnValue:
    """One procedure as a table that the office can read."""
    row = None if code in profiles.shipped() else found(_row(code))
    return page(
        "petitions/rulebook/procedure.html",
        code=code,
        row=row,
        profile=row.profile if row else profiles.profile(code),
        in_force=procedures.in_force(clock.today()),
        events=models.history(row.thread) if row else [],
        event_labels=plain(domain.PROCEDURE_EVENT_LABELS),
        labels=plain(domain.LABELS),
    )


def _row(code: str, *, to_change: bool = False) -> Procedure | None:
    if not domain.CODE.fullmatch(code):
        return None  # what no procedure is called; PostgreSQL would not even be asked for some of it
    wanted = select(Procedure).where(Procedure.code == code)
    return db.session.scalar(wanted.with_for_update() if to_change else wanted)


@bp.post("/profiles/<code>/copy")
@allow("settings.manage")
def copy(code: str) -> ResponseReturnValue:
    """A copy that can be edited."""
    if code not in profiles.shipped():
        found(_row(code))
    row = Procedure.copy(code, by=g.viewer.id)
    flash(_("Copied. Nothing changes before the copy takes effect."), "success")
    return redirect(url_for(".edit", code=row.code), 303)


@bp.get("/profiles/<code>/edit")
@allow("settings.manage")
def edit(code: str) -> ResponseReturnValue:
    """The clocks of a copy, to be edited until it takes effect."""
    row = found(_row(code))
    if row.settled:
        flash(_("It took effect, and matters may have begun with it: copy it, and edit the copy."), "warning")
        return redirect(url_for(".procedure", code=code), 303)
    form = ProcedureForm(row.profile, row.effective_on, version=row.version)
    return _edit_page(row, form)


def _edit_page(row: Procedure, form: ProcedureForm, status: int = 200, **more: Any) -> Response:
    labels = plain(domain.LABELS)
    return page("petitions/rulebook/edit.html", status=status, row=row, form=form, labels=labels, **more)


@bp.post("/profiles/<code>/edit")
@allow("settings.manage")
def save(code: str) -> ResponseReturnValue:
    """Keep what was edited, unless it took effect in the meantime."""
    row = found(_row(code, to_change=True))
    form = ProcedureForm(row.profile, row.effective_on)
    if row.settled or form.seen != row.version:
        form.version.data = str(row.version)
        return _edit_page(row, form, 409, conflict=True)
    if not form.validate_on_submit():
        return _edit_page(row, form, 422)
    try:
        row.edit(profiles.written(form.profile()), form.effective_on.data, by=g.viewer.id)
    except ProfileError as wrong:
        return _edit_page(row, form, 422, mistakes=str(wrong).splitlines())
    flash(_("Saved."), "success")
    return redirect(url_for(".procedure", code=code), 303)
