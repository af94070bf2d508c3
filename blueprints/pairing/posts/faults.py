"""What `flask check` proves of posts and services."""

from collections.abc import Iterator

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from blueprints.pairing.posts.domain import SERVICE, WORKFLOW, Stage, State
from blueprints.pairing.posts.models import Post, Service
from blueprints.pairing.posts.queries import mentor_gone
from core import check
from core.places import Place
from core.record import Fault


def faults(session: Session, counts: check.Counts) -> Iterator[Fault]:
    """Posts and services moved by the record alone; a post is filled just while somebody serves in it."""
    counts["posts in villages"] += session.scalar(select(func.count(Post.id))) or 0
    counts["services in posts"] += session.scalar(select(func.count(Service.id))) or 0
    yield from check.moved_past(session, Post, WORKFLOW.start)
    yield from check.moved_past(session, Service, SERVICE.start)
    serves = exists().where(Service.post_id == Post.id, Service.state == Stage.SERVING)
    for (id,) in check.rows(session, select(Post.id).where((Post.state == State.FILLED) != serves)):
        yield Fault(f"post {id}", "who serves in it is not what its state says")
    elsewhere = select(Service.id).join(Post).where(Post.place_code != Service.place_code)
    for (id,) in check.rows(session, elsewhere):
        yield Fault(f"post_service {id}", "it is not in the village of its post")


def unseen(session: Session) -> Iterator[str]:
    """Services whose mentor is not there any more."""
    wanted = select(Place.name).join(Service, Service.place_code == Place.code).where(mentor_gone())
    for name in session.scalars(wanted.order_by(Place.code)):
        yield f"post of {name}: the account of the mentor is closed, so only the office is told of the yearly review"
