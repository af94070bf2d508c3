"""What tests of pairing may ask for besides."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from core import clock


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Lets days pass, from the real moment on."""
    real = clock.now

    def go(days: int) -> None:
        monkeypatch.setattr(clock, "now", lambda: real() + timedelta(days=days))

    return go
