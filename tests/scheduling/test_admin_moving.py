"""Moving a visit on the staff pages, and what its history tells."""

import datetime
import re
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from partners import tenancy
from scheduling import booking
from scheduling.models import Visit, VisitEvent
from tests.scheduling.bookings import book, events
from tests.scheduling.factories import Calendar, at, open_calendar, span
from tests.scheduling.test_admin import SOON, browser
from tests.staff_pages import fields, signed_in

__all__ = ["browser"]
ADMIN = "/admin/scheduling/visit/"


@pytest.fixture
def visit(calendar: Calendar) -> Visit:
    """Half an hour at ten, in a week, of which the provider attends ten minutes at the end."""
    return book(
        calendar,
        date=SOON,
        now=datetime.datetime.now(datetime.UTC),
        provider_time=datetime.time(10, 20),
        provider_duration_minutes=10,
        api_key_id=7,
    )


def page(visit: Visit) -> str:
    """Where it is moved."""
    return f"{ADMIN}{visit.pk}/reschedule/"


def wish(**facts: Any) -> dict[str, Any]:
    """What the form sends."""
    return {"date": SOON.isoformat(), "time": "11:00", "minutes": 30, **facts}


def row(visit: Visit) -> Visit:
    """As it is now."""
    with tenancy.acting_as(tenancy.STAFF):
        return Visit.objects.get(pk=visit.pk)


def test_visit_is_moved_as_the_api_moves(
    browser: Browser, calendar: Calendar, visit: Visit, staff: Any
) -> None:
    form = browser.get(page(visit)).context["form"]
    shown = {name: form[name].value() for name in ("date", "time", "minutes", "overbook")}

    answer = browser.post(page(visit), wish())

    assert (shown["date"], f"{shown['time']:%H:%M}", shown["minutes"]) == (SOON, "10:00", 30)
    assert not shown["overbook"]
    assert answer.url == f"{ADMIN}{visit.pk}/change/"
    after = row(visit)
    assert after.during == span(at(calendar.practice, str(SOON), "11:00"), 30)
    # As long as it was, so the provider's part is where it was in it.
    assert after.provider_during == span(at(calendar.practice, str(SOON), "11:20"), 10)
    assert [event for _, event, *_ in events()] == ["visit.booked", "visit.rescheduled"]
    with staff():
        assert VisitEvent.objects.latest("pgh_id").pgh_context["staff"] == "maria"
        moved = f"Moved from {SOON:%a %Y-%m-%d} 10:00–10:30 to {SOON:%a %Y-%m-%d} 11:00–11:30."
        assert LogEntry.objects.get().get_change_message() == moved


def test_another_length_is_the_providers_too(
    browser: Browser, calendar: Calendar, visit: Visit
) -> None:
    browser.post(page(visit), wish(minutes=45))

    during = span(at(calendar.practice, str(SOON), "11:00"), 45)
    assert (row(visit).during, row(visit).provider_during) == (during, during)


def test_taken_time_is_told_with_others_to_choose_from(
    browser: Browser, calendar: Calendar, visit: Visit
) -> None:
    book(calendar, "11:00", date=SOON, now=datetime.datetime.now(datetime.UTC))

    refused = browser.post(page(visit), wish(time="10:45"))

    assert refused.context["form"].errors == {"time": ["Not free (room, visit)."]}
    assert row(visit).during == visit.during
    [first, *others] = re.findall(r'href="(\?date=[^"]+)"', refused.content.decode())
    assert len(others) == 4
    chosen = browser.get(f"{page(visit)}{first}&overbook=on".replace("&amp;", "&")).context["form"]
    assert not chosen["overbook"].value()
    assert [chosen[name].value() for name in ("date", "time", "minutes")] == [
        str(SOON),
        "11:30",
        "30",
    ]


