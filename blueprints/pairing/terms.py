"""The clocks of this wing as data/limits has them: a file for each day from which its numbers count."""

from datetime import date
from functools import cache

from core.deadlines import Rule
from core.profiles import FOLDER, Profile, load_profile

LIMITS = FOLDER.parent / "limits"


@cache
def all_terms(of: str) -> tuple[Profile, ...]:
    """The clocks of these matters by the day from which they apply, the earliest first."""
    return tuple(
        sorted((load_profile(path) for path in LIMITS.glob(f"{of}-*.toml")), key=lambda each: each.in_force_on)
    )


def rule(of: str, clock: str, day: date) -> Rule:
    """The clock that begins on this day; the earliest numbers for what is older than all of them."""
    begun = [each for each in all_terms(of) if each.in_force_on <= day]
    return (begun[-1] if begun else all_terms(of)[0]).rule(clock)
