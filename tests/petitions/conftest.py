"""What several tests of petitions begin with."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from core import clock


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    """Sets the office's clock to ten o'clock of a day."""

    def go(day: date) -> None:
        monkeypatch.setattr(clock, "now", lambda: datetime(day.year, day.month, day.day, 2, tzinfo=UTC))

    go(date(2026, 3, 2))
    return go
