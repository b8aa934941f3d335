"""The five actions on a real table: envelopes, paging, filters, locks, entity tags."""

from collections.abc import Callable
from decimal import Decimal
from threading import Thread
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

GADGETS = "/v1/DemoOffice/gadgets"

Add = Callable[..., int]


@pytest.fixture
def add(gadgets: Client, owner: psycopg.Connection[Any]) -> Add:
    """Put a gadget of practice 1 into the table; returns its id."""

    def insert(name: str = "Crank", **values: Any) -> int:
        row = {"practice_id": 1, "name": name, **values}
        names, marks = ", ".join(row), ", ".join(["%s"] * len(row))
        statement = f"INSERT INTO tests_gadget ({names}) VALUES ({marks}) RETURNING id"
        return int(owner.execute(statement, list(row.values())).fetchone()[0])  # type: ignore[arg-type,index]

    return insert


def send(client: Client, method: str, path: str, body: Any, **headers: str) -> Any:
    """Send JSON."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return getattr(client, method)(path, body, content_type="application/json", headers=named)


def test_create_answers_what_is_stored(gadgets: Client) -> None:
    response = send(gadgets, "post", GADGETS, {"Name": "Crank", "Price": 12.5, "OpensAt": "09:00"})

    body = response.json()
    stored = gadgets.get(f"{GADGETS}/{body['data']['GadgetID']}")
    assert response.status_code == 201
    assert list(body) == ["message", "data"]
    assert body["message"] == "Gadget made"
    assert b'"Price":12.50' in response.content
    assert stored.json() == {"data": body["data"]}
    assert stored["ETag"] == response["ETag"]


def test_refused_create_writes_nothing(gadgets: Client) -> None:
    refused = send(gadgets, "post", GADGETS, {"Name": "x" * 41, "Colour": "red"})

    assert refused.status_code == 400
    assert gadgets.get(GADGETS).json()["total"] == 0


def test_query_parameters_of_create_are_checked(gadgets: Client) -> None:
    path = f"{GADGETS}?onTwin="

    assert send(gadgets, "post", path + "reject&copies=2", {"Name": "A"}).status_code == 201
    assert send(gadgets, "post", path + "reject&copies=3", {"Name": "B"}).status_code == 400
    assert send(gadgets, "post", path + "maybe", {"Name": "B"}).json()["errors"] == [
        {"field": "onTwin", "code": "choice", "message": "Must be one of reject, allow."}
    ]
    assert send(gadgets, "post", f"{GADGETS}?among=1,x", {"Name": "B"}).json()["errors"] == [
        {"field": "among[1]", "code": "invalid", "message": "Must be an integer."}
    ]


def test_same_name_again_is_a_conflict_and_tells_nothing(gadgets: Client, add: Add) -> None:
    add("Crank")

    response = send(gadgets, "post", GADGETS, {"Name": "Crank"})

    assert response.status_code == 409
    assert response.json()["type"] == "urn:officepro:problem:lost-race"
    assert b"gadget_name_unique" not in response.content


def test_list_is_a_page_in_its_envelope(gadgets: Client, add: Add) -> None:
    ids = [add(f"G{number}") for number in range(3)]

    body = gadgets.get(f"{GADGETS}?limit=2").json()

    assert [row["GadgetID"] for row in body.pop("data")] == [ids[2], ids[1]]
    assert body == {"count": 2, "page": 1, "limit": 2, "total": 3}


@pytest.mark.parametrize("rows", [1, 3])
def test_list_takes_two_queries(gadgets: Client, add: Add, rows: int) -> None:
    for number in range(rows):
        add(f"G{number}")

    with CaptureQueriesContext(connection) as queries:
        gadgets.get(GADGETS)

    assert len(queries) == 2


def test_page_beyond_the_end_is_empty(gadgets: Client, add: Add) -> None:
    add()

    for page in (2, 2**62):
        assert gadgets.get(f"{GADGETS}?page={page}").json() == {
            "data": [],
            "count": 0,
            "page": page,
            "limit": 25,
            "total": 1,
        }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("search=an", ["Crank", "Fan"]),
        ("search=", ["Crank", "Fan", "Hub"]),
        ("search=%25", []),
        ("used=TRUE", ["Crank", "Hub"]),
        ("used=false", ["Fan"]),
        ("kind=Wheel", ["Fan"]),
        ("size=3&used=true", ["Crank"]),
        ("initial=c", ["Crank"]),
        ("madeSince=2026-03-09", ["Crank"]),
        ("checkedSince=2026-03-09T12:15:00%2B02:00", ["Crank"]),
    ],
)
def test_filters_narrow_the_list(gadgets: Client, add: Add, query: str, found: list[str]) -> None:
    add("Crank", size=3, made_on="2026-03-09", checked_at="2026-03-09T10:15:00Z")
    add("Fan", kind="Wheel", is_used=False, checked_at="2026-03-09T10:14:59Z")
    add("Hub", size=4, made_on="2026-03-08")

    body = gadgets.get(f"{GADGETS}?{query}").json()

    assert sorted(row["Name"] for row in body["data"]) == found
    assert body["total"] == len(found)


def test_filter_by_ids_takes_a_list(gadgets: Client, add: Add) -> None:
    first, _, third = add("A"), add("B"), add("C")

    body = gadgets.get(f"{GADGETS}?ids={first},{third}").json()

    assert {row["GadgetID"] for row in body["data"]} == {first, third}


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("used=1", "used", "invalid"),
        ("used=", "used", "invalid"),
        ("kind=wheel", "kind", "choice"),
        ("size=3.0", "size", "invalid"),
        ("size=%2B3", "size", "invalid"),
        ("size=٣", "size", "invalid"),
        ("size=99999999999999999999", "size", "invalid"),
        ("size=9999999999999999999", "size", "out_of_range"),
        ("madeSince=2026-02-30", "madeSince", "invalid"),
        ("madeSince=09.03.2026", "madeSince", "invalid"),
        ("checkedSince=2026-03-09T10:15:00", "checkedSince", "invalid"),
        ("checkedSince=2026-03-09T10:15:00+02:00", "checkedSince", "invalid"),
        ("search=" + "x" * 21, "search", "max_length"),
        ("ids=1,,2", "ids[1]", "invalid"),
        ("page=0", "page", "out_of_range"),
        ("page=-1", "page", "invalid"),
        ("page=", "page", "invalid"),
        ("page=1.0", "page", "invalid"),
        ("page=99999999999999999999999", "page", "invalid"),
        ("limit=101", "limit", "out_of_range"),
        ("limit=ten", "limit", "invalid"),
    ],
)
def test_bad_value_is_a_fault_not_a_guess(
    gadgets: Client, query: str, field: str, code: str
) -> None:
    response = gadgets.get(f"{GADGETS}?{query}")

    assert response.status_code == 400
    (fault,) = response.json()["errors"]
    assert (fault["field"], fault["code"]) == (field, code)


def test_row_of_another_practice_is_not_there(gadgets: Client, add: Add) -> None:
    theirs = add(practice_id=2)

    for method, body in (("get", None), ("put", {"Size": 2}), ("delete", None)):
        response = send(gadgets, method, f"{GADGETS}/{theirs}", body)
        assert response.status_code == 404
        assert "Gadget" not in response.json()["detail"]


@pytest.mark.parametrize("method", ["put", "patch"])
def test_update_changes_what_is_sent(gadgets: Client, add: Add, method: str) -> None:
    path = f"{GADGETS}/{add(size=3, price=Decimal('12.5'))}"
    before = gadgets.get(path).json()["data"]

    response = send(gadgets, method, path, {"Size": 4})

    after = gadgets.get(path)
    assert response.status_code == 200
    assert response.json() == {"message": "Updated successfully", "data": {**before, "Size": 4}}
    assert after.json()["data"] == response.json()["data"]
    assert after["ETag"] == response["ETag"]


def test_stale_update_is_refused(gadgets: Client, add: Add) -> None:
    path = f"{GADGETS}/{add()}"
    etag = gadgets.get(path)["ETag"]

    first = send(gadgets, "put", path, {"Size": 5}, If_Match=f'"other", {etag}')
    second = send(gadgets, "put", path, {"Size": 6}, If_Match=etag)
    third = send(gadgets, "put", path, {"Size": 7}, If_Match="*")

    assert [first.status_code, second.status_code, third.status_code] == [200, 412, 200]
    assert gadgets.get(path).json()["data"]["Size"] == 7


def test_of_racing_updates_with_one_etag_one_wins(gadgets: Client, add: Add) -> None:
    path = f"{GADGETS}/{add()}"
    etag = gadgets.get(path)["ETag"]
    statuses: list[int] = []

    def update(size: int) -> None:
        response = send(gadgets, "put", path, {"Size": size}, If_Match=etag)
        statuses.append(response.status_code)
        connection.close()

    racers = [Thread(target=update, args=(size,)) for size in range(2, 8)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()

    assert sorted(statuses) == [200] + [412] * 5


@pytest.mark.parametrize("header", ["abc", '"a" "b"', ""])
def test_malformed_if_match_is_named(gadgets: Client, add: Add, header: str) -> None:
    response = send(gadgets, "put", f"{GADGETS}/{add()}", {"Size": 5}, If_Match=header)

    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "If-Match"


def test_weak_tag_never_matches_a_write(gadgets: Client, add: Add) -> None:
    path = f"{GADGETS}/{add()}"
    etag = gadgets.get(path)["ETag"]

    assert send(gadgets, "put", path, {"Size": 5}, If_Match=f"W/{etag}").status_code == 412


@pytest.mark.parametrize("form", ["{}", "W/{}", '"x", {}', "*"])
def test_known_state_is_304(gadgets: Client, add: Add, form: str) -> None:
    path = f"{GADGETS}/{add()}"
    etag = gadgets.get(path)["ETag"]

    response = gadgets.get(path, headers={"If-None-Match": form.format(etag)})

    assert (response.status_code, response.content, response["ETag"]) == (304, b"", etag)
    assert "Content-Type" not in response
    assert gadgets.get(path, headers={"If-None-Match": '"x"'}).status_code == 200


def test_delete_answers_what_was_there(gadgets: Client, add: Add) -> None:
    path = f"{GADGETS}/{add()}"
    before = gadgets.get(path)

    stale = send(gadgets, "delete", path, None, If_Match='"x"')
    response = send(gadgets, "delete", path, None, If_Match=before["ETag"])

    assert stale.status_code == 412
    assert response.json() == {"message": "Deleted successfully", "data": before.json()["data"]}
    assert gadgets.get(path).status_code == 404


def test_related_row_must_be_of_the_practice(gadgets: Client, add: Add) -> None:
    ours, theirs = add("Ours"), add("Theirs", practice_id=2)

    good = send(gadgets, "post", GADGETS, {"Name": "A", "ParentID": ours})
    assert good.json()["data"]["ParentID"] == ours

    for parent, code in (
        (theirs, "not_found"),
        (10**9, "not_found"),
        (2**63, "out_of_range"),
        (str(ours), "invalid"),
        ("", "invalid"),
        (True, "invalid"),
    ):
        response = send(gadgets, "post", GADGETS, {"Name": "B", "ParentID": parent})
        (fault,) = response.json()["errors"]
        assert (fault["field"], fault["code"]) == ("ParentID", code)
