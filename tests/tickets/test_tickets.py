"""Tickets through the API: what they do, and what they refuse."""

import datetime
from typing import Any

import pytest

from tests.client import Client
from tests.tickets.factories import CommentFactory, TicketFactory
from tickets import desk
from tickets.models import Comment, Ticket

SAID = {"Comment": "This is a new comment", "Author": "Support Agent"}


@pytest.fixture
def ticket(our_practice: Any) -> Ticket:
    made: Ticket = TicketFactory.create(practice=our_practice)
    return made


def _faults(answer: Any) -> list[tuple[str, str]]:
    return [(each["field"], each["code"]) for each in answer.json()["errors"]]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({}, ("Subject", "required")),
        ({"Subject": ""}, ("Subject", "blank")),
        ({"Subject": " \n"}, ("Subject", "blank")),
        ({"Subject": None}, ("Subject", "null")),
        ({"Subject": 1}, ("Subject", "invalid")),
        ({"Subject": "x" * 201}, ("Subject", "max_length")),
        ({"Subject": "a\0b"}, ("Subject", "invalid")),
        ({"Subject": "A", "Description": "x" * 10_001}, ("Description", "max_length")),
        ({"Subject": "A", "Category": "x" * 51}, ("Category", "max_length")),
        ({"Subject": "A", "Requester": ["Kim"]}, ("Requester", "invalid")),
        ({"Subject": "A", "AssignedTo": {}}, ("AssignedTo", "invalid")),
        ({"Subject": "A", "Status": "Done"}, ("Status", "choice")),
        ({"Subject": "A", "Priority": "high"}, ("Priority", "choice")),
        ({"Subject": "A", "TicketID": 1}, ("TicketID", "read_only")),
        ({"Subject": "A", "CreatedAt": "2026-03-09T10:00:00Z"}, ("CreatedAt", "read_only")),
        ({"Subject": "A", "Comments": []}, ("Comments", "read_only")),
        ({"Subject": "A", "Pirority": "High"}, ("Pirority", "unknown")),
        ({"Subject": "A", "practice_id": 1}, ("practice_id", "unknown")),
        ({"Subject": "A", "api_key_id": 1}, ("api_key_id", "unknown")),
    ],
)
def test_bad_ticket_is_refused_and_named(
    ours: Client, theirs: Client, body: dict[str, Any], fault: tuple[str, str], staff: Any
) -> None:
    for client in (ours, theirs):
        answer = client.post("/tickets", body)

        assert answer.status_code == 400
        assert _faults(answer) == [fault]
    with staff():
        assert not Ticket.objects.exists()


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({}, ("Comment", "required")),
        ({"Comment": ""}, ("Comment", "blank")),
        ({"Comment": " \t\n"}, ("Comment", "blank")),
        ({"Comment": None}, ("Comment", "null")),
        ({"Comment": 5}, ("Comment", "invalid")),
        ({"Comment": "x" * 10_001}, ("Comment", "max_length")),
        ({"Comment": "x" * 100_000}, ("Comment", "max_length")),
        ({"Comment": "a\0b"}, ("Comment", "invalid")),
        ({"Comment": "x", "Author": ""}, ("Author", "blank")),
        ({"Comment": "x", "Author": "x" * 201}, ("Author", "max_length")),
        ({"Comment": "x", "CommentID": 1}, ("CommentID", "read_only")),
        ({"Comment": "x", "CreatedAt": "2020-01-01T00:00:00Z"}, ("CreatedAt", "read_only")),
        ({"Comment": "x", "staff_name": "maria"}, ("staff_name", "unknown")),
        ({"Coment": "x", "Comment": "x"}, ("Coment", "unknown")),
    ],
)
def test_bad_comment_is_refused_and_named(
    ours: Client, ticket: Ticket, body: dict[str, Any], fault: tuple[str, str], staff: Any
) -> None:
    answer = ours.post(f"/tickets/{ticket.pk}/comment", body)

    assert answer.status_code == 400
    assert _faults(answer) == [fault]
    with staff():
        assert not Comment.objects.exists()


def test_longest_comment_is_taken_whole(ours: Client, ticket: Ticket) -> None:
    text = "é" * 10_000

    answer = ours.post(f"/tickets/{ticket.pk}/comment", {**SAID, "Comment": text})

    assert answer.json()["data"]["Comment"] == text


def test_comment_keeps_its_text_as_sent(ours: Client, ticket: Ticket) -> None:
    text = "  <script>alert(1)</script>\r\n\tüß 👩‍⚕️ {{7*7}} '; DROP TABLE x --  "

    answer = ours.post(f"/tickets/{ticket.pk}/comment", {**SAID, "Comment": text})

    assert answer.json()["data"]["Comment"] == text
    assert ours.get(f"/ticket/{ticket.pk}").json()["data"]["Comments"][0]["Comment"] == text


def test_author_is_the_callers_text_with_the_key_beside_it(
    our_practice: Any, make_key: Any, client_for: Any, ticket: Ticket, partner: Any, staff: Any
) -> None:
    key = make_key(our_practice)
    client = client_for(key)

    client.post(f"/ticket/{ticket.pk}/comment", SAID)
    answer = client.post(f"/ticket/{ticket.pk}/comment", {"Comment": "No name"})

    assert answer.json()["data"]["Author"] == partner.name
    with staff():
        said = list(Comment.objects.values_list("author", "api_key_id", "staff_name"))
    assert said == [("Support Agent", key.pk, ""), (partner.name, key.pk, "")]


def test_ticket_knows_the_key_that_opened_it(
    our_practice: Any, make_key: Any, client_for: Any, staff: Any
) -> None:
    key = make_key(our_practice)

    client_for(key).post("/tickets", {"Subject": "A"})

    with staff():
        assert Ticket.objects.get().api_key_id == key.pk