def test_taken_time_is_overbooked_only_on_purpose(
    browser: Browser, calendar: Calendar, visit: Visit
) -> None:
    other = book(calendar, "11:00", date=SOON, now=datetime.datetime.now(datetime.UTC))

    answer = browser.post(page(visit), wish(overbook="on"))
    after = row(visit)
    back = browser.post(page(visit), wish(time="14:00"))

    assert (answer.status_code, back.status_code) == (302, 302)
    assert (after.is_overbooked, after.during) == (True, other.during)
    assert (row(visit).is_overbooked, row(other).is_overbooked) == (False, False)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"date": "2020-01-01"}, "time"),
        ({"date": "2026-02-30"}, "date"),
        ({"date": "9999-12-31"}, "date"),
        ({"time": "25:00"}, "time"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": 1441}, "minutes"),
        ({"minutes": ""}, "minutes"),
    ],
)
def test_time_that_cannot_be_is_refused(
    browser: Browser, visit: Visit, facts: dict[str, Any], field: str
) -> None:
    answer = browser.post(page(visit), wish(**facts))

    assert list(answer.context["form"].errors) == [field]
    assert row(visit).during == visit.during


def test_visit_that_is_over_offers_no_other_time(
    browser: Browser, visit: Visit, staff: Any
) -> None:
    link = f'href="{page(visit)}"'
    assert link in browser.get(f"{ADMIN}{visit.pk}/change/").content.decode()
    with staff():
        Visit.objects.update(status="completed")

    assert link not in browser.get(f"{ADMIN}{visit.pk}/change/").content.decode()
    for answer in (browser.get(page(visit)), browser.post(page(visit), wish())):
        assert answer.url == ADMIN
    assert browser.get(f"{ADMIN}{2**63}/reschedule/").status_code in (302, 404)
    assert row(visit).during == visit.during


def test_who_may_only_look_does_not_move(visit: Visit, staff: Any) -> None:
    looking = signed_in(staff, "view_visit", name="joan")

    assert page(visit) not in looking.get(f"{ADMIN}{visit.pk}/change/").content.decode()
    assert looking.post(page(visit), wish()).status_code == 403
    assert Browser().get(page(visit)).status_code == 302
    assert row(visit).during == visit.during


def test_serving_role_cannot_move_a_visit_over_others(calendar: Calendar, visit: Visit) -> None:
    with (
        pytest.raises(Exception, match="for staff"),
        tenancy.within_practice(calendar.practice.pk),
    ):
        booking.reschedule(
            visit=visit,
            date=SOON,
            time=datetime.time(11),
            is_overbooked=True,
            now=datetime.datetime.now(datetime.UTC),
            time_zone=calendar.practice.time_zone,
        )

    assert not row(visit).is_overbooked


def test_history_tells_who_changed_what_and_when(
    browser: Browser, calendar: Calendar, visit: Visit, owner: Any, other_practice: Any
) -> None:
    theirs = book(open_calendar(other_practice), complaint="Of another practice")
    browser.post(page(visit), wish())
    change = f"{ADMIN}{visit.pk}/change/"
    browser.post(change, {**fields(browser.get(change)), "status": "arrived"})
    with owner.transaction():
        owner.execute("SET LOCAL ROLE emr_staff")
        owner.execute("UPDATE scheduling_visit SET complaint = 'Cough' WHERE id = %s", [visit.pk])

    answer = browser.get(f"{ADMIN}{visit.pk}/history/")

    told = [(each.what, each.who, each.values) for each in answer.context["changes"]]
    day = f"{SOON:%a %Y-%m-%d}"
    assert told == [
        ("changed", "SQL", [("complaint", "", "Cough")]),
        ("changed", "maria", [("status", "Booked", "Arrived")]),
        (
            "changed",
            "maria",
            [
                ("during", f"{day} 10:00–10:30", f"{day} 11:00–11:30"),
                ("provider during", f"{day} 10:20–10:30", f"{day} 11:20–11:30"),
            ],
        ),
        ("created", "SQL", []),
    ]
    shown = answer.content.decode()
    assert f"{day} 11:00–11:30" in shown
    assert "Of another practice" not in shown
    assert browser.get(f"{ADMIN}{theirs.pk}/history/").context["changes"][0].what == "created"


def test_history_takes_few_queries_however_long(browser: Browser, visit: Visit, staff: Any) -> None:
    history = f"{ADMIN}{visit.pk}/history/"
    browser.get(history)
    counts = []
    for _ in range(2):
        with staff():
            for words in ("Cough", "Fever", "Headache"):
                Visit.objects.update(complaint=words)
        with CaptureQueriesContext(connection) as asked:
            answer = browser.get(history)
        counts.append((len(asked), len(answer.context["changes"])))

    assert counts[0][0] == counts[1][0]
    assert [number for _, number in counts] == [4, 7]
