"""Who may open what. Default deny: a view that names no permission is refused, whoever asks."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from core.extensions import READING
from core.roles import Role, Viewer

PUBLIC = "public"  # everybody, signed in or not
MEMBER = "member"  # everybody who signed in
_STAFF = frozenset({Role.CLERK, Role.HANDLER, Role.LEADER})

# Who may see or move one matter is not here: seen_by() and the workflow tables decide that for each row.
PERMISSIONS: dict[str, frozenset[Role]] = {
    MEMBER: frozenset(Role),
    "petitions.read": _STAFF | {Role.CONTACT},
    "petitions.move": _STAFF,
    "petitions.register": frozenset({Role.CLERK}),
    "petitions.file": frozenset({Role.CONTACT}),
    "petitions.identity": _STAFF,
    "settings.read": frozenset({Role.ADMINISTRATOR, Role.LEADER, Role.AUDITOR}),
    "settings.manage": frozenset({Role.ADMINISTRATOR}),
    "causes.read": _STAFF,
    "causes.work": _STAFF,
    "causes.manage": frozenset({Role.CLERK, Role.LEADER}),
    "causes.answer": frozenset({Role.CLERK, Role.HANDLER}),
    "visits.read": _STAFF,
    "visits.plan": frozenset({Role.CLERK, Role.LEADER}),
    "visits.promise": _STAFF,
    "visits.tell": frozenset({Role.CLERK, Role.HANDLER}),
    "visits.take_down": _STAFF,
    "reception.hours": frozenset({Role.CLERK, Role.HANDLER}),
    "petitions.bulk": frozenset({Role.CLERK, Role.LEADER}),
    "petitions.export": _STAFF,
    "petitions.phrases": _STAFF,
    "screening.read": _STAFF | {Role.CONTACT},
    "screening.issue": frozenset({Role.CLERK, Role.LEADER}),
    "screening.return": frozenset({Role.HANDLER, Role.CONTACT}),
    "pairing.read": _STAFF | {Role.CONTACT},
    "pairing.pair": frozenset({Role.CLERK, Role.LEADER}),
    "pairing.plan": _STAFF,
    "needs.read": _STAFF | {Role.CONTACT},
    "needs.raise": _STAFF | {Role.CONTACT},
    "needs.own": frozenset({Role.CONTACT}),
    "needs.move": _STAFF | {Role.CONTACT},
    "needs.export": _STAFF,
    "account.read": _STAFF,
    "year_reports.read": _STAFF | {Role.CONTACT},
    "year_reports.work": frozenset({Role.CLERK, Role.LEADER}),
    "figures.read": _STAFF | {Role.AUDITOR},
    "figures.open": _STAFF,
    "image.read": frozenset(Role) - {Role.CONTACT},
    "image.manage": frozenset({Role.LEADER}),
    "decisions.read": frozenset(Role) - {Role.CONTACT},
    "decisions.manage": frozenset({Role.LEADER}),
    "record.read": frozenset({Role.LEADER, Role.AUDITOR}),
    "protection.readings": frozenset({Role.LEADER, Role.AUDITOR}),
    "protection.retaliation": frozenset({Role.LEADER, Role.DISCIPLINE}),
    "protection.retention": frozenset({Role.CLERK, Role.LEADER, Role.AUDITOR}),
    "protection.redact": frozenset({Role.CLERK, Role.LEADER}),
    "protection.bypass": frozenset({Role.AUDITOR}),
    "rules.read": frozenset(Role),
    "rules.edit": frozenset({Role.CLERK, Role.LEADER}),
    "reading.ask": frozenset({Role.CLERK, Role.LEADER}),
    "reports.key": frozenset({Role.DISCIPLINE}),
    "reports.work": frozenset({Role.DISCIPLINE}),
    "reports.figures": frozenset({Role.DISCIPLINE, Role.LEADER, Role.AUDITOR}),
    "receptions.read": _STAFF | {Role.DISCIPLINE, Role.AUDITOR},
    "receptions.work": _STAFF,
    "receptions.standards": _STAFF | {Role.DISCIPLINE, Role.AUDITOR, Role.ADMINISTRATOR},
    "receptions.set": frozenset({Role.LEADER, Role.ADMINISTRATOR}),
    "training.read": _STAFF | {Role.CONTACT},
    "training.manage": _STAFF,
    "experts.read": _STAFF,
    "experts.manage": frozenset({Role.CLERK, Role.LEADER}),
    "contacts.read": _STAFF,
    "contacts.work": _STAFF,
    "contacts.manage": frozenset({Role.CLERK, Role.LEADER}),
    "activities.read": _STAFF | {Role.CONTACT},
    "activities.work": _STAFF | {Role.CONTACT},
    "posts.read": _STAFF | {Role.CONTACT},
    "posts.serve": _STAFF,
    "posts.manage": frozenset({Role.CLERK, Role.LEADER}),
    "applications.work": frozenset({Role.CLERK, Role.LEADER}),
    "talents.read": _STAFF | {Role.CONTACT},
    "talents.manage": frozenset({Role.CLERK, Role.LEADER}),
    "talents.contact": frozenset({Role.CLERK, Role.LEADER}),
    "rounds.read": _STAFF | {Role.CONTACT},
    "rounds.manage": frozenset({Role.CLERK, Role.LEADER}),
    "panel.score": frozenset({Role.CLERK, Role.HANDLER, Role.CONTACT}),
    "households.read": _STAFF | {Role.CONTACT},
    "households.work": _STAFF | {Role.CONTACT},
    "objections.answer": frozenset({Role.CLERK, Role.LEADER}),
    "questions.read": _STAFF | {Role.CONTACT},
    "questions.work": _STAFF,
    "accounts.manage": frozenset({Role.ADMINISTRATOR}),
}

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


def allow(permission: str) -> Callable[[View], View]:
    """Name the permission that a view asks for."""
    if permission != PUBLIC and permission not in PERMISSIONS:
        raise ValueError(f"no such permission: {permission}")

    def mark(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return mark


def permission_of(view: Any) -> str | None:
    """The permission a view names, or None: nobody may open it."""
    found: str | None = getattr(view, "permission", None)
    return found


def may(viewer: Viewer | None, permission: str) -> bool:
    """Whether this person may open views of that permission."""
    return permission == PUBLIC or (viewer is not None and viewer.role in PERMISSIONS[permission])


def init_app(
    app: Flask,
    *,
    sign_in: str,
    sign_in_again: Callable[[], ResponseReturnValue],
    first_password: str,
    free: frozenset[str],
) -> None:
    """Check every request, before its token is: a sign-in that ended explains both.

    `sign_in_again` answers who sends something after their sign-in ended. The endpoints in `free` stay open to
    somebody whose first password is not changed yet.
    """

    @app.before_request
    def check() -> ResponseReturnValue | None:
        if request.endpoint is None:
            return None  # no such page: the answer is 404
        if request.endpoint == "static":
            return None
        permission = permission_of(current_app.view_functions[request.endpoint])
        viewer: Viewer | None = g.viewer
        if permission == PUBLIC:
            return None
        if viewer is None:
            if request.method not in READING:
                return sign_in_again()
            return redirect(url_for(sign_in, next=request.full_path.rstrip("?")), 303)
        if viewer.must_change and request.endpoint not in free:
            return redirect(url_for(first_password), 303)
        if permission is None or not may(viewer, permission):
            abort(404 if request.view_args else 403)  # whether a certain matter exists is not told either
        return None
