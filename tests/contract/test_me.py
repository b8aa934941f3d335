"""My information, key by key, from keys of both practices."""

import datetime
from typing import Any

import pytest

from dashboard.calls import writer
from partners.models import Partner
from tests.client import Client
from tests.dashboard.rows import count

PROFILE = {
    "id": int,
    "name": str,
    "companyName": str,
    "contactName": str,
    "email": str,
    "phone": str,
    "website": str,
    "alertEmail": str,
    "status": str,
    "createdAt": str,
    "key": dict,
    "rateLimit": int,
}
KEY = {
    "id": int,
    "name": str,
    "scopes": list,
    "practice": str,
    "expiresAt": str,
    "lastUsedAt": type(None),
}
CHANGES = {
    "name": "Another name",
    "companyName": "Another Company Inc.",
    "contactName": "Ana Ruiz",
    "email": "ana@example.com",
    "phone": "+1 212 555 0100",
    "website": "https://example.com/emr",
    "alertEmail": "alerts@example.com",
}


@pytest.fixture(params=["our_practice", "other_practice"])
def key(request: pytest.FixtureRequest, make_key: Any) -> Any:
    """A key of either practice that may do nothing but call."""
    until = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)
    practice = request.getfixturevalue(request.param)
    return make_key(practice, ["KB"], name="nightly sync", expires_at=until)


@pytest.fixture
def client(key: Any, client_for: Any) -> Client:
    made: Client = client_for(key)
    return made


def _types(row: dict[str, Any]) -> dict[str, type]:
    return {name: type(value) for name, value in row.items()}


def test_profile(client: Client, key: Any, partner: Partner) -> None:
    answer = client.get("/v1/me")

    assert answer.status_code == 200
    assert list(answer.json()) == ["data"]
    me = answer.json()["data"]
    assert list(me) == list(PROFILE)
    assert _types(me) == PROFILE
    assert (me["id"], me["name"], me["status"]) == (partner.pk, partner.name, "active")
    assert me["rateLimit"] == 1200
    assert _types(me["key"]) == KEY
    assert me["key"] == {
        "id": key.pk,
        "name": "nightly sync",
        "scopes": ["KB"],
        "practice": key.practice.ppass,
        "expiresAt": key.expires_at.isoformat().replace("+00:00", "Z"),
        "lastUsedAt": None,
    }


def test_profile_is_changed(client: Client) -> None:
    before = client.get("/v1/me").json()["data"]

    answer = client.patch("/v1/me", CHANGES)

    assert answer.status_code == 200
    assert answer.json() == {
        "message": "Profile updated successfully",
        "data": {**before, **CHANGES},
    }
    assert client.get("/v1/me").json()["data"] == {**before, **CHANGES}
    assert client.get("/v1/me")["ETag"] == answer["ETag"]


def test_part_of_a_profile_is_changed_and_the_rest_left(client: Client) -> None:
    client.patch("/v1/me", CHANGES)

    answer = client.patch("/v1/me", {"phone": None, "contactName": "Bo"})

    after = answer.json()["data"]
    assert after == {**after, **CHANGES, "phone": "", "contactName": "Bo"}


@pytest.mark.parametrize(
    "name", ["id", "status", "createdAt", "key", "rateLimit", "scopes", "is_active", "isActive"]
)
def test_nothing_else_is_changed(client: Client, name: str) -> None:
    before = client.get("/v1/me").json()

    answer = client.patch("/v1/me", {name: before["data"].get(name, "x"), "phone": "555-0199"})

    assert answer.status_code == 400
    code = "read_only" if name in PROFILE else "unknown"
    assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [(name, code)]
    assert client.get("/v1/me").json() == before


def test_usage(client: Client) -> None:
    client.get("/v1/me")
    client.get("/v1/me")
    client.get("/prospects")
    client.get("/v1/no/such/place")
    writer.flush()
    count()
    today = datetime.datetime.now(datetime.UTC).date()

    answer = client.get("/v1/me/usage")

    assert answer.status_code == 200
    usage = answer.json()["data"]
    assert list(usage) == ["startDate", "endDate", "totals", "days", "routes"]
    week_ago = str(today - datetime.timedelta(days=6))
    assert (usage["startDate"], usage["endDate"]) == (week_ago, str(today))
    figures = {"calls": int, "refused": int, "failed": int, "averageMs": float}
    assert _types(usage["totals"]) == figures
    assert (usage["totals"]["calls"], usage["totals"]["refused"]) == (3, 1)
    assert len(usage["days"]) == 7
    assert _types(usage["days"][-1]) == {**figures, "date": str}
    assert usage["days"][-1] == {**usage["totals"], "date": str(today)}
    assert usage["days"][0] == {
        "calls": 0,
        "refused": 0,
        "failed": 0,
        "averageMs": None,
        "date": week_ago,
    }
    assert [(row["method"], row["path"], row["calls"]) for row in usage["routes"]] == [
        ("GET", "/v1/me", 2),
        ("GET", "/v1/{PPass}/prospects", 1),
    ]


def test_own_request(client: Client, key: Any) -> None:
    client.get("/prospects", {"search": "Whispered"}, X_Request_Id="to-be.quoted_1")
    writer.flush()

    answer = client.get("/v1/me/requests/to-be.quoted_1")

    assert answer.status_code == 200
    call = answer.json()["data"]
    assert _types(call) == {
        "requestId": str,
        "at": str,
        "method": str,
        "path": str,
        "status": int,
        "durationMs": float,
        "keyId": int,
        "ip": str,
        "bytesIn": int,
        "bytesOut": int,
    }
    facts = {name: call[name] for name in ("requestId", "method", "path", "status", "keyId")}
    assert facts == {
        "requestId": "to-be.quoted_1",
        "method": "GET",
        "path": f"/v1/{key.practice.ppass}/prospects",
        "status": 403,
        "keyId": key.pk,
    }
    assert "Whispered" not in answer.content.decode()
