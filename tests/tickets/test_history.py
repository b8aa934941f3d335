"""History: who changed what of a ticket, however it was changed."""

from typing import Any

import pytest

from partners import tenancy
from tests.client import Client
from tests.tickets.factories import TicketFactory
from tickets.models import Ticket, TicketEvent


def _history(staff: Any, *fields: str) -> list[Any]:
    with staff():
        return list(TicketEvent.objects.order_by("pgh_id").values_list("pgh_label", *fields))


@pytest.mark.parametrize("whose", ["our_practice", "other_practice"])
def test_change_through_the_api_names_key_partner_and_request(
    request: pytest.FixtureRequest, whose: str, make_key: Any, client_for: Any, staff: Any
) -> None:
    practice = request.getfixturevalue(whose)
    key = make_key(practice)
    client = client_for(key)

    made = client.post("/tickets", {"Subject": "A"}, X_Request_Id="first").json()["data"]
    number = made["TicketID"]
    client.put(f"/ticket/{number}", {"Status": "Closed"}, X_Request_Id="second")

    who = {"key": key.pk, "partner": key.partner_id}
    assert _history(staff, "id", "practice_id", "status", "pgh_context") == [
        ("insert", number, practice.pk, "Open", {**who, "request": "first"}),
        ("update", number, practice.pk, "Closed", {**who, "request": "second"}),
    ]


def test_comment_is_its_own_history(ours: Client, staff: Any) -> None:
    number = ours.post("/tickets", {"Subject": "A"}).json()["data"]["TicketID"]

    ours.post(f"/ticket/{number}/comment", {"Comment": "x"})

    assert _history(staff) == [("insert",)]


def test_staff_are_named(our_practice: Any, staff: Any) -> None:
    ticket = TicketFactory.create(practice=our_practice)

    with tenancy.acting_as(tenancy.STAFF, staff="maria"):
        Ticket.objects.filter(pk=ticket.pk).update(assigned_to="maria")

    assert _history(staff, "assigned_to", "pgh_context")[1:] == [
        ("update", "maria", {"staff": "maria"})
    ]


def test_no_way_of_writing_passes_history(our_practice: Any, staff: Any, owner: Any) -> None:
    TicketFactory.create_batch(2, practice=our_practice)

    owner.execute("UPDATE tickets_ticket SET priority = 'Low'")
    owner.execute("UPDATE tickets_ticket SET priority = 'Low'")

    assert [label for (label,) in _history(staff)] == ["insert"] * 2 + ["update"] * 2
    for statement in (
        "UPDATE tickets_ticketevent SET subject = 'x'",
        "DELETE FROM tickets_ticketevent",
    ):
        with pytest.raises(Exception, match="Cannot update or delete"), owner.transaction():
            owner.execute(statement)
