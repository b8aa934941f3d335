"""The documented paths and bodies of tickets, replayed key by key in both practices."""

from typing import Any

import pytest

from tests.client import Client
from tests.contract.reference import PUBLISHED

COMMENT = next(each for each in PUBLISHED if each.operation.endswith("/tickets/{id}/comment"))
FIELDS = {
    "TicketID": int,
    "Subject": str,
    "Description": str,
    "Status": str,
    "Priority": str,
    "Category": str,
    "Requester": str,
    "AssignedTo": str,
    "CreatedAt": str,
    "UpdatedAt": str,
}
COMMENT_FIELDS = {"CommentID": int, "Comment": str, "Author": str, "CreatedAt": str}
SPELLINGS = ["/ticket", "/tickets"]
NEW = {
    "Subject": "Visit does not show",
    "Description": "It was booked today.",
    "Priority": "High",
    "Category": "Portal",
    "Requester": "Kim Lee",
    "AssignedTo": "Support Agent",
}


@pytest.fixture(params=["ours", "theirs"])
def client(request: pytest.FixtureRequest, ours: Client, theirs: Client) -> Client:
    return {"ours": ours, "theirs": theirs}[request.param]


def _assert_has(row: dict[str, Any], fields: dict[str, type]) -> None:
    assert list(row) == list(fields)
    assert {name: type(value) for name, value in row.items()} == fields


def test_create_ticket(client: Client) -> None:
    answer = client.post("/tickets", NEW)

    assert answer.status_code == 201
    assert answer.json() == {
        "message": "Ticket created successfully",
        "data": {**answer.json()["data"], **NEW, "Status": "Open", "Comments": []},
    }
    _assert_has(answer.json()["data"], {**FIELDS, "Comments": list})
    assert answer["ETag"] == client.get(f"/ticket/{answer.json()['data']['TicketID']}")["ETag"]


def test_list_tickets_as_documented(client: Client) -> None:
    made = [client.post("/tickets", {**NEW, "Subject": text}).json()["data"] for text in "AB"]

    answer = client.get("/tickets")

    assert answer.status_code == 200
    for row in made:
        del row["Comments"]
    assert answer.json() == {"data": made[::-1], "count": 2, "page": 1, "limit": 25, "total": 2}
    for row in answer.json()["data"]:
        _assert_has(row, FIELDS)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_get_ticket_as_documented(client: Client, spelling: str) -> None:
    made = client.post("/tickets", NEW).json()["data"]
    said = client.post(f"/tickets/{made['TicketID']}/comment", COMMENT.request).json()["data"]

    answer = client.get(f"{spelling}/{made['TicketID']}")

    assert answer.status_code == 200
    ticket = answer.json()["data"]
    _assert_has(ticket, {**FIELDS, "Comments": list})
    assert answer.json() == {"data": {**made, "Comments": [said], "UpdatedAt": ticket["UpdatedAt"]}}
    assert ticket["UpdatedAt"] == said["CreatedAt"] > made["UpdatedAt"]


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_update_ticket_as_documented(client: Client, spelling: str, method: str) -> None:
    made = client.post("/tickets", {"Subject": "A"}).json()["data"]
    changes = {**NEW, "Status": "Pending", "Priority": "Urgent"}

    answer = client.send(method, f"{spelling}/{made['TicketID']}", changes)

    assert answer.status_code == 200
    after = answer.json()["data"]
    _assert_has(after, {**FIELDS, "Comments": list})
    assert answer.json() == {
        "message": "Ticket updated successfully",
        "data": {**made, **changes, "UpdatedAt": after["UpdatedAt"]},
    }
    assert after["UpdatedAt"] > made["UpdatedAt"]
    assert client.get(f"/ticket/{made['TicketID']}").json()["data"] == after


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_comment_as_documented(client: Client, spelling: str) -> None:
    number = client.post("/tickets", NEW).json()["data"]["TicketID"]

    answer = client.post(f"{spelling}/{number}/comment", COMMENT.request)

    assert answer.status_code == 201
    made = answer.json()["data"]
    _assert_has(made, COMMENT_FIELDS)
    assert answer.json() == {
        "message": "Comment added successfully",
        "data": {**made, **COMMENT.request},
    }


def test_documented_statuses_and_priorities_are_taken_and_others_refused(client: Client) -> None:
    path = f"/ticket/{client.post('/tickets', NEW).json()['data']['TicketID']}"

    for status in ("Open", "Pending", "OnHold", "Resolved", "Closed"):
        assert client.put(path, {"Status": status}).json()["data"]["Status"] == status
    for priority in ("Low", "Normal", "High", "Urgent"):
        assert client.put(path, {"Priority": priority}).json()["data"]["Priority"] == priority
    for body in ({"Status": "open"}, {"Status": None}, {"Priority": "urgent"}, {"Priority": 1}):
        refused = client.put(path, body)
        assert refused.status_code == 400
        assert [fault["field"] for fault in refused.json()["errors"]] == list(body)


def test_list_takes_the_documented_filters(client: Client) -> None:
    other = {"Subject": "B", "Priority": "Low", "AssignedTo": "Somebody"}
    wanted, _ = (client.post("/tickets", body).json()["data"] for body in (NEW, other))
    client.put(f"/ticket/{wanted['TicketID']}", {"Status": "Pending"})

    for name, value in {
        "status": "Pending",
        "priority": "High",
        "search": "does BOOKED",
        "assignedTo": "support agent",
    }.items():
        answer = client.get("/tickets", {name: value}).json()
        assert [row["TicketID"] for row in answer["data"]] == [wanted["TicketID"]], name
        assert answer["total"] == 1, name
