"""Whoever asks what is free is told of every wrong parameter."""

from typing import Any

import pytest

from tests.client import Client, faults
from tests.factories import ProviderFactory
from tests.scheduling.clock import Clock
from tests.scheduling.factories import Calendar, open_calendar
from tests.scheduling.wrong_values import DATES, DURATIONS, TIMES, each

CHECK = {"date": "2026-03-12", "time": "10:00", "duration": "30"}
SEARCH = {"startDate": "2026-03-09", "endDate": "2026-03-15", "duration": "30"}


@pytest.fixture
def calendar(our_practice: Any, clock: Clock) -> Calendar:
    clock.set("2026-03-02T07:00:00-05:00")
    return open_calendar(our_practice)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    each(
        ("duration", DURATIONS),
        ("date", DATES),
        ("time", TIMES),
        ("explain", [("yes", "invalid"), ("1", "invalid")]),
        ("visitType", [("Nonsense", "not_found"), ("", "blank"), ("x" * 51, "max_length")]),
        ("durations", [("30", "unknown")]),
    ),
)
def test_check_names_what_is_wrong(
    ours: Client, calendar: Calendar, name: str, value: str, code: str
) -> None:
    path = f"/availability/providers/{calendar.provider.pk}/check"

    assert faults(ours.get(path, {**CHECK, name: value})) == {name: code}


def test_check_names_all_that_is_missing_or_wrong(ours: Client, calendar: Calendar) -> None:
    path = f"/availability/providers/{calendar.provider.pk}"
    wrong = {"date": "2026-02-30", "time": "25:61", "duration": "-1", "dat": "x"}

    assert faults(ours.get(f"{path}/check")) == {"date": "required", "time": "required"}
    assert faults(ours.get(f"{path}/check", {"date": "2026-03-12", "time": "10:00"})) == {
        "duration": "required"
    }
    assert faults(ours.get(f"{path}/slots")) == {"date": "required"}
    assert faults(ours.get(f"{path}/next-slot")) == {"duration": "required"}
    assert faults(ours.get(f"{path}/check", wrong)) == {
        "date": "invalid",
        "time": "invalid",
        "duration": "out_of_range",
        "dat": "unknown",
    }


@pytest.mark.parametrize(("name", "value", "code"), each(("duration", DURATIONS), ("date", DATES)))
def test_slots_name_what_is_wrong(
    ours: Client, calendar: Calendar, name: str, value: str, code: str
) -> None:
    path = f"/availability/providers/{calendar.provider.pk}/slots"
    good = {"date": "2026-03-12", "duration": "30"}

    assert faults(ours.get(path, {**good, name: value})) == {name: code}


@pytest.mark.parametrize(
    ("name", "value", "code"),
    each(
        ("duration", DURATIONS),
        ("maxDays", [("0", "out_of_range"), ("731", "out_of_range"), ("1.5", "invalid")]),
    ),
)
def test_next_slot_names_what_is_wrong(
    ours: Client, calendar: Calendar, name: str, value: str, code: str
) -> None:
    path = f"/availability/providers/{calendar.provider.pk}/next-slot"

    assert faults(ours.get(path, {"duration": "30", name: value})) == {name: code}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"startDate": "2026-03-10", "endDate": "2026-03-09"}, {"endDate": "out_of_range"}),
        ({"startDate": "2026-01-01", "endDate": "2027-01-02"}, {"endDate": "out_of_range"}),
        ({"startDate": "2026-02-30"}, {"startDate": "invalid"}),
        ({"startDate": "0001-01-01"}, {"startDate": "out_of_range"}),
        ({"endDate": "2026-02-01"}, {"endDate": "out_of_range"}),
        ({"startDate": "x", "endDate": "y"}, {"startDate": "invalid", "endDate": "invalid"}),
        ({"visitType": "Nonsense"}, {"visitType": "not_found"}),
        ({"page": "1"}, {"page": "unknown"}),
    ],
)
def test_schedule_names_what_is_wrong(
    ours: Client, calendar: Calendar, query: Any, expected: Any
) -> None:
    path = f"/availability/providers/{calendar.provider.pk}/schedule"

    assert faults(ours.get(path, query)) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"endDate": "2026-04-09"}, {"endDate": "out_of_range"}),
        ({"endDate": "2026-03-08"}, {"endDate": "out_of_range"}),
        ({"duration": "0"}, {"duration": "out_of_range"}),
        ({"providers": "one"}, {"providers[0]": "invalid"}),
        ({"providers": ""}, {"providers[0]": "invalid"}),
        ({"providers": "0"}, {"providers[0]": "out_of_range"}),
        ({"providers": "999999999"}, {"providers": "not_found"}),
        ({"visitType": "Nonsense"}, {"visitType": "not_found"}),
        ({"provider": "1"}, {"provider": "unknown"}),
    ],
)
def test_search_names_what_is_wrong(
    ours: Client, calendar: Calendar, query: Any, expected: Any
) -> None:
    assert faults(ours.get("/availability/slots", {**SEARCH, **query})) == expected


@pytest.mark.parametrize("view", ["", "/schedule", "/check", "/slots", "/next-slot"])
def test_provider_who_is_not_ours_or_not_active_is_not_found(
    ours: Client, calendar: Calendar, other_practice: Any, view: str
) -> None:
    theirs = ProviderFactory.create(practice=other_practice)
    gone = ProviderFactory.create(practice=calendar.practice, is_active=False)

    answers = [
        ours.get(f"/availability/providers/{number}{view}", {"date": "nonsense"} if view else {})
        for number in (theirs.pk, gone.pk, 999_999_999)
    ]
    beyond = ours.get(f"/availability/providers/{10**19}{view}")

    assert [answer.status_code for answer in answers] == [404] * 3
    assert len({answer.json()["detail"] for answer in answers}) == 1
    assert faults(beyond) == {"id": "out_of_range"}
    assert gone.name not in str(ours.get("/availability/providers").json())


def test_search_does_not_tell_another_practices_provider_from_none(
    ours: Client, calendar: Calendar, other_practice: Any
) -> None:
    theirs = ProviderFactory.create(practice=other_practice)
    gone = ProviderFactory.create(practice=calendar.practice, is_active=False)

    for number in (theirs.pk, gone.pk):
        answer = ours.get("/availability/slots", {**SEARCH, "providers": str(number)})
        assert faults(answer) == {"providers": "not_found"}


def test_time_that_the_clock_skips_is_named(ours: Client, calendar: Calendar) -> None:
    path = f"/availability/providers/{calendar.provider.pk}/check"

    # Clocks in New York go from 02:00 to 03:00.
    answer = ours.get(path, {"date": "2027-03-14", "time": "02:30", "duration": "30"})

    assert faults(answer) == {"time": "skipped"}


@pytest.mark.parametrize("value", ["maybe", "1", ""])
def test_types_name_what_is_wrong(ours: Client, value: str) -> None:
    answer = ours.get("/visit-types", {"includeInactive": value})

    assert faults(answer) == {"includeInactive": "invalid"}
