"""What tests of calendars begin with."""

from typing import Any

import pytest

from tests.scheduling.clock import clock
from tests.scheduling.factories import Calendar, open_calendar

__all__ = ["clock"]


@pytest.fixture
def calendar(our_practice: Any) -> Calendar:
    """One provider and one room, from nine to five."""
    return open_calendar(our_practice)
