"""Availability through the API: extras, laws, and how much of the database it asks."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.client import Client
from tests.factories import ProviderFactory
from tests.scheduling.clock import Clock
from tests.scheduling.factories import (
    Calendar,
    ResourceFactory,
    VisitFactory,
    VisitTypeFactory,
    VisitTypeProviderFactory,
    VisitTypeResourceFactory,
    at,
    open_calendar,
    open_hours,
    span,
)


@pytest.fixture
def calendar(our_practice: Any, clock: Clock) -> Calendar:
    clock.set("2026-03-09T07:00:00-04:00")
    return open_calendar(our_practice, providers=2, opens="09:00", closes="11:00")


def visit(calendar: Calendar, time: str, number: int = 0, minutes: int = 30, **facts: Any) -> Any:
    return VisitFactory.create(
        provider=calendar.providers[number],
        visit_type=calendar.visit_type,
        during=span(at(calendar.practice, facts.pop("date", "2026-03-09"), time), minutes),
        **facts,
    )


def test_reasons_are_told_when_asked_for(ours: Client, calendar: Calendar) -> None:
    visit(calendar, "09:00", room=calendar.room)
    path = f"/availability/providers/{calendar.provider.pk}/check"

    def reasons(time: str, **query: Any) -> Any:
        query = {"date": "2026-03-09", "time": time, "duration": 30, "explain": "true", **query}
        data = ours.get(path, query).json()["data"]
        assert data["Available"] is (data["Reasons"] == [])
        return data["Reasons"]

    assert reasons("09:30") == []
    assert reasons("09:10") == ["visit"]
    assert reasons("09:10", visitType="consult") == ["visit", "room"]
    assert reasons("06:30") == ["past", "hours"]
    assert reasons("10:45") == ["hours"]
    assert (
        "Reasons"
        not in ours.get(path, {"date": "2026-03-09", "time": "09:30", "duration": 30}).json()[
            "data"
        ]
    )


def test_type_gives_its_length_its_room_and_its_providers(ours: Client, calendar: Calendar) -> None:
    outsider = ProviderFactory.create(practice=calendar.practice)
    open_hours(outsider, opens="09:00", closes="11:00")
    visit(calendar, "09:00", 1, minutes=60, room=calendar.room)
    path = f"/availability/providers/{calendar.provider.pk}/slots"

    plain = ours.get(path, {"date": "2026-03-09", "duration": 60}).json()["data"]
    typed = ours.get(path, {"date": "2026-03-09", "visitType": "Consult"}).json()["data"]
    other = ours.get(
        f"/availability/providers/{outsider.pk}/slots",
        {"date": "2026-03-09", "visitType": "Consult"},
    ).json()["data"]

    assert plain["Slots"] == ["09:00:00", "09:15:00", "09:30:00", "09:45:00", "10:00:00"]
    assert typed["Duration"] == 30
    assert typed["Slots"] == ["10:00:00", "10:15:00", "10:30:00"]
    assert other["Slots"] == []


def test_search_says_the_same_as_slots_of_each_day(ours: Client, calendar: Calendar) -> None:
    visit(calendar, "09:00")
    visit(calendar, "09:30", 1, date="2026-03-10")
    window = {"startDate": "2026-03-09", "endDate": "2026-03-11", "duration": "60"}

    answer = ours.get("/availability/slots", window)

    single = [
        ours.get(
            f"/availability/providers/{provider.pk}/slots", {"date": date, "duration": "60"}
        ).json()["data"]
        for provider in calendar.providers
        for date in ("2026-03-09", "2026-03-10", "2026-03-11")
    ]
    assert answer.json() == {"data": single, "count": 6}
    last, first = calendar.providers[1].pk, calendar.providers[0].pk
    chosen = ours.get("/availability/slots", {**window, "providers": f"{last},{first},{last}"})
    assert [each["ProviderID"] for each in chosen.json()["data"]] == [last] * 3 + [first] * 3


def test_every_slot_passes_check_and_can_be_booked(ours: Client, calendar: Calendar) -> None:
    visit(calendar, "09:40", minutes=20)
    path = f"/availability/providers/{calendar.provider.pk}"
    query = {"date": "2026-03-09", "visitType": "Consult", "duration": "30"}

    slots = ours.get(f"{path}/slots", query).json()["data"]["Slots"]
    next_slot = ours.get(f"{path}/next-slot", {"visitType": "Consult"}).json()["data"]

    assert next_slot["TheNextSlot"] == {
        "ProviderID": str(calendar.provider.pk),
        "Date": "2026-03-09",
        "Time": slots[0],
    }
    for time in slots:
        checked = ours.get(f"{path}/check", {**query, "time": time}).json()["data"]
        assert checked["Available"] is True
        body = {
            "PatientID": calendar.person.pk,
            "ProviderID": calendar.provider.pk,
            "VisitType": "Consult",
            "VisitDate": "2026-03-09",
            "VisitTime": time,
            "VisitDuration": 30,
        }
        booked = ours.post("/visits/book", body)
        assert booked.status_code == 201
        ours.post(f"/visits/{booked.json()['data']['VisitID']}/cancel", {})


def test_schedule_is_of_today_and_six_days_on(ours: Client, calendar: Calendar) -> None:
    shown = [visit(calendar, "09:00", date=date) for date in ("2026-03-09", "2026-03-15")]
    visit(calendar, "09:00", date="2026-03-16")
    visit(calendar, "10:00", status="cancelled")

    data = ours.get(f"/availability/providers/{calendar.provider.pk}/schedule").json()["data"]

    assert (data["startDate"], data["endDate"]) == ("2026-03-09", "2026-03-15")
    assert {date: [v["VisitID"] for v in visits] for date, visits in data["schedule"].items()} == {
        "2026-03-09": [shown[0].pk],
        "2026-03-15": [shown[1].pk],
    }
    assert data["totalVisits"] == 2


def test_schedule_is_filtered_by_type(ours: Client, calendar: Calendar) -> None:
    other = VisitTypeFactory.create(practice=calendar.practice, name="Other", is_active=False)
    visit(calendar, "09:00")
    mine = VisitFactory.create(
        provider=calendar.provider,
        visit_type=other,
        during=span(at(calendar.practice, "2026-03-09", "10:00"), 20),
    )
    path = f"/availability/providers/{calendar.provider.pk}/schedule"

    data = ours.get(path, {"visitType": "OTHER"}).json()["data"]

    assert data["schedule"] == {
        "2026-03-09": [
            {
                "VisitID": mine.pk,
                "time": "10:00:00",
                "duration": 20,
                "type": "Other",
                "booked": True,
            }
        ]
    }


def test_inactive_types_and_rooms_are_left_out(ours: Client, calendar: Calendar) -> None:
    practice = calendar.practice
    VisitTypeFactory.create(practice=practice, name="Old", is_active=False)
    broken = ResourceFactory.create(practice=practice, is_active=False)
    VisitTypeResourceFactory.create(
        practice=practice, visit_type=calendar.visit_type, resource=broken, position=9
    )

    usual = ours.get("/visit-types").json()
    everything = ours.get("/visit-types", {"includeInactive": "TRUE"}).json()

    assert [each["VisitType"] for each in usual["data"]] == ["Consult"]
    assert usual["data"][0]["Resources"] == [calendar.room.pk]
    assert [(each["VisitType"], each["Active"]) for each in everything["data"]] == [
        ("Consult", True),
        ("Old", False),
    ]


@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("/availability/providers", 1),
        ("/availability/providers/{id}", 3),
        ("/availability/providers/{id}/schedule", 2),
        ("/availability/providers/{id}/slots?date=2026-03-09&duration=30", 3),
        ("/availability/providers/{id}/next-slot?duration=30", 6),
        ("/availability/slots?startDate=2026-03-09&endDate=2026-04-08&duration=30", 3),
        ("/visit-types", 1),
        ("/visits", 2),
    ],
)
def test_queries_do_not_grow_with_the_rows(
    ours: Client, calendar: Calendar, path: str, queries: int
) -> None:
    counts = []

    for size in (1, 2, 22):
        for number in range(size):
            provider = ProviderFactory.create(practice=calendar.practice)
            kind = VisitTypeFactory.create(practice=calendar.practice)
            open_hours(calendar.provider, weekdays=[number % 7])
            for each in (provider, calendar.provider):
                VisitTypeProviderFactory.create(
                    practice=calendar.practice, visit_type=kind, provider=each
                )
            VisitFactory.create(
                provider=calendar.provider,
                visit_type=kind,
                during=span(at(calendar.practice, "2026-03-09", f"{size:02}:{number:02}"), 1),
                is_overbooked=True,
            )
        with CaptureQueriesContext(connection) as captured:
            answer = ours.get(path.format(id=calendar.provider.pk))
        assert answer.status_code == 200
        counts.append(sum("scheduling_" in query["sql"] for query in captured))

    assert len(set(counts)) == 1
    assert counts[0] <= queries
