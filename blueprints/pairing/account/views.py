"""The pages of the account: the figures of a year, what is behind each of them, and the tables as Excel."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

import rooms
from blueprints.pairing.account import queries
from blueprints.pairing.account.domain import CHARTED, DIVIDED, MEANS, MEASURE_LABELS, MONEY, Measure
from blueprints.pairing.account.forms import AccountForm, wanted
from core import charts, money
from core.desk import Figure
from core.pages import found, page
from core.permissions import allow
from core.tables import Sheet, send_xlsx, write_xlsx
from core.texts import plain

bp = Blueprint("account", __name__, url_prefix="/account")


@bp.get("/")
@allow("account.read")
def account() -> ResponseReturnValue:
    """A year of pairing: in all, by village, by kind of need, by month."""
    form = AccountForm(request.args, g.viewer)
    of = queries.account(g.viewer, form.of, form.narrowed)
    about: dict[str, Any] = {
        "form": form,
        "of": of,
        "chart": _chart(of.months),
        "charts": {"village": _of_money("village", of.villages), "kind": _of_money("kind", of.kinds)},
        "charted": CHARTED,
        "others": _others(form),
        "divided": DIVIDED,
        "in_fen": MONEY,
        "grouped": money.grouped,
    }
    labels = {"measure": plain(MEASURE_LABELS), "means": plain(MEANS)}
    return page("pairing/account/account.html", block="account", labels=labels, **about)


def _others(form: AccountForm) -> list[Figure]:
    """The lines of other rooms, which know townships and units, but not each of them a single village."""
    if form.narrowed.village:
        return []
    return [each for room in rooms.figures() for each in room(form.of, form.narrowed, g.viewer)]


def _of_money(by: str, rows: Sequence[queries.Row]) -> Any:
    """Bars in whole yuan: a picture needs no fen, its table has them. Nothing where there is no money."""
    labels = plain(MEASURE_LABELS)
    shown = queries.most_money(rows)
    if not shown:
        return None
    return charts.bars(
        f"money-{by}",
        title=_("Money by village, in whole yuan") if by == "village" else _("Money by purpose, in whole yuan"),
        desc=_("The table below has each amount to the fen."),
        labels=[_short(by, str(row.name)) for row in shown],
        series=[charts.Series(str(labels[each]), [row.numbers[each] // money.FEN for row in shown]) for each in MONEY],
    )


def _short(by: str, name: str) -> str:
    """A village without its township, a kind by its first word: the table below has the whole name."""
    return name.rpartition(" / ")[2] if by == "village" else re.split("[、,]| and |和", name, maxsplit=1)[0]


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
    form = AccountForm(request.args, g.viewer)
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


@bp.get("/behind.xlsx")
@allow("account.read")
def behind_workbook() -> ResponseReturnValue:
    """The same list whole, as Excel."""
    form = AccountForm(request.args, g.viewer)
    asked = found(wanted(form, request.args))
    listing = queries.behind(g.viewer, asked, most=queries.MOST_TAKEN)
    days, fen = asked.measure is Measure.MET, asked.measure in MONEY
    heads = [_("Day"), _("What was counted"), _("Village"), _("Unit"), *[_("Days")] * days, *[_("Yuan")] * fen]
    rows = [
        [row.on, row.words, row.place, row.unit, *[row.days] * days, *([money.yuan(row.fen or 0)] if fen else [])]
        for row in listing.rows
    ]
    if listing.next_key:
        rows.append([None, _("Only the newest %(most)d stand here. Narrow the account.", most=queries.MOST_TAKEN)])
    what = plain(MEASURE_LABELS)[asked.measure]
    told = " · ".join([str(form.of), *filter(None, [str(queries.name_of(asked))]), *form.told])
    counted = Sheet(_("What was counted"), heads, rows)
    number = _cell(asked.measure, queries.number(g.viewer, asked))
    about = Sheet(_("Figure"), [_("Figure"), _("Of what"), _("Number")], [[what, told, number]])
    return send_xlsx(write_xlsx(counted, about), f"{what}-{form.of}")


@bp.get("/account.xlsx")
@allow("account.read")
def workbook() -> ResponseReturnValue:
    """The tables of the page as Excel."""
    form = AccountForm(request.args, g.viewer)
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
