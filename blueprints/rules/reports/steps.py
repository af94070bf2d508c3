"""What each step does to a report besides what its table says: which part it writes, and what it sets in clear.

Each returns what the entry of the record may say: codes alone, never a word of what was written.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from blueprints.rules.reports.domain import Outcome, State, What
from core.roles import Viewer
from core.workflow import NotPossible

if TYPE_CHECKING:
    from blueprints.rules.reports.models import Opened

Values = dict[str, Any]
Codes = dict[str, Any]
Effect = Callable[["Opened", Values, Viewer], Codes]


def _writes(what: What, *fields: str, shown: bool = False, outcome: Outcome | None = None) -> Effect:
    """Writes a part out of these fields, if anything stands in them."""

    def write(opened: "Opened", values: Values, by: Viewer) -> Codes:
        told = {name: _plain(values[name]) for name in fields if values.get(name)}
        files = values.get("files") or ()
        if told or files:
            opened.write(what, told, by=by.id, shown=shown, files=files)
        if outcome:
            opened.report.outcome = outcome
            return {"outcome": outcome}
        return {"files": len(files)} if files else {}

    return write


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _take(opened: "Opened", _values: Values, by: Viewer) -> Codes:
    opened.report.hand_to(by.id)
    return {}


def _look(opened: "Opened", _values: Values, by: Viewer) -> Codes:
    opened.report.handler_id = by.id
    return {}


def _decide(opened: "Opened", values: Values, by: Viewer) -> Codes:
    """Decide, or propose what a second officer confirms."""
    report, outcome = opened.report, Outcome(values.get("outcome") or Outcome.UNFOUNDED)
    report.outcome, report.decided_by_id, report.confirmed_by_id = outcome, by.id, None
    told = {"outcome": outcome, **{name: values.get(name) or "" for name in ("member", "unit_name", "text")}}
    opened.write(What.DECISION, told, by=by.id)
    return {"outcome": outcome}


def _decide_at_once(opened: "Opened", values: Values, by: Viewer) -> Codes:
    codes = _decide(opened, values, by)
    _paper(opened, by)
    return codes


def _paper(opened: "Opened", by: Viewer) -> None:
    """The paper to the member about the last decision, with the findings it rests on."""
    told = opened.told(What.DECISION)[-1]
    kind = "clearance" if told["outcome"] == Outcome.UNFOUNDED else "decision"
    opened.issue(kind, {**told, "findings": opened.told(What.FINDING)}, by=by)


def _confirm(opened: "Opened", values: Values, by: Viewer) -> Codes:
    opened.report.confirmed_by_id = by.id
    opened.write(What.CONFIRMATION, {"confirmed": True, "text": values.get("reason") or ""}, by=by.id)
    _paper(opened, by)
    return {"outcome": opened.report.outcome}


def _send_back(opened: "Opened", values: Values, by: Viewer) -> Codes:
    _undecide(opened)
    opened.write(What.CONFIRMATION, {"confirmed": False, "text": values["reason"]}, by=by.id)
    return {}


def _undecide(opened: "Opened") -> None:
    report = opened.report
    report.outcome = report.decided_by_id = report.confirmed_by_id = None


def _notify(opened: "Opened", values: Values, by: Viewer) -> Codes:
    if values["on"] < opened.issued_on:
        raise NotPossible("early")
    return _writes(What.DELIVERY, "on", "how", "proof")(opened, values, by)


def _object(opened: "Opened", values: Values, by: Viewer) -> Codes:
    if values["on"] > opened.report.due_on:
        raise NotPossible("term")
    return _writes(What.OBJECTION, "on", "text")(opened, values, by)


def _answer(opened: "Opened", values: Values, by: Viewer, verdict: str) -> Codes:
    told = {**opened.told(What.DECISION)[-1], "text": values["text"], "verdict": verdict}
    opened.write(What.ANSWER, {"text": values["text"], "verdict": verdict}, by=by.id)
    opened.issue("answer", told, by=by)
    return {"verdict": verdict}


def _uphold(opened: "Opened", values: Values, by: Viewer) -> Codes:
    return _answer(opened, values, by, "upheld")


def _reopen(opened: "Opened", values: Values, by: Viewer) -> Codes:
    codes = _answer(opened, values, by, "anew")
    _undecide(opened)
    return codes


def _close(opened: "Opened", values: Values, by: Viewer) -> Codes:
    """Not before the term of the objection is over, or waived; not before an answer reached the member."""
    report = opened.report
    if report.state == State.NOTIFIED and not (opened.term_is_over or values.get("waived")):
        raise NotPossible("term")
    if report.state == State.ANSWERED and not (values.get("on") and values.get("proof")):
        raise NotPossible("delivery")
    return _writes(What.CLOSING, "waived", "on", "proof", "reason")(opened, values, by)


def _message(opened: "Opened", values: Values, by: Viewer) -> Codes:
    opened.report.unread = False
    return _writes(What.MESSAGE, "text", shown=True)(opened, values, by)


def _read(opened: "Opened", _values: Values, _by: Viewer) -> Codes:
    opened.report.unread = False
    return {}


def _share(opened: "Opened", values: Values, _by: Viewer) -> Codes:
    opened.share(int(values["officer"]))
    return {"officer": int(values["officer"])}


def _withdraw(opened: "Opened", values: Values, by: Viewer) -> Codes:
    opened.write(What.NOTE, {"text": values["reason"]}, by=by.id)
    opened.report.take_off(by.id)
    return {"officer": by.id}


def _recuse(opened: "Opened", values: Values, by: Viewer) -> Codes:
    officer = int(values["officer"])
    if officer == by.id:
        raise NotPossible("recuse")
    opened.write(What.NOTE, {"text": values["reason"]}, by=by.id)
    opened.report.take_off(officer)
    return {"officer": officer}


EFFECTS: dict[str, Effect] = {
    "take": _take,
    "take_over": _take,
    "verify": _writes(What.SCREENING, "reason"),
    "pass_up": _writes(What.SCREENING, "organ", "text", shown=True, outcome=Outcome.PASSED_UP),
    "dismiss": _writes(What.SCREENING, "reason", shown=True, outcome=Outcome.NOT_DESCRIBED),
    "examine": _writes(What.VERIFICATION, "on", "text"),
    "hear": _writes(What.HEARING, "on", "put", "statement"),
    "find": _writes(What.FINDING, "rule", "article", "evidence", "text"),
    "clear": _decide_at_once,
    "decide": _decide_at_once,
    "propose": _decide,
    "confirm": _confirm,
    "send_back": _send_back,
    "notify": _notify,
    "object": _object,
    "uphold": _uphold,
    "reopen": _reopen,
    "close": _close,
    "message": _message,
    "read": _read,
    "note": _writes(What.NOTE, "text"),
    "share": _share,
    "withdraw": _withdraw,
    "recuse": _recuse,
    "look": _look,
    "reply": _writes(What.ANSWER, "text", shown=True),
    "end": _writes(What.CLOSING, "reason"),
}
