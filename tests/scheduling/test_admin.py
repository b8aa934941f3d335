"""The staff pages of calendars and visits."""

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from scheduling.models import Closure, Hold, TimeOff, Visit, VisitEvent, WeeklyHours
from tests.scheduling.bookings import book, events, hold
from tests.scheduling.factories import Calendar, at, open_calendar, span
from tests.staff_pages import fields, signed_in

ADMIN = "/admin/scheduling/"
SOON = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=7)


@pytest.fixture
def browser(staff: Any) -> Browser:
    """Somebody who may do everything, signed in."""
    return signed_in(staff)


@pytest.mark.parametrize(
    "model",
    "calendarrules closure hold provider resource timeoff visit visittype".split(),
)
def test_pages_open(browser: Browser, calendar: Calendar, model: str) -> None:
    assert browser.get(f"{ADMIN}{model}/").status_code == 200
    added = browser.get(f"{ADMIN}{model}/add/")
    assert added.status_code == (403 if model == "hold" else 200)


def test_week_is_edited_on_the_provider(browser: Browser, our_practice: Any, staff: Any) -> None:
    calendar = open_calendar(our_practice, weekdays=(0,))
    page = f"{ADMIN}provider/{calendar.provider.pk}/change/"
    week = fields(browser.get(page))
    # Monday is there, and a row waits for each of the other days.
    assert [week[f"weekly_hours-{n}-weekday"] for n in range(7)] == list(range(7))

    answer = browser.post(
        page,
        {
            **week,
            "weekly_hours-0-closes": "12:00",
            "weekly_hours-2-opens": "22:00",
            "weekly_hours-2-closes": "02:00",
            "weekly_hours-7-weekday": "0",
            "weekly_hours-7-opens": "13:00",
            "weekly_hours-7-closes": "17:30",
            "is_active": "on",
        },
    )

    assert answer.status_code == 302, answer.context["errors"]
    with staff():
        hours = WeeklyHours.objects.filter(practice=our_practice).order_by("weekday", "opens")
        assert [str(span) for span in hours] == [
            "Monday 09:00–12:00",
            "Monday 13:00–17:30",
            "Wednesday 22:00–02:00",
        ]


def test_type_offers_providers_and_rooms_of_its_practice(
    browser: Browser, calendar: Calendar, other_practice: Any
) -> None:
    other = open_calendar(other_practice)
    page = f"{ADMIN}visittype/{calendar.visit_type.pk}/change/"
    form = fields(browser.get(page))
    shown = browser.get(page).content.decode()

    assert str(calendar.provider) in shown
    assert str(other.provider) not in shown
    assert str(other.room) not in shown
    answer = browser.post(
        page, {**form, "is_active": "on", "type_providers-1-provider": other.provider.pk}
    )
    assert answer.status_code == 200
    assert browser.post(page, {**form, "is_active": "on"}).status_code == 302


def test_time_off_and_closures_are_by_the_clock_of_the_practice(
    browser: Browser, calendar: Calendar, staff: Any
) -> None:
    times = {"begins": "2026-07-01T09:00", "ends": "2026-07-01T17:30", "reason": "Away"}

    for model, owner in (
        ("timeoff", {"provider": calendar.provider.pk}),
        ("closure", {"practice": calendar.practice.pk}),
    ):
        answer = browser.post(f"{ADMIN}{model}/add/", {**times, **owner})
        assert answer.status_code == 302, answer.context["errors"]

    during = span(at(calendar.practice, "2026-07-01", "09:00"), 510)
    with staff():
        rows = [TimeOff.objects.get(), Closure.objects.get()]
    assert [(row.during, row.practice_id) for row in rows] == [(during, calendar.practice.pk)] * 2
    page = browser.get(f"{ADMIN}timeoff/{rows[0].pk}/change/")
    assert "2026-07-01T09:00" in page.content.decode()
    assert "2026-07-01 17:30" in strip_tags(browser.get(f"{ADMIN}closure/").content.decode())
    moved = {**fields(page), "ends": "2026-07-01T12:00"}
    assert browser.post(f"{ADMIN}timeoff/{rows[0].pk}/change/", moved).status_code == 302
    with staff():
        assert TimeOff.objects.get().during.upper == at(calendar.practice, "2026-07-01", "12:00")


