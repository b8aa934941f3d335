"""What a partner sees of its own calls, and never of another's."""

import datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from dashboard.calls import writer
from dashboard.me import calls
from dashboard.models import ApiCall
from tests.client import Client
from tests.dashboard.rows import call, count, write
from tests.factories import PartnerFactory

TODAY = datetime.datetime.now(datetime.UTC).date()


@pytest.fixture
def rival(other_practice: Any, make_key: Any, client_for: Any) -> Client:
    """A client of another partner."""
    made: Client = client_for(make_key(other_practice, partner=PartnerFactory.create()))
    return made


@pytest.fixture
def log(partner: Any) -> Any:
    """Put calls of the partner into the log."""

    def put(at: datetime.datetime, **facts: Any) -> None:
        usual = {
            "route": "v1/<ppass:ppass>/prospects/<id:id>",
            "partner_id": partner.pk,
            "duration_ms": 10.0,
        }
        write(call(**{**usual, "at": at, **facts}))

    return put


def _noon(days_ago: int) -> datetime.datetime:
    day = TODAY - datetime.timedelta(days=days_ago)
    return datetime.datetime.combine(day, datetime.time(12), datetime.UTC)


def test_calls_of_another_partner_are_not_there(ours: Client, rival: Client) -> None:
    rival.get("/prospects", X_Request_Id="theirs")
    ours.get("/prospects", X_Request_Id="mine")
    writer.flush()
    count()

    assert ours.get("/v1/me/requests/mine").status_code == 200
    assert ours.get("/v1/me/requests/theirs").status_code == 404
    assert rival.get("/v1/me/requests/mine").status_code == 404
    assert ours.get("/v1/me/usage").json()["data"]["totals"]["calls"] == 1


def test_calls_of_all_keys_of_the_partner_count(ours: Client, theirs: Client) -> None:
    ours.get("/prospects")
    theirs.get("/prospects", X_Request_Id="other-practice")
    writer.flush()
    count()

    assert ours.get("/v1/me/usage").json()["data"]["totals"]["calls"] == 2
    assert ours.get("/v1/me/requests/other-practice").status_code == 200


def test_call_without_a_token_is_nobodys(ours: Client) -> None:
    Client(ppass="DemoOffice").get("/prospects", X_Request_Id="nobody")
    writer.flush()

    assert ours.get("/v1/me/requests/nobody").status_code == 404


def test_last_of_several_calls_of_one_id(ours: Client) -> None:
    ours.get("/prospects", X_Request_Id="same")
    ours.get("/prospects/1", X_Request_Id="same")
    writer.flush()

    assert ours.get("/v1/me/requests/same").json()["data"]["status"] == 404


@pytest.mark.parametrize("name", ["a%00b", "a%20b", "x" * 129, "a%2Fb", "ü"])
def test_id_that_no_request_can_have(ours: Client, name: str) -> None:
    answer = ours.get(f"/v1/me/requests/{name}")

    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


def test_usage_by_day_and_route(ours: Client, log: Any) -> None:
    log(_noon(1), duration_ms=10)
    log(_noon(1), duration_ms=31, status=404)
    log(_noon(1) + datetime.timedelta(hours=11, minutes=59), duration_ms=20, method="PUT")
    log(_noon(2), status=500, duration_ms=1)
    log(_noon(2), status=401, route="", duration_ms=1)
    log(_noon(3))
    count()

    usage = ours.get(
        "/v1/me/usage",
        {
            "startDate": str(TODAY - datetime.timedelta(days=2)),
            "endDate": str(TODAY - datetime.timedelta(days=1)),
        },
    ).json()["data"]

    def figures(*of: Any) -> dict[str, Any]:
        return dict(zip(("calls", "refused", "failed", "averageMs"), of, strict=True))

    assert usage == {
        "startDate": str(TODAY - datetime.timedelta(days=2)),
        "endDate": str(TODAY - datetime.timedelta(days=1)),
        "totals": figures(5, 2, 1, 12.6),
        "days": [
            {**figures(2, 1, 1, 1.0), "date": str(TODAY - datetime.timedelta(days=2))},
            {**figures(3, 1, 0, 20.3), "date": str(TODAY - datetime.timedelta(days=1))},
        ],
        "routes": [
            {**figures(3, 1, 1, 14.0), "method": "GET", "path": "/v1/{PPass}/prospects/{id}"},
            {**figures(1, 1, 0, 1.0), "method": "", "path": ""},
            {**figures(1, 0, 0, 20.0), "method": "PUT", "path": "/v1/{PPass}/prospects/{id}"},
        ],
    }


@pytest.mark.parametrize(
    ("params", "days"),
    [
        ({"startDate": str(TODAY), "endDate": str(TODAY)}, 1),
        ({"startDate": "2026-01-01", "endDate": "2026-04-02"}, 92),
        ({"endDate": "0001-01-01"}, 1),
        ({"endDate": "2026-01-31"}, 7),
        ({"startDate": "9000-01-01"}, 1),
    ],
)
def test_days_that_can_be_asked_for(ours: Client, params: dict[str, str], days: int) -> None:
    answer = ours.get("/v1/me/usage", params)

    assert answer.status_code == 200
    assert len(answer.json()["data"]["days"]) == days


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"startDate": "2026-01-02", "endDate": "2026-01-01"}, "endDate"),
        ({"startDate": "2026-01-01", "endDate": "2026-04-03"}, "endDate"),
        ({"startDate": "2020-01-01"}, "endDate"),
        ({"startDate": "0001-01-01", "endDate": "9999-12-31"}, "endDate"),
        ({"startDate": "9999-12-31", "endDate": "9999-12-31"}, "endDate"),
        ({"startDate": "2026-02-30"}, "startDate"),
        ({"startDate": "yesterday"}, "startDate"),
        ({"partner": "2"}, "partner"),
        ({"startdate": "2026-01-01"}, "startdate"),
    ],
)
def test_days_that_cannot(ours: Client, params: dict[str, str], field: str) -> None:
    answer = ours.get("/v1/me/usage", params)

    assert answer.status_code == 400
    assert [fault["field"] for fault in answer.json()["errors"]] == [field]


def test_usage_takes_one_query_however_many_calls(ours: Client, log: Any) -> None:
    counts = []

    for size in (1, 2, 97):
        for number in range(size):
            log(_noon(number % 5), route=f"v1/{number}")
        count()
        with CaptureQueriesContext(connection) as captured:
            assert ours.get("/v1/me/usage").status_code == 200
        counts.append(len([each for each in captured if "dashboard_" in each["sql"]]))

    assert counts == [1] * 3


def test_busiest_routes_alone_are_told(
    ours: Client, log: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "MOST_ROUTES", 2)
    for number, times in enumerate((1, 3, 2)):
        for _ in range(times):
            log(_noon(0), route=f"v1/{number}")
    count()

    usage = ours.get("/v1/me/usage").json()["data"]

    assert [route["path"] for route in usage["routes"]] == ["/v1/1", "/v1/2"]
    assert usage["totals"]["calls"] == 6


def test_asking_for_another_partner_by_mistake_shows_nothing(
    ours: Client, rival: Client, partner: Any, staff: Any
) -> None:
    rival.get("/prospects", X_Request_Id="theirs")
    writer.flush()
    count()
    with staff():
        rival_id = ApiCall.objects.get(request_id="theirs").partner_id
    assert rival_id is not None

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.partner_id', %s, true)", [str(partner.pk)])
        found = calls.usage(partner_id=rival_id, start=TODAY, end=TODAY)
        assert found.totals.calls == 0
        assert calls.named(partner_id=rival_id, request_id="theirs") is None
