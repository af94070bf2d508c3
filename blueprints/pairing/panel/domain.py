"""What a member's score adds up to, the median of several, and which households come first. Pure."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from flask_babel import lazy_gettext as _l

MOST = 100  # points for each criterion


SCORE_EVENTS = {
    "given": _l("Score given"),
    "changed": _l("Score changed"),
    "counted": _l("Score counted when the panel was closed"),
    "not counted": _l("Score not counted: a tie, or no member of the panel any more"),
}


class Spread(NamedTuple):
    """What the totals of several members say of a household."""

    median: Decimal
    lowest: Decimal
    highest: Decimal
    scorers: int


class Placed(NamedTuple):
    """A household in the order: its rank, which equal medians share."""

    id: int
    rank: int
    equal: bool
    spread: Spread


class Cut(NamedTuple):
    """Who is on the list: those for certain, those whose equal medians leave it open, and for how many places."""

    sure: frozenset[int]
    equal: frozenset[int]
    left: int

    def listed(self, picked: Collection[int]) -> frozenset[int] | None:
        """Who is on the list once the leader picked among the equal; None while it is open."""
        taken = self.equal & set(picked)
        return self.sure | taken if len(taken) == self.left else None


def total(points: Sequence[int], weights: Sequence[int]) -> int:
    """The weighted total of a member in hundredths of a point: whole numbers, so that equal is equal."""
    return sum(point * weight for point, weight in zip(points, weights, strict=True))


def spread(totals: Sequence[int]) -> Spread:
    """The median, and from where to where; the totals are hundredths."""
    found = sorted(totals)
    twice = found[(len(found) - 1) // 2] + found[len(found) // 2]
    return Spread(Decimal(twice) / 200, points(found[0]), points(found[-1]), len(found))


def points(hundredths: int) -> Decimal:
    """A total as people read it."""
    return Decimal(hundredths) / 100


def shown(number: Decimal) -> str:
    """With two places, and a third where a median lies between two."""
    return f"{number:.3f}".removesuffix("0")


def order(spreads: Mapping[int, Spread]) -> list[Placed]:
    """The households by their median, the highest first; equal ones share a rank."""
    medians = [each.median for each in spreads.values()]
    placed = [
        Placed(id, 1 + sum(other > each.median for other in medians), medians.count(each.median) > 1, each)
        for id, each in spreads.items()
    ]
    return sorted(placed, key=lambda each: (each.rank, each.id))


def cut(placed: Sequence[Placed], places: int) -> Cut:
    """Who fills the places, as far as medians alone say."""
    sure: set[int] = set()
    for rank in sorted({each.rank for each in placed}):
        same = {each.id for each in placed if each.rank == rank}
        if len(sure) + len(same) > places:
            left = places - len(sure)
            return Cut(frozenset(sure), frozenset(same) if left else frozenset(), left)
        sure |= same
    return Cut(frozenset(sure), frozenset(), 0)
