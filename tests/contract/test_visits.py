"""The documented examples of visit scheduling, replayed key by key in both practices."""

from typing import Any

import pytest

from tests.client import Client
from tests.contract.reference import PUBLISHED
from tests.scheduling.clock import Clock, clock
from tests.scheduling.factories import Calendar, VisitFactory, at, open_calendar, span

__all__ = ["clock"]

PUBLISHED_BY_PATH = {each.operation: each for each in PUBLISHED}
BOOKING = PUBLISHED_BY_PATH["POST /v1/{PPass}/visits/book"]
TYPES = PUBLISHED_BY_PATH["GET /v1/{PPass}/visit-types"]
VISIT_KEYS = [
    *BOOKING.response["data"],
    *"Status VisitComplaint VisitNotes CancelReason CreatedAt UpdatedAt".split(),
]


@pytest.fixture
def calendars(ours: Client, theirs: Client, our_practice: Any, other_practice: Any) -> Any:
    """In both practices: two providers, two rooms, one type."""
    return {
        each.ppass: open_calendar(each, providers=2, rooms=2)
        for each in (our_practice, other_practice)
    }


@pytest.fixture(params=["ours", "theirs"])
def client(request: pytest.FixtureRequest, clock: Clock, calendars: Any) -> Client:
    clock.set("2026-03-09T07:00:00-04:00")
    found: Client = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def calendar(client: Client, calendars: Any) -> Calendar:
    found: Calendar = calendars[client.ppass]
    return found


@pytest.fixture
def body(calendar: Calendar) -> dict[str, Any]:
    """The published body, with the ids that these rows happen to have."""
    return {
        **BOOKING.request,
        "PatientID": calendar.person.pk,
        "ProviderID": calendar.providers[1].pk,
    }


def test_visit_types_as_documented(client: Client, calendar: Calendar) -> None:
    answer = client.get("/visit-types")

    facts = {
        **TYPES.response["data"][0],
        "Providers": [provider.pk for provider in calendar.providers],
        "Resources": [room.pk for room in calendar.rooms],
    }
    assert answer.status_code == 200
    assert answer.json() == {"data": [facts], "count": 1}


def test_book_as_documented(client: Client, calendar: Calendar, body: dict[str, Any]) -> None:
    # The first room is taken, so that it is the second, as published.
    VisitFactory.create(
        provider=calendar.provider,
        visit_type=calendar.visit_type,
        room=calendar.room,
        during=span(at(calendar.practice, "2026-03-12", "10:00"), 30),
    )

    answer = client.post("/visits/book", body)

    assert answer.status_code == 201, answer.json()
    made = answer.json()
    assert made["message"] == "Visit booked successfully"
    assert set(made) == {"message", "data"}
    assert list(made["data"]) == list(BOOKING.response["data"])
    assert type(made["data"]["VisitID"]) is int
    assert made["data"] == {
        **BOOKING.response["data"],
        "VisitID": made["data"]["VisitID"],
        "PatientID": calendar.person.pk,
        "ProviderID": calendar.providers[1].pk,
        "RoomID": calendar.rooms[1].pk,
    }


@pytest.mark.parametrize(
    "optional", ["VisitComplaint", "ProviderTime", "ProviderDuration", "VisitNotes"]
)
def test_optional_fields_are_optional(client: Client, body: dict[str, Any], optional: str) -> None:
    del body[optional]

    answer = client.post("/visits/book", body)

    assert answer.status_code == 201
    assert list(answer.json()["data"]) == list(BOOKING.response["data"])


@pytest.mark.parametrize(
    "required",
    "PatientID ProviderID VisitType VisitDate VisitTime VisitDuration".split(),
)
def test_required_fields_are_required(client: Client, body: dict[str, Any], required: str) -> None:
    del body[required]

    answer = client.post("/visits/book", body)

    assert answer.status_code == 400
    assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [
        (required, "required")
    ]


def test_book_answers_the_etag_of_the_visit(client: Client, body: dict[str, Any]) -> None:
    booked = client.post("/visits/book", body)
    number = booked.json()["data"]["VisitID"]

    read = client.get(f"/visits/{number}")

    assert read["ETag"] == booked["ETag"]
    assert list(read.json()["data"]) == VISIT_KEYS
    assert client.get(f"/visits/{number}", None, If_None_Match=read["ETag"]).status_code == 304


def test_what_was_booked_is_listed(client: Client, body: dict[str, Any]) -> None:
    number = client.post("/visits/book", body).json()["data"]["VisitID"]

    answer = client.get("/visits")

    visit = client.get(f"/visits/{number}").json()["data"]
    assert answer.json() == {"data": [visit], "count": 1, "page": 1, "limit": 25, "total": 1}
