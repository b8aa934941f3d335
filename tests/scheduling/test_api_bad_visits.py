"""Whoever books, holds or lists visits is told of every wrong field, and nothing is written."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from scheduling.models import Hold, Visit
from tests.client import Client, faults
from tests.factories import ProviderFactory
from tests.prospects.factories import PersonFactory
from tests.scheduling.clock import Clock
from tests.scheduling.factories import (
    Calendar,
    CalendarRulesFactory,
    VisitTypeFactory,
    open_calendar,
    open_hours,
)
from tests.scheduling.wrong_values import DATES, TIMES, each
from webhooks.models import LogEntry

Staff = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def calendar(our_practice: Any, clock: Clock) -> Calendar:
    clock.set("2026-03-02T07:00:00-05:00")
    return open_calendar(our_practice)


@pytest.fixture
def body(calendar: Calendar) -> dict[str, Any]:
    return {
        "PatientID": calendar.person.pk,
        "ProviderID": calendar.provider.pk,
        "VisitType": "Consult",
        "VisitDate": "2026-03-12",
        "VisitTime": "10:00:00",
        "VisitDuration": 30,
    }


def nothing_was_written(staff: Staff) -> bool:
    with staff():
        events = LogEntry.objects.filter(scope="Encounters")
        return not (Visit.objects.exists() or Hold.objects.exists() or events.exists())


_WRONG_TIMES = each(
    (
        "VisitDuration",
        [(0, "out_of_range"), (-1, "out_of_range"), (1.5, "invalid"), (10**9, "out_of_range")]
        + [("30", "invalid"), (True, "invalid"), (None, "null"), (2**63, "out_of_range")],
    ),
    ("VisitDate", [*DATES, (20260312, "invalid"), (None, "null")]),
    ("VisitTime", [*TIMES, (10, "invalid"), ("10:00:00Z", "invalid")]),
    ("ProviderTime", TIMES),
    ("ProviderDuration", [(0, "out_of_range"), ("30", "invalid")]),
    ("ProviderID", [("1", "invalid"), (999_999_999, "not_found"), (2**63, "out_of_range")]),
    ("VisitType", [("Nonsense", "not_found"), (1, "invalid"), ("", "blank"), ("a\0", "invalid")]),
    ("VisitTyp", [("Consult", "unknown")]),
)


@pytest.mark.parametrize("path", ["/visits/book", "/visits/hold"])
@pytest.mark.parametrize(("name", "value", "code"), _WRONG_TIMES)
def test_booking_and_holding_name_what_is_wrong(
    ours: Client, body: Any, staff: Staff, path: str, name: str, value: Any, code: str
) -> None:
    if path == "/visits/hold":
        del body["PatientID"]

    assert faults(ours.post(path, {**body, name: value})) == {name: code}
    assert nothing_was_written(staff)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    each(
        ("PatientID", [("1", "invalid"), (999_999_999, "not_found"), (-1, "not_found")]),
        ("VisitComplaint", [("x" * 501, "max_length"), (5, "invalid"), (None, "null")]),
        ("VisitNotes", [("x" * 10_001, "max_length")]),
        ("HoldID", [(999_999_999, "not_found"), ("1", "invalid")]),
        ("Status", [("booked", "unknown")]),
        ("RoomID", [(1, "unknown")]),
    ),
)
def test_booking_names_what_is_wrong(
    ours: Client, body: Any, staff: Staff, name: str, value: Any, code: str
) -> None:
    assert faults(ours.post("/visits/book", {**body, name: value})) == {name: code}
    assert nothing_was_written(staff)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"VisitDate": "2026-03-01"}, {"VisitTime": "past"}),
        ({"VisitDate": "1999-12-31"}, {"VisitTime": "past"}),
        ({"VisitDate": "2026-03-02", "VisitTime": "06:59:59"}, {"VisitTime": "past"}),
        ({"VisitDate": "2030-01-01"}, {"VisitDate": "horizon"}),
        ({"ProviderTime": "09:45"}, {"ProviderTime": "outside"}),
        ({"ProviderTime": "10:30"}, {"ProviderTime": "outside"}),
        ({"ProviderTime": "10:15", "ProviderDuration": 30}, {"ProviderDuration": "outside"}),
        ({"ProviderDuration": 31}, {"ProviderDuration": "outside"}),
    ],
)
def test_time_that_cannot_be_is_named(
    ours: Client, body: Any, staff: Staff, sent: Any, expected: Any
) -> None:
    assert faults(ours.post("/visits/book", {**body, **sent})) == expected
    assert nothing_was_written(staff)


def test_time_that_the_clock_skips_is_named(ours: Client, body: Any) -> None:
    # Clocks in New York go from 02:00 to 03:00.
    skipped = {"VisitDate": "2027-03-14", "VisitTime": "02:30:00"}

    assert faults(ours.post("/visits/book", {**body, **skipped})) == {"VisitTime": "skipped"}


def test_too_short_notice_is_named(ours: Client, body: Any, calendar: Calendar) -> None:
    CalendarRulesFactory.create(practice=calendar.practice, minimum_notice_minutes=11 * 24 * 60)

    assert faults(ours.post("/visits/book", body)) == {"VisitTime": "notice"}


def test_all_rows_that_are_not_there_are_named_at_once(
    ours: Client, body: Any, other_practice: Any, staff: Staff
) -> None:
    strangers = open_calendar(other_practice, type_name="Secret")
    sent = {
        "PatientID": strangers.person.pk,
        "ProviderID": strangers.provider.pk,
        "VisitType": "Secret",
    }
    nobody = {"PatientID": 10**9, "ProviderID": 10**9, "VisitType": "Nothing"}
    expected = dict.fromkeys(sent, "not_found")

    answers = [ours.post("/visits/book", {**body, **ids}) for ids in (sent, nobody)]

    assert [faults(answer) for answer in answers] == [expected] * 2
    assert answers[0].json()["errors"] == answers[1].json()["errors"]
    for name in sent:
        assert faults(ours.post("/visits/book", {**body, name: sent[name]})) == {name: "not_found"}
    assert nothing_was_written(staff)


def test_provider_who_may_not_give_the_type_is_named(
    ours: Client, body: Any, calendar: Calendar, staff: Staff
) -> None:
    other = ProviderFactory.create(practice=calendar.practice)
    open_hours(other)
    VisitTypeFactory.create(practice=calendar.practice, name="Old", is_active=False)

    refused = ours.post("/visits/book", {**body, "ProviderID": other.pk})
    inactive = ours.post("/visits/book", {**body, "VisitType": "Old"})

    assert faults(refused) == {"ProviderID": "not_allowed"}
    assert faults(inactive) == {"VisitType": "not_found"}
    assert nothing_was_written(staff)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"PatientID": "999999999"}, {"PatientID": "not_found"}),
        ({"ProviderID": "999999999"}, {"ProviderID": "not_found"}),
        ({"PatientID": "x"}, {"PatientID": "invalid"}),
        ({"status": "lost"}, {"status": "choice"}),
        ({"startDate": "2026-03-10", "endDate": "2026-03-09"}, {"endDate": "out_of_range"}),
        ({"endDate": "9999-12-31"}, {"endDate": "out_of_range"}),
        ({"limit": "101"}, {"limit": "out_of_range"}),
        ({"patientId": "1"}, {"patientId": "unknown"}),
    ],
)
def test_list_names_what_is_wrong(
    ours: Client, calendar: Calendar, query: Any, expected: Any
) -> None:
    assert faults(ours.get("/visits", query)) == expected


def test_list_does_not_tell_another_practices_rows_from_none(
    ours: Client, calendar: Calendar, other_practice: Any
) -> None:
    person = PersonFactory.create(practice=other_practice)
    provider = ProviderFactory.create(practice=other_practice)

    assert faults(ours.get("/visits", {"PatientID": person.pk})) == {"PatientID": "not_found"}
    assert faults(ours.get("/visits", {"ProviderID": provider.pk})) == {"ProviderID": "not_found"}
