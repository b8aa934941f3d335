"""Reading, cancelling, moving and holding through the API."""

from typing import Any

import pytest

from scheduling.models import Visit
from tests.client import Client
from tests.scheduling.clock import Clock
from tests.scheduling.factories import Calendar, VisitFactory, at, open_calendar, span
from webhooks.models import LogEntry


@pytest.fixture
def calendar(our_practice: Any, clock: Clock) -> Calendar:
    clock.set("2026-03-02T07:00:00-05:00")
    return open_calendar(our_practice, providers=2)


@pytest.fixture
def body(calendar: Calendar) -> dict[str, Any]:
    return {
        "PatientID": calendar.person.pk,
        "ProviderID": calendar.provider.pk,
        "VisitType": "consult",
        "VisitDate": "2026-03-12",
        "VisitTime": "10:00",
        "VisitDuration": 30,
    }


@pytest.fixture
def booked(ours: Client, body: dict[str, Any]) -> Any:
    answer = ours.post("/visits/book", body)
    assert answer.status_code == 201, answer.json()
    return answer.json()["data"]


def events(staff: Any) -> list[tuple[Any, ...]]:
    with staff():
        log = LogEntry.objects.filter(scope="Encounters").order_by("id")
        return list(log.values_list("event", "object_id"))


def test_type_is_named_in_any_case_and_answered_as_it_is_spelled(booked: Any) -> None:
    assert booked["VisitType"] == "Consult"
    assert (booked["ProviderTime"], booked["ProviderDuration"]) == ("10:00:00", 30)


def test_taken_time_is_a_conflict_with_alternatives(
    ours: Client, body: Any, booked: Any, calendar: Calendar
) -> None:
    answer = ours.post("/visits/book", {**body, "VisitTime": "10:15"})

    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (409, "urn:officepro:problem:slot-taken")
    assert answer["Content-Type"] == "application/problem+json"
    assert problem["conflicts"] == [
        {"resource": "provider", "reason": "visit", "ProviderID": calendar.provider.pk},
        {"resource": "room", "reason": "room", "RoomID": calendar.room.pk},
    ]
    assert [each["Time"] for each in problem["alternatives"]] == [
        "10:30:00",
        "10:45:00",
        "11:00:00",
        "11:15:00",
        "11:30:00",
    ]
    for each in problem["alternatives"]:
        assert (each["ProviderID"], each["Date"]) == (calendar.provider.pk, "2026-03-12")
        path = f"/availability/providers/{each['ProviderID']}/check"
        query = {"date": each["Date"], "time": each["Time"], "visitType": "Consult"}
        assert ours.get(path, query).json()["data"]["Available"] is True


def test_time_outside_of_the_hours_is_a_conflict(ours: Client, body: Any) -> None:
    problem = ours.post("/visits/book", {**body, "VisitTime": "16:45"}).json()

    assert problem["status"] == 409
    assert [(each["resource"], each["reason"]) for each in problem["conflicts"]] == [
        ("hours", "hours")
    ]


def test_idempotency_key_makes_one_visit(ours: Client, body: Any, staff: Any) -> None:
    first = ours.post("/visits/book", body, Idempotency_Key="once")
    again = ours.post("/visits/book", body, Idempotency_Key="once")

    assert (again.status_code, again.json()) == (201, first.json())
    assert again["Idempotent-Replayed"] == "true"
    assert again["ETag"] == first["ETag"]
    with staff():
        assert Visit.objects.count() == 1


def test_cancel_gives_the_time_back(ours: Client, body: Any, booked: Any, staff: Any) -> None:
    path = f"/visits/{booked['VisitID']}"

    answer = ours.post(f"{path}/cancel", {"Reason": "Feels better"})

    assert answer.status_code == 200
    assert answer.json()["message"] == "Visit cancelled successfully"
    cancelled = answer.json()["data"]
    assert (cancelled["Status"], cancelled["CancelReason"]) == ("cancelled", "Feels better")
    read = ours.get(path)
    assert (read.json()["data"], read["ETag"]) == (cancelled, answer["ETag"])
    assert ours.post(f"{path}/cancel", {}).status_code == 409
    assert ours.post("/visits/book", body).status_code == 201
    assert [name for name, _ in events(staff)] == [
        "visit.booked",
        "visit.cancelled",
        "visit.booked",
    ]


