"""The staff's queue of tickets: its order, filters, actions and cost, and who may use it."""

import datetime
from typing import Any

from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.client import Client
from tests.staff_pages import signed_in
from tests.tickets.factories import CommentFactory, TicketFactory
from tests.tickets.staff_tickets import TICKETS, browser, page_of
from tickets.models import Ticket

__all__ = ["browser"]


def _listed(browser: Browser, **params: Any) -> list[int]:
    return [ticket.pk for ticket in browser.get(TICKETS, params).context["cl"].result_list]


def test_queue_holds_what_is_to_be_done_most_urgent_and_oldest_first(
    browser: Browser, our_practice: Any, other_practice: Any
) -> None:
    def ticket(practice: Any, **facts: Any) -> int:
        return int(TicketFactory.create(practice=practice, **facts).pk)

    normal = ticket(our_practice)
    low = ticket(our_practice, priority="Low", status="OnHold")
    urgent = ticket(other_practice, priority="Urgent")
    later = ticket(other_practice, priority="Urgent", status="Pending")
    resolved = ticket(our_practice, status="Resolved", priority="Urgent")
    closed = ticket(our_practice, status="Closed")

    assert _listed(browser) == [urgent, later, normal, low]
    assert _listed(browser, status="Pending") == [later]
    assert _listed(browser, status="all") == [closed, resolved, later, urgent, low, normal]
    assert _listed(browser, ppass="demooffice") == [normal, low]
    assert _listed(browser, priority__exact="Urgent") == [urgent, later]
    assert _listed(browser, q=f"#{closed}", status="all") == [closed]


def test_filters_by_age_and_by_who(browser: Browser, our_practice: Any) -> None:
    now = timezone.now()
    ages = {
        days: TicketFactory.create(
            practice=our_practice, created_at=now - datetime.timedelta(days=days), assigned_to=who
        ).pk
        for days, who in ((0, "MARIA"), (3, "Ana"), (8, ""), (40, "maria"))
    }

    def of(*days: int) -> list[int]:
        return [ages[each] for each in days]

    assert _listed(browser, age="day") == of(0)
    assert _listed(browser, age="week") == of(0, 3)
    assert _listed(browser, age="older") == of(8, 40)
    assert _listed(browser, age="old") == of(40)
    assert _listed(browser, assigned="me") == of(0, 40)
    assert _listed(browser, assigned="nobody") == of(8)
    assert _listed(browser, assigned="=ana") == of(3)
    assert _listed(browser, age="no such", assigned="") == of(0, 3, 8, 40)


def test_search_finds_words_in_all_practices_or_one(
    browser: Browser, our_practice: Any, other_practice: Any
) -> None:
    one, other = (
        TicketFactory.create(practice=practice, subject="Portal", description="is slow").pk
        for practice in (our_practice, other_practice)
    )

    assert _listed(browser, q="SLOW port") == [one, other]
    assert _listed(browser, q="slow", ppass="OtherOffice") == [other]
    assert _listed(browser, q="slow portal quick") == []


def test_actions_take_what_may_be_taken(browser: Browser, our_practice: Any, staff: Any) -> None:
    opened, closed = (
        TicketFactory.create(practice=our_practice, status=status) for status in ("Open", "Closed")
    )
    chosen = {"_selected_action": [opened.pk, closed.pk]}

    taken = browser.post(f"{TICKETS}?status=all", {**chosen, "action": "take"}, follow=True)
    moved = browser.post(f"{TICKETS}?status=all", {**chosen, "action": "set_pending"}, follow=True)

    assert "2 assigned to you." in taken.content.decode()
    assert "1 set to Pending." in moved.content.decode()
    assert "1 left as they are" in moved.content.decode()
    with staff():
        rows = Ticket.objects.order_by("id").values_list("status", "assigned_to")
        assert list(rows) == [("Pending", "maria"), ("Closed", "maria")]


def test_history_shows_steps(browser: Browser, ours: Client) -> None:
    number = ours.post("/tickets", {"Subject": "A"}).json()["data"]["TicketID"]
    ours.put(f"/ticket/{number}", {"Status": "OnHold"}, X_Request_Id="quoted")

    shown = browser.get(f"{TICKETS}{number}/history/").content.decode()

    assert "request quoted" in shown
    assert "OnHold" in shown


def test_who_may_only_look_sees_all_and_changes_nothing(our_practice: Any, staff: Any) -> None:
    ticket = CommentFactory.create(ticket__practice=our_practice).ticket
    looker = signed_in(staff, "view_ticket", name="lee")

    shown = looker.get(page_of(ticket))
    refused = looker.post(page_of(ticket), {"reply": "x", "status": "Closed"})
    listed = looker.get(TICKETS).content.decode()

    assert shown.status_code == 200
    assert "id_reply" not in shown.content.decode()
    assert "Comment " in shown.content.decode()
    assert refused.status_code == 403
    assert "set_pending" not in listed
    assert looker.get(f"{TICKETS}add/").status_code == 403
    with staff():
        assert Ticket.objects.get().status == "Open"


def test_nothing_is_deleted(browser: Browser, our_practice: Any) -> None:
    ticket = TicketFactory.create(practice=our_practice)

    assert browser.post(f"{TICKETS}{ticket.pk}/delete/", {"post": "yes"}).status_code == 403
    assert "delete_selected" not in browser.get(TICKETS).content.decode()


def test_pages_take_as_many_queries_for_many_as_for_one(
    browser: Browser, our_practice: Any
) -> None:
    ticket = TicketFactory.create(practice=our_practice)
    browser.get(page_of(ticket))  # what a process asks once
    counts = []
    for size in (1, 2, 97):
        CommentFactory.create_batch(size, ticket=ticket)
        TicketFactory.create_batch(size, practice=our_practice)
        for path in (TICKETS, page_of(ticket)):
            with CaptureQueriesContext(connection) as captured:
                assert browser.get(path).status_code == 200
            counts.append(len(captured))

    assert counts == counts[:2] * 3
