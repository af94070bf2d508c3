"""The pages of posts: the list, a post and its steps; who serves, a service and its steps."""

from typing import Any

from flask import Blueprint, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.pairing.contact import contact_of
from blueprints.pairing.posts import queries
from blueprints.pairing.posts.domain import LABELS, SERVICE, WORKFLOW
from blueprints.pairing.posts.forms import FilterForm, ServiceFilterForm, SetUpForm, post_form, service_form
from blueprints.pairing.posts.models import Post, load, load_service
from core import places
from core.extensions import db
from core.pages import found, page
from core.permissions import allow, may
from core.questions import Question, ask, sends
from core.texts import plain
from core.workflow import NotPossible

bp = Blueprint("posts", __name__, url_prefix="/posts")

_STEPS = ", ".join(step.action for step in WORKFLOW)
_SERVICE_STEPS = ", ".join(step.action for step in SERVICE)


@bp.get("/")
@allow("posts.read")
def listed() -> ResponseReturnValue:
    """The posts this person may see, with who serves in them."""
    form = FilterForm(request.args)
    listing = queries.posts(g.viewer, form.wanted(), request.args.get("after", ""))
    about: dict[str, Any] = {"serving": queries.serving_in(listing.rows), "labels": plain(LABELS)}
    return page("pairing/posts/list.html", block="list", form=form, listing=listing, **about)


@bp.route("/new", methods=["GET", "POST"])
@allow("posts.manage")
def set_up() -> ResponseReturnValue:
    """A village's post; with `township` in the address, HTMX asks for that township's villages."""
    form = SetUpForm() if sends() else SetUpForm(request.args or None)
    if sends() and form.validate_on_submit():
        try:
            assert form.place.place is not None
            post = Post.set_up(form.place.place.code, form.duties.data or "", by=g.viewer)
            flash(_("The post is set up."), "success")
            return redirect(url_for(".show", id=post.id), 303)
        except NotPossible:
            db.session.rollback()
            form.place.errors = [_("This village has its post already.")]
    status = 422 if sends() else 200
    return page("pairing/posts/new.html", block="village", status=status, form=form, places=places)


@bp.get("/<id:id>")
@allow("posts.read")
def show(id: int) -> ResponseReturnValue:
    """A post: what it is for, who serves and who served in it."""
    post = found(load(id, g.viewer))
    services = queries.services_of(post)
    return page(
        "pairing/posts/post.html",
        post=post,
        services=services,
        opens={each.id for each in services if _opens(each.mentor_id)},
        steps=post.steps(g.viewer),
        match=post.match(),
        timeline=queries.timeline(post),
        labels=plain(LABELS),
    )


def _opens(mentor: int | None) -> bool:
    return may(g.viewer, "posts.manage") or mentor == g.viewer.id


@bp.route(f"/<id:id>/<any({_STEPS}):action>", methods=["GET", "POST"])
@allow("posts.manage")
def move(id: int, action: str) -> ResponseReturnValue:
    """Every button of a post; the table decides."""
    post = found(load(id, g.viewer, to_move=sends()))
    step, back = WORKFLOW.step(action), url_for(".show", id=id)
    form = post_form(step.asks, post)
    return ask(
        Question(
            step.label,
            form,
            post,
            back,
            lambda: post.move(action, form.data, by=g.viewer),
            crumbs=((_("One college student per village"), url_for(".listed")), (post.place.name, back)),
            open=step in post.steps(g.viewer),
            changes=lambda since: queries.timeline(post, since=since),
        )
    )


# --- who serves ----------------------------------------------------------------------------------------------------


@bp.get("/services")
@allow("posts.serve")
def services() -> ResponseReturnValue:
    """Who serves or served, as far as this person may open it; what is behind a figure of a year."""
    form = ServiceFilterForm(request.args)
    listing = queries.services(g.viewer, form.wanted(), request.args.get("after", ""))
    return page("pairing/posts/services.html", block="list", form=form, listing=listing, labels=plain(LABELS))


@bp.get("/services/<id:id>")
@allow("posts.serve")
def service(id: int) -> ResponseReturnValue:
    """Somebody's service: mentor, reviews, departure."""
    row = found(load_service(id, g.viewer))
    about: dict[str, Any] = {"steps": row.steps(g.viewer), "labels": plain(LABELS)}
    return page("pairing/posts/service.html", service=row, timeline=queries.service_timeline(row), **about)


@bp.route(f"/services/<id:id>/<any({_SERVICE_STEPS}):action>", methods=["GET", "POST"])
@allow("posts.serve")
def move_service(id: int, action: str) -> ResponseReturnValue:
    """Every button of a service; the table decides."""
    row = found(load_service(id, g.viewer, to_move=sends()))
    step, back = SERVICE.step(action), url_for(".service", id=id)
    form = service_form(step.asks, row)
    return ask(
        Question(
            step.label,
            form,
            row,
            back,
            lambda: row.move(action, form.data, by=g.viewer),
            crumbs=((_("Who serves"), url_for(".services")), (row.name, back)),
            open=step in row.steps(g.viewer),
            changes=lambda since: queries.service_timeline(row, since=since),
        )
    )


@bp.route("/services/<id:id>/contact", methods=["GET", "POST"])
@allow("posts.serve")
def contact(id: int) -> ResponseReturnValue:
    """How somebody who serves is reached is behind a reason, for the mentor too."""
    row = found(load_service(id, g.viewer, to_move=sends()))
    return contact_of(row, row.name, ((_("Who serves"), url_for(".services")), (row.name, url_for(".service", id=id))))