def test_reschedule_moves_the_visit(ours: Client, booked: Any, staff: Any) -> None:
    path = f"/visits/{booked['VisitID']}"

    answer = ours.post(
        f"{path}/reschedule", {"VisitDate": "2026-03-13", "VisitTime": "11:30", "VisitDuration": 60}
    )

    assert answer.status_code == 200, answer.json()
    assert answer.json()["message"] == "Visit rescheduled successfully"
    moved = answer.json()["data"]
    assert {name: moved[name] for name in ("VisitDate", "VisitTime", "VisitDuration")} == {
        "VisitDate": "2026-03-13",
        "VisitTime": "11:30:00",
        "VisitDuration": 60,
    }
    assert moved["VisitID"] == booked["VisitID"]
    assert ours.get(path).json()["data"] == moved
    assert events(staff)[-1] == ("visit.rescheduled", booked["VisitID"])


def test_reschedule_that_fails_keeps_the_old_time(
    ours: Client, calendar: Calendar, booked: Any
) -> None:
    path = f"/visits/{booked['VisitID']}"
    before = ours.get(path).json()
    VisitFactory.create(
        provider=calendar.provider,
        visit_type=calendar.visit_type,
        during=span(at(calendar.practice, "2026-03-13", "11:30"), 30),
    )

    answers = [
        ours.post(f"{path}/reschedule", {"VisitDate": date, "VisitTime": "11:30"})
        for date in ("2026-03-13", "2026-03-01", "2026-02-30")
    ]

    assert [answer.status_code for answer in answers] == [409, 400, 400]
    assert answers[0].json()["alternatives"]
    assert ours.get(path).json() == before


@pytest.mark.parametrize("action", ["cancel", "reschedule"])
def test_stale_etag_changes_nothing(ours: Client, booked: Any, action: str) -> None:
    path = f"/visits/{booked['VisitID']}"
    read = ours.get(path)
    body = {} if action == "cancel" else {"VisitDate": "2026-03-13", "VisitTime": "11:30"}

    stale = ours.post(f"{path}/{action}", body, If_Match='"old"')
    unchanged = ours.get(path)
    fresh = ours.post(f"{path}/{action}", body, If_Match=read["ETag"])

    assert stale.status_code == 412
    assert unchanged.json() == read.json()
    assert fresh.status_code == 200


def test_one_hold_too_many_is_told_with_when_the_first_ends(
    settings: Any, ours: Client, theirs: Client, body: Any, calendar: Calendar, clock: Clock
) -> None:
    settings.HOLDS_PER_KEY = 2
    slot = {name: body[name] for name in body if name != "PatientID"}
    for time in ("10:00", "11:00"):
        assert ours.post("/visits/hold", {**slot, "VisitTime": time}).status_code == 201

    refused = ours.post("/visits/hold", {**slot, "VisitTime": "12:00"}, Idempotency_Key="third")

    problem = refused.json()
    del problem["requestId"]
    assert (refused.status_code, problem) == (
        409,
        {
            "type": "urn:officepro:problem:hold-limit",
            "title": "Conflict",
            "status": 409,
            "detail": (
                "Your key holds 2 times, which is as many as it may. Book or release one first, or"
                " wait until one ends."
            ),
            "liveHolds": 2,
            "firstEndsAt": "2026-03-02T12:05:00Z",
        },
    )
    clock.set("2026-03-02T12:05:00Z")
    again = ours.post("/visits/hold", {**slot, "VisitTime": "12:00"}, Idempotency_Key="third")
    assert again.status_code == 201