def test_comments_are_told_in_order(ours: Client, ticket: Ticket) -> None:
    for text in ("first", "second", "third"):
        ours.post(f"/ticket/{ticket.pk}/comment", {**SAID, "Comment": text})

    told = ours.get(f"/ticket/{ticket.pk}").json()["data"]["Comments"]

    assert [each["Comment"] for each in told] == ["first", "second", "third"]
    assert [each["CommentID"] for each in told] == sorted(each["CommentID"] for each in told)


def test_ticket_holds_so_many_comments(
    ours: Client, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "MOST_COMMENTS", 2)

    answers = [ours.post(f"/ticket/{ticket.pk}/comment", SAID) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [201, 201, 409]
    assert answers[2].json()["type"] == "urn:officepro:problem:too-many-comments"
    assert len(ours.get(f"/ticket/{ticket.pk}").json()["data"]["Comments"]) == 2


def test_ticket_of_another_practice_is_not_there(
    ours: Client, theirs: Client, other_practice: Any
) -> None:
    foreign = TicketFactory.create(practice=other_practice)
    CommentFactory.create(ticket=foreign)
    before = theirs.get(f"/ticket/{foreign.pk}").json()

    statuses = [
        ours.send(method, f"{spelling}/{foreign.pk}{rest}", body).status_code
        for spelling in ("/ticket", "/tickets")
        for method, rest, body in (
            ("GET", "", None),
            ("PUT", "", {"Status": "Closed"}),
            ("PATCH", "", {"Subject": "Mine"}),
            ("POST", "/comment", SAID),
        )
    ]

    assert statuses == [404] * 8
    assert ours.get("/tickets").json() == {
        "data": [],
        "count": 0,
        "page": 1,
        "limit": 25,
        "total": 0,
    }
    assert theirs.get(f"/ticket/{foreign.pk}").json() == before


def test_stale_change_is_refused(ours: Client, ticket: Ticket) -> None:
    path = f"/ticket/{ticket.pk}"
    seen = ours.get(path)["ETag"]
    assert ours.get(path, None, If_None_Match=seen).status_code == 304

    ours.post(f"{path}/comment", SAID)
    stale = ours.put(path, {"Status": "Closed"}, If_Match=seen)
    fresh = ours.put(path, {"Status": "Closed"}, If_Match=ours.get(f"/tickets/{ticket.pk}")["ETag"])

    assert stale.status_code == 412
    assert fresh.status_code == 200
    assert fresh["ETag"] == ours.get(path)["ETag"]


@pytest.mark.parametrize("path", ["/tickets", "/ticket/{}/comment", "/tickets/{}/comment"])
def test_second_try_writes_nothing_new(ours: Client, ticket: Ticket, path: str, staff: Any) -> None:
    body = SAID if "comment" in path else {"Subject": "Once"}

    first, second = (
        ours.post(path.format(ticket.pk), body, Idempotency_Key="once") for _ in range(2)
    )

    assert (first.status_code, second.status_code) == (201, 201)
    assert second["Idempotent-Replayed"] == "true"
    assert first.content == second.content
    with staff():
        assert Ticket.objects.count() + Comment.objects.count() == 2


def test_each_change_is_later_than_the_one_before(ticket: Ticket, staff: Any) -> None:
    """Also by whoever has waited for another, and comes with an older time."""
    old = ticket.created_at - datetime.timedelta(seconds=1)
    seen = [ticket.updated_at]

    with staff():
        for change in (
            lambda row: desk.change(ticket=row, values={"priority": "High"}, now=old),
            lambda row: desk.comment(ticket=row, text="x", author="x", now=old),
            lambda row: desk.change_all(ids=[row.pk], values={"status": "Closed"}, now=old),
        ):
            change(Ticket.objects.get(pk=ticket.pk))
            seen.append(Ticket.objects.get(pk=ticket.pk).updated_at)

    assert seen == sorted({*seen})


def test_change_of_nothing_is_no_change(ours: Client, ticket: Ticket) -> None:
    before = ours.get(f"/ticket/{ticket.pk}").json()["data"]

    for body in ({}, {"Status": "Open"}, {"Subject": ticket.subject, "Description": None}):
        assert ours.put(f"/ticket/{ticket.pk}", body).json()["data"] == before


def test_null_clears_text(ours: Client) -> None:
    sent = {"Description": "d", "Category": "c", "Requester": "r", "AssignedTo": "a"}
    made = ours.post("/tickets", {"Subject": "A", **sent}).json()["data"]
    assert made == {**made, **sent}

    cleared = ours.put(f"/ticket/{made['TicketID']}", dict.fromkeys(sent))

    assert cleared.json()["data"] == {
        **made,
        **dict.fromkeys(sent, ""),
        "UpdatedAt": cleared.json()["data"]["UpdatedAt"],
    }


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"status": "open"}, "status"),
        ({"status": "Open,Closed"}, "status"),
        ({"priority": "1"}, "priority"),
        ({"search": "a b c d e f g h i j k"}, "search"),
        ({"search": "x" * 201}, "search"),
        ({"assignedTo": "x" * 201}, "assignedTo"),
        ({"assignedto": "x"}, "assignedto"),
        ({"search": "a\0"}, "search"),
        ({"page": "0"}, "page"),
        ({"limit": "101"}, "limit"),
    ],
)
def test_bad_parameter_is_refused_and_named(
    ours: Client, params: dict[str, str], field: str
) -> None:
    answer = ours.get("/tickets", params)

    assert answer.status_code == 400
    assert [name for name, _ in _faults(answer)] == [field]