@pytest.mark.parametrize(
    ("begins", "ends", "field"),
    [
        ("2026-07-01T09:00", "2026-07-01T09:00", "ends"),
        ("2026-03-08T02:30", "2026-03-08T09:00", "begins"),
        ("", "2026-03-08T09:00", "begins"),
    ],
)
def test_time_off_that_cannot_be_is_refused(
    browser: Browser, calendar: Calendar, staff: Any, begins: str, ends: str, field: str
) -> None:
    answer = browser.post(
        f"{ADMIN}timeoff/add/", {"provider": calendar.provider.pk, "begins": begins, "ends": ends}
    )

    assert field in answer.context["adminform"].form.errors
    with staff():
        assert not TimeOff.objects.exists()


def _booking(calendar: Calendar, **facts: Any) -> dict[str, Any]:
    return {
        "provider": calendar.provider.pk,
        "visit_type": calendar.visit_type.pk,
        "patient": calendar.person.pk,
        "date": SOON.isoformat(),
        "time": "10:00",
        "minutes": 30,
        **facts,
    }


def test_visit_is_booked_as_the_api_books(browser: Browser, calendar: Calendar, staff: Any) -> None:
    answer = browser.post(f"{ADMIN}visit/add/", _booking(calendar, complaint="Cough"))

    assert answer.status_code == 302, answer.context["errors"]
    with staff():
        visit = Visit.objects.get()
        context = VisitEvent.objects.get().pgh_context
    assert (visit.complaint, visit.room_id, visit.is_overbooked) == (
        "Cough",
        calendar.room.pk,
        False,
    )
    assert context["staff"] == "maria"
    assert [(event, number) for _, event, number, _ in events()] == [("visit.booked", visit.pk)]


def test_visit_is_as_long_as_its_type_unless_said(
    browser: Browser, calendar: Calendar, staff: Any
) -> None:
    browser.post(f"{ADMIN}visit/add/", _booking(calendar, minutes=""))

    with staff():
        during = Visit.objects.get().during
        assert during.upper - during.lower == datetime.timedelta(
            minutes=calendar.visit_type.default_duration_minutes
        )


def test_booking_leads_back_to_where_one_was(browser: Browser, calendar: Calendar) -> None:
    page = f"{ADMIN}visit/add/?next=/dashboard/calendar/%3Fdate=2031-03-10"
    answer = browser.post(page, _booking(calendar))

    assert answer["Location"] == "/dashboard/calendar/?date=2031-03-10"


def test_taken_time_is_overbooked_only_on_purpose(
    browser: Browser, calendar: Calendar, staff: Any
) -> None:
    browser.post(f"{ADMIN}visit/add/", _booking(calendar))

    refused = browser.post(f"{ADMIN}visit/add/", _booking(calendar, time="10:15"))
    answer = browser.post(f"{ADMIN}visit/add/", _booking(calendar, time="10:15", overbook="on"))

    [error] = refused.context["adminform"].form.errors["time"]
    assert error.startswith(f"Not free (room, visit). Next: {SOON} 10:30,")
    assert answer.status_code == 302
    with staff():
        flags = list(Visit.objects.order_by("id").values_list("is_overbooked", flat=True))
        contexts = {e.pgh_context["staff"] for e in VisitEvent.objects.all()}
    assert flags == [False, True]
    assert contexts == {"maria"}


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"date": "2020-01-01"}, "time"),
        ({"date": "2026-02-30"}, "date"),
        ({"patient": 10**15}, "patient"),
        ({"patient": 10**30}, "patient"),
        ({"patient": "Ann"}, "patient"),
        ({"minutes": 1441}, "minutes"),
    ],
)
def test_visit_that_cannot_be_is_refused(
    browser: Browser, calendar: Calendar, staff: Any, facts: dict[str, Any], field: str
) -> None:
    answer = browser.post(f"{ADMIN}visit/add/", _booking(calendar, **facts))

    assert field in answer.context["adminform"].form.errors
    with staff():
        assert not Visit.objects.exists()