def test_hold_keeps_a_slot_for_its_key_until_it_is_over(
    ours: Client, body: Any, calendar: Calendar, make_key: Any, client_for: Any, clock: Clock
) -> None:
    slot = {name: body[name] for name in body if name != "PatientID"}
    stranger = client_for(make_key(calendar.practice))

    held = ours.post("/visits/hold", slot)

    assert held.status_code == 201, held.json()
    assert held.json()["message"] == "Slot held successfully"
    hold = held.json()["data"]
    assert (
        list(hold)
        == (
            "HoldID ProviderID VisitType VisitDate VisitTime VisitDuration ProviderTime"
            " ProviderDuration RoomID ExpiresAt"
        ).split()
    )
    assert hold["ExpiresAt"] == "2026-03-02T12:05:00Z"
    refused = stranger.post("/visits/book", body)
    assert refused.status_code == 409
    assert [each["resource"] for each in refused.json()["conflicts"]] == ["hold", "hold"]
    stolen = stranger.post("/visits/book", {**body, "HoldID": hold["HoldID"]})
    assert (stolen.status_code, stolen.json()["errors"][0]["field"]) == (400, "HoldID")
    assert stranger.delete(f"/visits/hold/{hold['HoldID']}").status_code == 404
    assert ours.post("/visits/book", {**body, "HoldID": hold["HoldID"]}).status_code == 201
    assert ours.delete(f"/visits/hold/{hold['HoldID']}").status_code == 404


def test_hold_is_given_up_or_runs_out(ours: Client, body: Any, clock: Clock) -> None:
    slot = {name: body[name] for name in body if name != "PatientID"}
    first = ours.post("/visits/hold", slot).json()["data"]
    assert ours.post("/visits/hold", slot).status_code == 409

    released = ours.delete(f"/visits/hold/{first['HoldID']}")

    assert released.json() == {"message": "Hold released successfully", "data": first}
    second = ours.post("/visits/hold", slot).json()["data"]
    clock.set("2026-03-02T07:05:00-05:00")
    assert ours.delete(f"/visits/hold/{second['HoldID']}").status_code == 404
    assert ours.post("/visits/book", body).status_code == 201


def test_list_is_filtered(ours: Client, body: Any, booked: Any, calendar: Calendar) -> None:
    other = ours.post(
        "/visits/book",
        {**body, "ProviderID": calendar.providers[1].pk, "VisitDate": "2026-03-13"},
    ).json()["data"]["VisitID"]
    first = booked["VisitID"]
    ours.post(f"/visits/{other}/cancel", {})

    def listed(**query: Any) -> list[int]:
        return [visit["VisitID"] for visit in ours.get("/visits", query).json()["data"]]

    assert listed() == [other, first]
    assert listed(PatientID=calendar.person.pk) == [other, first]
    assert listed(ProviderID=calendar.provider.pk) == [first]
    assert listed(status="cancelled") == [other]
    assert listed(startDate="2026-03-13") == [other]
    assert listed(endDate="2026-03-12") == [first]
    assert listed(startDate="2026-03-12", endDate="2026-03-13") == [other, first]
    assert listed(limit=1, page=2) == [first]


def test_another_practices_visits_and_holds_are_not_there(
    ours: Client, theirs: Client, body: Any, booked: Any, other_practice: Any
) -> None:
    slot = {name: body[name] for name in body if name != "PatientID"} | {"VisitTime": "12:00"}
    hold = ours.post("/visits/hold", slot).json()["data"]["HoldID"]
    path = f"/visits/{booked['VisitID']}"

    statuses = [
        theirs.get(path).status_code,
        theirs.post(f"{path}/cancel", {}).status_code,
        theirs.post(
            f"{path}/reschedule", {"VisitDate": "2026-03-13", "VisitTime": "11:30"}
        ).status_code,
        theirs.delete(f"/visits/hold/{hold}").status_code,
    ]

    assert statuses == [404] * 4
    assert theirs.get("/visits").json()["data"] == []
    assert theirs.get("/visit-types").json() == {"data": [], "count": 0}
    assert ours.get(path).json()["data"]["Status"] == "booked"


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_visits_are_changed_by_their_actions_alone(ours: Client, booked: Any, method: str) -> None:
    answer = ours.send(method.upper(), f"/visits/{booked['VisitID']}", {"VisitTime": "11:00"})

    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
