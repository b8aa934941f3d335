"""Two practices with calendars, and the page that shows them."""

from typing import Any

import pytest
from django.test import Client as Browser

from partners.models import Practice
from tests.prospects.factories import PersonFactory
from tests.scheduling.factories import (
    Calendar,
    VisitFactory,
    at,
    open_calendar,
    span,
)
from tests.staff_pages import signed_in

PATH = "/dashboard/calendar/"
DAY = "2031-03-10"  # a Monday, the day after New York's clocks went forward


@pytest.fixture
def ours(our_practice: Practice) -> Calendar:
    """Two providers, from nine to five."""
    return open_calendar(our_practice, providers=2)


@pytest.fixture
def theirs(other_practice: Practice) -> Calendar:
    """The same in the other practice, with a visit of somebody there."""
    calendar = open_calendar(other_practice, type_name="Theirs")
    put(calendar, "11:00", 30, person=person(other_practice, "Stranger"))
    return calendar


@pytest.fixture
def browser(staff: Any, theirs: Calendar) -> Browser:
    """Signed in, as one who may see everything."""
    return signed_in(staff, name="kim")


def person(practice: Practice, name: str) -> Any:
    """Somebody of that name."""
    return PersonFactory.create(practice=practice, full_name=name)


def put(calendar: Calendar, time: str, minutes: int, date: str = DAY, **facts: Any) -> Any:
    """A visit with the first provider."""
    during = span(at(calendar.practice, date, time), minutes)
    return VisitFactory.create(
        **{
            "provider": calendar.provider,
            "visit_type": calendar.visit_type,
            "person": calendar.person,
            "during": during,
            **facts,
        }
    )


def show(browser: Browser, **query: Any) -> str:
    """The page of our practice."""
    answer = browser.get(PATH, {"practice": "DemoOffice", "date": DAY, **query})
    assert answer.status_code == 200
    return answer.content.decode()
