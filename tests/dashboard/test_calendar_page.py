"""The calendar's page: its addresses, policy, cost and layout."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from dashboard import grid
from tests.dashboard.calendars import DAY, PATH, browser, ours, person, put, show, theirs
from tests.scheduling.factories import (
    Calendar,
    ClosureFactory,
    HoldFactory,
    TimeOffFactory,
    at,
    span,
)
from tests.staff_pages import signed_in

__all__ = ["browser", "ours", "theirs"]


def test_practice_is_remembered_and_names_are_in_no_address(
    ours: Calendar, browser: Browser
) -> None:
    put(ours, "09:00", 30, person=person(ours.practice, "Ann Lee"))
    show(browser)

    page = browser.get(PATH, {"date": DAY}).content.decode()

    assert "Ann Lee" in page
    assert not [link for link in re.findall(r'href="([^"]*)"', page) if "Lee" in link]


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ({"date": "2026-02-30"}, "That is not a date between 1900 and 2199"),
        ({"date": "9999-12-31"}, "That is not a date between 1900 and 2199"),
        ({"date": "0001-01-01"}, "That is not a date between 1900 and 2199"),
        ({"practice": "Nowhere"}, "There is no such practice."),
        ({"practice": "\x00"}, "There is no such practice."),
        ({"date": "1900-01-01", "view": "week"}, ""),
        ({"date": "2199-12-31", "view": "week"}, ""),
        ({"provider": "9" * 40}, ""),
        ({"provider": "x", "view": "year"}, ""),
    ],
)
def test_nonsense_is_told_or_left_aside(
    ours: Calendar, browser: Browser, query: dict[str, str], fault: str
) -> None:
    page = show(browser, **query)

    assert ("errornote" in page) == bool(fault)
    assert fault in page


def test_page_keeps_the_content_security_policy(ours: Calendar, browser: Browser) -> None:
    put(ours, "09:00", 30)

    page = show(browser)

    assert "style=" not in page
    assert "<style" not in page
    assert "onclick" not in page


def test_queries_are_the_same_for_a_full_week(ours: Calendar, browser: Browser) -> None:
    def count(view: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            show(browser, view=view)
        return len(queries)

    show(browser, view="week")  # other days each time, for the audit log
    put(ours, "09:00", 30)
    counts = [count("day"), count("week")]
    for hour in range(10, 17):
        for number, provider in enumerate(ours.providers):
            date = f"2031-03-{10 + hour % 3}"
            visitor = person(ours.practice, f"Person {hour} {number}")
            put(ours, f"{hour}:00", 30, date=date, provider=provider, person=visitor)
    during = span(at(ours.practice, DAY, "16:30"), 15)
    for provider in ours.providers:
        HoldFactory.create(provider=provider, visit_type=ours.visit_type, during=during)
        TimeOffFactory.create(provider=provider, during=during)
        ClosureFactory.create(practice=ours.practice, during=during)

    assert [count("day"), count("week")] == counts
    assert counts[0] == counts[1] <= 19


def test_without_a_practice_there_is_a_page(staff: Any) -> None:
    browser = signed_in(staff)

    assert b"There is no practice yet." in browser.get(PATH).content


def test_stylesheet_is_the_one_that_is_made() -> None:
    kept = Path(grid.__file__).parent / "static/dashboard/grid.css"

    assert kept.read_text() == grid.stylesheet()


def test_lanes() -> None:
    assert grid.lanes([(0, 6), (3, 9), (6, 12), (12, 15), (13, 16), (14, 17)]) == [
        (1, 2), (2, 2), (1, 2), (1, 3), (2, 3), (3, 3),
    ]  # fmt: skip
    assert grid.lanes([(0, 2)] * 8)[-2:] == [(6, 6), (6, 6)]
