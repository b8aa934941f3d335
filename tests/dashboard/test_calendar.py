"""The staff calendar: who sees it, what is in it, and what it costs."""

import datetime
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from dashboard import grid
from partners.models import Practice
from tests.prospects.factories import PersonFactory
from tests.scheduling.factories import (
    Calendar,
    ClosureFactory,
    HoldFactory,
    TimeOffFactory,
    VisitFactory,
    at,
    open_calendar,
    open_hours,
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


def blocks(page: str, kind: str = r"visit|hold|free|off|closure") -> list[str]:
    """What is written on the blocks, in the order of the page."""
    found = re.findall(rf'<li class="block (?:{kind}) .*?</li>', page, re.DOTALL)
    texts = (re.sub(r"<[^>]*>", " ", block) for block in found)
    return [" ".join(text.replace(" –", "–").split()) for text in texts]


def places(page: str, kind: str = "visit") -> list[list[str]]:
    """Where the blocks lie, by their classes."""
    found = re.findall(rf'<li class="block {kind} ([^"]*)"', page)
    return [re.findall(r"(?:at|for|lane)-[\d-]+", classes) for classes in found]


def test_nobody_gets_in_without_signing_in(ours: Calendar) -> None:
    answer = Browser().get(PATH)

    assert answer.status_code == 302
    assert answer["Location"].startswith("/admin/login/")


def test_staff_who_may_not_see_visits_are_refused(ours: Calendar, staff: Any) -> None:
    with staff():
        user = User.objects.create_user("lee", password="secret", is_staff=True)
        browser = Browser()
        browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    assert browser.get(PATH).status_code == 403

    with staff():
        user.user_permissions.add(Permission.objects.get(codename="view_visit"))
    assert browser.get(PATH).status_code == 200


def test_day_shows_everything_and_nothing_of_others(ours: Calendar, browser: Browser) -> None:
    practice = ours.practice
    put(ours, "09:00", 30, person=person(practice, "<b>Ann</b> Lee"), room=ours.room)
    put(ours, "09:40", 20, status="arrived", person=person(practice, "Bob Marsh"))
    put(ours, "12:00", 30, status="cancelled", person=person(practice, "Gone Away"))
    hold = span(at(practice, DAY, "14:00"), 30)
    HoldFactory.create(provider=ours.provider, visit_type=ours.visit_type, during=hold)
    TimeOffFactory.create(
        provider=ours.provider, during=span(at(practice, DAY, "15:00"), 60), reason="Dentist"
    )
    ClosureFactory.create(practice=practice, during=span(at(practice, DAY, "16:30"), 90))

    page = show(browser, provider=ours.provider.pk)

    said = blocks(page)
    assert said[:6] == [
        f"09:00–09:30 &lt;b&gt;Ann&lt;/b&gt; Lee Consult {ours.room} Booked",
        "09:30–09:40 Free",
        "09:40–10:00 Bob Marsh Consult Arrived",
        "10:00–14:00 Free",
        said[4],
        "14:30–15:00 Free",
    ]
    assert re.fullmatch(r"14:00–14:30 Held Consult until \d\d:\d\d", said[4])
    assert said[6:] == [
        "15:00–16:00 Time off Dentist",
        "16:00–16:30 Free",
        "16:30–18:00 Closed",
    ]
    assert "Gone Away" not in page
    assert "Stranger" not in page
    assert "2 visits · 1 booked · 1 arrived · 1 held" in page


def test_the_other_practice_shows_its_own(ours: Calendar, browser: Browser) -> None:
    put(ours, "09:00", 30, person=person(ours.practice, "Ann Lee"))

    page = show(browser, practice="otheroffice")

    assert "Stranger" in page
    assert "Ann Lee" not in page


def test_blocks_lie_where_their_time_is(ours: Calendar, browser: Browser) -> None:
    put(ours, "09:00", 30)
    put(ours, "10:00", 60)
    put(ours, "10:30", 30, is_overbooked=True)
    put(ours, "13:00", 5)

    page = show(browser)

    # From eight on, in rows of five minutes; nothing is lower than three.
    assert places(page) == [
        ["at-13", "for-6", "lane-1-1"],
        ["at-25", "for-12", "lane-1-2"],
        ["at-31", "for-6", "lane-2-2"],
        ["at-61", "for-3", "lane-1-1"],
    ]


def test_a_visit_across_midnight_is_on_both_days(ours: Calendar, browser: Browser) -> None:
    put(ours, "23:30", 60, person=person(ours.practice, "Night Owl"))

    (first,) = blocks(show(browser), "visit")
    (second,) = blocks(show(browser, date="2031-03-11"), "visit")

    assert first == "23:30–11 Mar 00:30 Night Owl Consult Booked"
    assert second == "10 Mar 23:30–00:30 Night Owl Consult Booked"


@pytest.mark.parametrize("date", ["2031-03-09", "2031-11-02"])
def test_days_on_which_clocks_change(ours: Calendar, browser: Browser, date: str) -> None:
    open_hours(ours.providers[1], opens="00:00", closes="06:00")
    put(ours, "00:30", 120, date=date)

    page = show(browser, date=date)

    assert len(blocks(page, "visit")) == 1
    assert "rows-216" in page  # from midnight to 18:00, on every day
    assert blocks(page, "free")[-1] == "09:00–17:00 Free"


def test_week_has_a_column_for_each_day_with_work(ours: Calendar, browser: Browser) -> None:
    put(ours, "09:00", 30, date="2031-03-12", person=person(ours.practice, "Ann Lee"))

    page = show(browser, view="week", date="2031-03-13")

    columns = re.findall(r"<h2 [^>]*>\s*<a [^>]*>([^<]*)</a>", page)
    assert columns == [
        "Mon 10 Mar", "Tue 11 Mar", "Wed 12 Mar", "Thu 13 Mar", "Fri 14 Mar",
        "Sat 15 Mar", "Sun 16 Mar",
    ]  # fmt: skip
    assert blocks(page, "visit") == [f"09:00–09:30 Ann Lee {ours.provider.name} Consult Booked"]
    assert "March 10 – 16, 2031" in page


def test_weekend_without_work_is_left_out(our_practice: Practice, browser: Browser) -> None:
    open_calendar(our_practice, weekdays=range(5))

    page = show(browser, view="week")

    assert "Fri 14 Mar" in page
    assert "Sat 15 Mar" not in page


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


def test_now_is_marked_today_only(ours: Calendar, browser: Browser) -> None:
    open_hours(ours.provider, opens="00:00", closes="00:00")
    today = datetime.datetime.now(datetime.UTC).date()

    assert 'class="now ' not in show(browser)
    shown = [show(browser, date=str(today + datetime.timedelta(days=n))) for n in (-1, 0, 1)]
    assert sum('class="now ' in page for page in shown) == 1


def test_week_of_all_says_above_the_day_who_is_off(ours: Calendar, browser: Browser) -> None:
    second = ours.providers[1]
    TimeOffFactory.create(provider=second, during=span(at(ours.practice, DAY, "15:00"), 60))

    everybody, one = show(browser, view="week"), show(browser, view="week", provider=second.pk)

    assert f"<p>{second.name} off 15:00–16:00</p>" in everybody
    assert blocks(everybody, "off") == []
    assert blocks(one, "off") == ["15:00–16:00 Time off"]


def test_a_visit_leads_to_its_page_in_the_admin(ours: Calendar, browser: Browser) -> None:
    visit = put(ours, "09:00", 30)

    (link,) = re.findall(r'<a href="(/admin/scheduling/visit/[^"]*)"', show(browser))

    assert link == f"/admin/scheduling/visit/{visit.pk}/change/"
    assert browser.get(link).status_code == 200