def test_visit_of_two_practices_is_refused(
    browser: Browser, calendar: Calendar, other_practice: Any, staff: Any
) -> None:
    other = open_calendar(other_practice, type_name="Laser")

    for facts in ({"visit_type": other.visit_type.pk}, {"patient": other.person.pk}):
        answer = browser.post(f"{ADMIN}visit/add/", _booking(calendar, **facts))
        assert answer.context["adminform"].form.errors

    with staff():
        assert not Visit.objects.exists()


def test_visits_are_found_by_their_number_and_by_the_person(
    browser: Browser, calendar: Calendar
) -> None:
    visit = book(calendar)
    found = f"/visit/{visit.pk}/change/"

    for term in (visit.pk, calendar.person.pk):
        assert found in browser.get(f"{ADMIN}visit/", {"q": term}).content.decode()
    for term in ("9" * 18, "9" * 30, "x", "١"):
        assert found not in browser.get(f"{ADMIN}visit/", {"q": term}).content.decode()
    shown = strip_tags(browser.get(f"{ADMIN}visit/").content.decode())
    assert "Mon 2026-03-09 10:00–10:30" in shown


def test_change_of_a_visit_is_its_status_and_notes_only(
    browser: Browser, calendar: Calendar, staff: Any
) -> None:
    visit = book(calendar)
    page = f"{ADMIN}visit/{visit.pk}/change/"
    form = fields(browser.get(page))

    assert set(form) == {"status", "complaint", "notes"}
    assert browser.post(page, {**form, "status": "arrived"}).status_code == 302
    assert browser.post(page, {**form, "status": "cancelled"}).status_code == 200
    with staff():
        assert Visit.objects.get().status == "arrived"
    assert browser.post(f"{ADMIN}visit/{visit.pk}/delete/", {"post": "yes"}).status_code == 403


def test_visits_are_cancelled_from_the_list(
    browser: Browser, calendar: Calendar, staff: Any
) -> None:
    visit = book(calendar)
    action = {"action": "cancel_visits", "_selected_action": [visit.pk]}

    browser.post(f"{ADMIN}visit/", action)
    again = browser.post(f"{ADMIN}visit/", action, follow=True)

    assert "This visit is cancelled." in again.content.decode()
    assert [event for _, event, *_ in events()] == ["visit.booked", "visit.cancelled"]
    page = f"{ADMIN}visit/{visit.pk}/change/"
    assert browser.post(page, {"status": "booked", "complaint": "", "notes": ""}).status_code == 302
    with staff():
        assert Visit.objects.get().status == "cancelled"


def test_hold_is_given_up_by_staff(browser: Browser, calendar: Calendar, staff: Any) -> None:
    row = hold(calendar)

    assert browser.get(f"{ADMIN}hold/{row.pk}/change/").status_code == 200
    browser.post(f"{ADMIN}hold/{row.pk}/delete/", {"post": "yes"})

    with staff():
        assert not Hold.objects.exists()


def test_visits_are_listed_under_their_patients(
    browser: Browser, our_practice: Any, other_practice: Any
) -> None:
    ours, theirs = open_calendar(our_practice), open_calendar(other_practice)
    counts = []
    for time in ("10:00", "10:30", "11:00"):
        book(ours, time)
        book(theirs, time)
        with CaptureQueriesContext(connection) as asked:
            page = browser.get(f"{ADMIN}visit/").content.decode()
        counts.append(len([query for query in asked if "scheduling_visit" in query["sql"]]))

    for person in (ours.person, theirs.person):
        link = f'<a href="/admin/prospects/person/{person.pk}/change/">{person.full_name}</a>'
        assert page.count(link) == 3
    assert counts == counts[:1] * 3


def test_empty_list_says_so(browser: Browser, our_practice: Any) -> None:
    none = strip_tags(browser.get(f"{ADMIN}closure/").content.decode())
    not_these = strip_tags(browser.get(f"{ADMIN}closure/?ppass=nobody").content.decode())

    assert "There are no closures yet." in none
    assert "Nothing fits what you chose. Show all" in not_these
