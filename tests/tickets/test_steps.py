"""Status moves along the table's steps and no others."""

import re
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.client import Client
from tests.contract.documents import operations
from tests.tickets.factories import TicketFactory
from tickets import desk, steps
from tickets.models import Ticket

STATUSES = Ticket.Status.values
PARTNERS_GUIDE = Path(__file__).parents[2] / "docs" / "partners.md"


def test_table_knows_every_status() -> None:
    assert {*steps.STEPS} == {"", *STATUSES}
    assert {after for allowed in steps.STEPS.values() for after in allowed} <= {*STATUSES}
    assert [status for status in STATUSES if status in steps.STEPS[status]] == []


@pytest.mark.parametrize(("before", "after"), list(product(STATUSES, STATUSES)))
def test_step(
    our_practice: Any,
    other_practice: Any,
    ours: Client,
    theirs: Client,
    before: str,
    after: str,
) -> None:
    for practice, client in ((our_practice, ours), (other_practice, theirs)):
        ticket = TicketFactory.create(practice=practice, status=before)
        was = client.get(f"/ticket/{ticket.pk}").json()["data"]

        answer = client.put(f"/ticket/{ticket.pk}", {"Status": after, "Priority": "Low"})

        if after in (before, *steps.STEPS[before]):
            assert answer.status_code == 200
            now = answer.json()["data"]
            assert (now["Status"], now["Priority"]) == (after, "Low")
        else:
            assert answer.status_code == 409
            problem = answer.json()
            assert problem["type"] == "urn:officepro:problem:wrong-status"
            assert problem["allowed"] == list(steps.STEPS[before])
            assert all(name in problem["detail"] for name in (before, after, *problem["allowed"]))
            assert client.get(f"/ticket/{ticket.pk}").json()["data"] == was


@pytest.mark.parametrize("status", STATUSES)
def test_ticket_begins_open(ours: Client, status: str) -> None:
    answer = ours.post("/tickets", {"Subject": "A", "Status": status})

    if status == "Open":
        assert answer.status_code == 201
    else:
        assert answer.status_code == 409
        assert answer.json()["allowed"] == ["Open"]
        assert ours.get("/tickets").json()["total"] == 0


def test_many_at_once_go_where_they_may(our_practice: Any, staff: Any) -> None:
    tickets = [TicketFactory.create(practice=our_practice, status=each) for each in STATUSES]

    with staff():
        now = Ticket.objects.latest("created_at").created_at
        ids = [ticket.pk for ticket in tickets]
        changed = desk.change_all(ids=ids, values={"status": "Pending"}, now=now)
        after = dict(Ticket.objects.values_list("pk", "status"))

    assert changed == 2
    assert [after[ticket.pk] for ticket in tickets] == [
        "Pending",
        "Pending",
        "Pending",
        "Resolved",
        "Closed",
    ]


def _rows(text: str) -> dict[str, tuple[str, ...]]:
    rows = re.findall(r"^\| (\w+) \| ([\w, ]+) \|$", text, re.MULTILINE)
    return {before: tuple(after.split(", ")) for before, after in rows if before in steps.STEPS}


def test_documents_show_the_table(document: Any) -> None:
    table = {before: after for before, after in steps.STEPS.items() if before}

    told = operations(document)["PUT /v1/{PPass}/ticket/{id}"].facts["description"]

    assert _rows(told) == table
    assert _rows(PARTNERS_GUIDE.read_text()) == table
