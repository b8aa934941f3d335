"""The number of queries does not grow with the number of rows."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from emrapi.api.pagination import PageLimit
from tests.client import Client
from tests.tickets.factories import CommentFactory, TicketFactory

PARAMS: list[dict[str, Any]] = [
    {},
    {"status": "Open"},
    {"status": "Open", "priority": "Normal"},
    {"search": "ticket"},
    {"search": "ti"},
    {"search": "ticket", "status": "Open"},
    {"assignedTo": "KIM"},
]


def _queries(client: Client, path: str, params: dict[str, Any]) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path, params)
    assert answer.status_code == 200
    assert answer.json()["data"]
    return [query["sql"] for query in captured if "tickets_" in query["sql"]]


@pytest.mark.parametrize("params", PARAMS)
def test_list_takes_total_and_page(ours: Client, our_practice: Any, params: dict[str, Any]) -> None:
    counts = []

    for size in (1, 2, 97):
        for ticket in TicketFactory.create_batch(size, practice=our_practice, assigned_to="Kim"):
            if size < 97:
                CommentFactory.create(ticket=ticket)
        counts.append(len(_queries(ours, "/tickets", {**params, "limit": "100"})))

    assert counts == [2] * 3


def test_one_ticket_takes_two_queries(ours: Client, our_practice: Any) -> None:
    ticket = TicketFactory.create(practice=our_practice)

    counts = []
    for size in (1, 2, 97):
        CommentFactory.create_batch(size, ticket=ticket)
        counts.append(len(_queries(ours, f"/ticket/{ticket.pk}", {})))

    assert counts == [2] * 3


def test_total_is_not_counted_where_it_is_kept(ours: Client, our_practice: Any) -> None:
    TicketFactory.create_batch(3, practice=our_practice)

    for params in PARAMS[:3]:
        total, page = _queries(ours, "/tickets", params)
        assert "tickets_ticketcount" in total
        assert "tickets_ticketcount" not in page


def test_far_pages_are_as_near_ones(
    ours: Client, our_practice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    TicketFactory.create_batch(7, practice=our_practice, assigned_to="Kim")

    def pages() -> list[Any]:
        return [
            ours.get("/tickets", {**params, "limit": 2, "page": page}).json()
            for page in range(1, 6)
            for params in PARAMS
        ]

    near = pages()
    monkeypatch.setattr(PageLimit, "far", 0)

    assert pages() == near
    assert {page["total"] for page in near} == {7}
    seen = [row["TicketID"] for page in near[:: len(PARAMS)] for row in page["data"]]
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 7
