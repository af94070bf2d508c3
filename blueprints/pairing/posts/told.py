"""What the posts tell of themselves: their doors, the words of the record, their part of a desk and of a village."""

from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from blueprints.pairing.posts.domain import EVENT_LABELS, SERVICE_EVENTS
from blueprints.pairing.posts.models import Post, Service
from blueprints.pairing.posts.queries import ServiceFilter, how_many, of_village, reviews_due, serving_in
from core.desk import Door, Figure, Narrowed, Part, Row, waits
from core.places import Place
from core.record import Told
from core.roles import Viewer

DOORS = (
    Door(
        "posts.read",
        "posts.listed",
        _l("One college student per village"),
        _l("The posts by village, who serves in them, and whose yearly review is due."),
    ),
)

TOLD = (
    Told("post", EVENT_LABELS, names=select(Post.id, Place.name).join(Place, Place.code == Post.place_code)),
    Told(
        "post_service",
        SERVICE_EVENTS,
        names=select(Service.id, Place.name).join(Place, Place.code == Service.place_code),
    ),
)


def desk(viewer: Viewer) -> list[Part]:
    """The yearly reviews that are late or due soon."""
    heading = _l("Yearly reviews of college students in villages")
    return [Part("post_reviews", heading, waits(reviews_due(viewer), _review))]


def _review(each: Service) -> Row:
    return Row(each.name, "posts.service", {"id": each.id}, each.due_on, note=each.place.full_name)


def village(code: str, viewer: Viewer) -> list[Part]:
    """The village's post, with who serves in it."""
    post = of_village(code, viewer)
    if post is None:
        return []
    service = serving_in([post]).get(post.id)
    words = service.name if service else _("Nobody serves in the post now")
    note = _("since %(day)s", day=format_date(service.begun_on, "long")) if service else ""
    return [Part("post", _l("College student of the village"), [Row(words, "posts.show", {"id": post.id}, note=note)])]


def figures(year: int, narrowed: Narrowed, viewer: Viewer) -> list[Figure]:
    """Who took up a post in a year, who left one, who was in post at its end; no unit narrows it."""
    if narrowed.unit:
        return []
    asked = (
        (_l("College students who took up a post in a village"), "taken"),
        (_l("College students who left their post"), "left"),
        (_l("College students in post at the end of the year, or today"), "held"),
    )
    wanted = [(words, ServiceFilter(which, str(year), narrowed.township)) for words, which in asked]
    return [
        Figure(words, how_many(viewer, each), "posts.services", each.asked(), for_all=True) for words, each in wanted
    ]
