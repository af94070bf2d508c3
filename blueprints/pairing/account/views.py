"""The pages of the account: the figures of a year, what is behind each of them, and the tables as Excel."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

import rooms
from blueprints.pairing.account import queries
from blueprints.pairing.account.domain import DIVIDED, MEANS, MEASURE_LABELS, MONEY, Measure
from blueprints.pairing.account.forms import AccountForm, wanted
from core import charts, money
from core.pages import found, page
from core.permissions import allow
from core.tables import Sheet, send_xlsx, write_xlsx
from core.texts import plain

bp = Blueprint("account", __name__, url_prefix="/account")


@bp.get("/")
@allow("account.read")
def account() -> ResponseReturnValue:
    """A year of pairing: in all, by village, by kind of need, by month."""
    form = AccountForm(request.args)
    of = queries.account(g.viewer, form.of, form.narrowed)
    about: dict[str, Any] = {
        "form": form,
        "of": of,
        "chart": _chart(of.months),
        "others": [each for room in rooms.figures() for each in room(form.of, form.narrowed, g.viewer)],
        "divided": DIVIDED,
        "in_fen": MONEY,
        "grouped": money.grouped,
    }
    labels = {"measure": plain(MEASURE_LABELS), "means": plain(MEANS)}
    return page("pairing/account/account.html", block="account", labels=labels, **about)


def _chart(months: Any) -> Any:
    labels = plain(MEASURE_LABELS)
    shown = (Measure.RAISED, Measure.MET)
    return charts.bars(
        "needs",
        title=_("Needs raised and met in each month"),
        desc=_("The numbers stand in the table below."),
        labels=[row.key for row in months],
        series=[charts.Series(str(labels[each]), [row.numbers[each] for row in months]) for each in shown],
    )


@bp.get("/behind")
@allow("account.read")
def behind() -> ResponseReturnValue:
    """What a figure counts."""
    form = AccountForm(request.args)
    asked = found(wanted(form, request.args))
    address = {**form.address, "measure": asked.measure, "by": asked.by or "", "key": asked.key}
    listing = replace(queries.behind(g.viewer, asked, request.args.get("after", "")), filters=address)
    about: dict[str, Any] = {
        "what": plain(MEASURE_LABELS)[asked.measure],
        "means": plain(MEANS)[asked.measure],
        "of": queries.name_of(asked),
        "number": queries.number(g.viewer, asked),
        "in_fen": asked.measure in MONEY,
        "money": money.shown,
        "grouped": money.grouped,
    }
    return page("pairing/account/behind.html", form=form, listing=listing, asked=asked, **about)


@bp.get("/account.xlsx")
@allow("account.read")
def workbook() -> ResponseReturnValue:
    """The tables of the page as Excel."""
    form = AccountForm(request.args)
    of = queries.account(g.viewer, form.of, form.narrowed)
    names = plain(MEASURE_LABELS)
    whole: list[tuple[Any, ...]] = [(names[each], _cell(each, number)) for each, number in of.totals.items()]
    if of.took:
        whole += [(_("Days until a need was met, median"), of.took.median)]
        whole += [(_("Middle half, from"), of.took.low), (_("Middle half, to"), of.took.high)]
    whole += [(_("Hours taught"), of.training.hours), (_("Seats"), of.training.seats), (_("Came"), of.training.came)]
    heads = [str(names[each]) for each in DIVIDED]
    data = write_xlsx(
        Sheet(_("In all"), [_("Figure"), str(form.of)], whole),
        Sheet(_("By village"), [_("Village"), *heads], _cells(of.villages)),
        Sheet(_("By kind of need"), [_("Kind of need"), *heads], _cells(of.kinds)),
    )
    return send_xlsx(data, f"{_('Account of pairing')}-{form.of}")


def _cells(rows: Any) -> list[list[Any]]:
    return [[row.name, *(_cell(each, number) for each, number in row.numbers.items())] for row in rows]


def _cell(measure: Measure, number: int) -> Any:
    return money.yuan(number) if measure in MONEY else number
