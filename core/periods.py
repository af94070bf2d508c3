"""How long the office keeps what is over: a period for each class of it in data/retention.toml. Pure."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from core.words import Words

PERIODS = Path(__file__).resolve().parents[1] / "data" / "retention.toml"


@dataclass(frozen=True)
class Period:
    """How long one class is kept after it was over, and who said so."""

    kind: str
    years: int
    source: Words

    def ends_on(self, over_on: date) -> date:
        """The day from which what was over on that day is due for review."""
        return years_after(over_on, self.years)


def years_after(day: date, years: int) -> date:
    """The same day so many years later (earlier, where negative); of a leap day the first of March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


@cache
def periods() -> dict[str, Period]:
    """The office's periods by class, read once. Raises ValueError."""
    rows = tomllib.loads(PERIODS.read_text("utf-8"))["period"]
    found = {row["kind"]: Period(row["kind"], int(row["years"]), Words(**row["source"])) for row in rows}
    if len(found) != len(rows) or not all(period.years > 0 for period in found.values()):
        raise ValueError(f"{PERIODS.name}: each class has one period, of at least a year")
    return found


def removed_words(day: date) -> Words:
    """What stands where something was erased."""
    return Words(
        zh=f"（已按保存期限规定于{day.year}年{day.month}月{day.day}日删除）",
        en=f"(removed under the retention rule on {day.isoformat()})",
    )
