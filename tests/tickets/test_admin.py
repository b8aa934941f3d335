"""The staff pages of tickets: a queue to work off, and answers that go through the API's rules."""

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.client import Client
from tests.staff_pages import fields, signed_in
from tests.tickets.factories import CommentFactory, TicketFactory
from tickets import desk
from tickets.models import Comment, Ticket, TicketEvent

TICKETS = "/admin/tickets/ticket/"


@pytest.fixture
def browser(staff: Any) -> Browser:
    """Somebody who may do everything, signed in."""
    return signed_in(staff, first_name="Maria", last_name="Sanchez")


def _page(ticket: Ticket) -> str:
    return f"{TICKETS}{ticket.pk}/change/"


def _answer(browser: Browser, ticket: Ticket, **changes: Any) -> Any:
    return browser.post(_page(ticket), {**fields(browser.get(_page(ticket))), **changes})


def _listed(browser: Browser, **params: Any) -> list[int]:
    return [ticket.pk for ticket in browser.get(TICKETS, params).context["cl"].result_list]


def test_answer_step_and_assignment_in_one(
    browser: Browser, ours: Client, our_practice: Any, staff: Any
) -> None:
    ticket = TicketFactory.create(practice=our_practice)

    answer = _answer(
        browser, ticket, reply="Try again, please.", status="Pending", assigned_to="maria"
    )

    assert answer.status_code == 302, answer.context["errors"]
    seen = ours.get(f"/ticket/{ticket.pk}").json()["data"]
    assert (seen["Status"], seen["AssignedTo"]) == ("Pending", "maria")
    assert [(said["Comment"], said["Author"]) for said in seen["Comments"]] == [
        ("Try again, please.", "Maria Sanchez")
    ]
    with staff():
        assert Comment.objects.get().staff_name == "maria"
        assert TicketEvent.objects.get(pgh_label="update").pgh_context["staff"] == "maria"


def test_saving_without_a_change_writes_nothing(
    browser: Browser, our_practice: Any, staff: Any
) -> None:
    ticket = TicketFactory.create(practice=our_practice)
    CommentFactory.create(ticket=ticket)

    assert _answer(browser, ticket, reply=" \n").status_code == 302

    with staff():
        assert Ticket.objects.get().updated_at == ticket.updated_at
        assert Comment.objects.count() == 1
        assert TicketEvent.objects.count() == 1


@pytest.mark.parametrize(
    ("before", "offered"),
    [
        ("Open", ["Open", "Pending", "OnHold", "Resolved", "Closed"]),
        ("Resolved", ["Resolved", "Open", "Closed"]),
        ("Closed", ["Closed", "Open"]),
    ],
)
def test_only_steps_are_offered_and_taken(
    browser: Browser, our_practice: Any, staff: Any, before: str, offered: list[str]
) -> None:
    ticket = TicketFactory.create(practice=our_practice, status=before)

    form = browser.get(_page(ticket)).context["adminform"].form

    assert [value for value, _ in form.fields["status"].choices] == offered
    for status in {*Ticket.Status.values} - {*offered}:
        refused = _answer(browser, ticket, status=status, reply="x")
        assert "status" in refused.context["adminform"].form.errors
    with staff():
        assert Ticket.objects.get().status == before
        assert not Comment.objects.exists()


def test_nobody_undoes_what_another_did_meanwhile(
    browser: Browser, ours: Client, our_practice: Any, staff: Any
) -> None:
    ticket = TicketFactory.create(practice=our_practice)
    mine = {**fields(browser.get(_page(ticket))), "reply": "Mine", "priority": "High"}
    ours.put(f"/ticket/{ticket.pk}", {"Status": "Resolved", "AssignedTo": "Ana"})

    stopped = browser.post(_page(ticket), mine)
    shown = stopped.content.decode()

    assert stopped.status_code == 200
    assert "It is now: status Resolved, priority Normal, assigned to Ana." in shown
    assert fields(stopped)["reply"] == "Mine"
    with staff():
        assert not Comment.objects.exists()
        assert Ticket.objects.get().priority == "Normal"

    again = browser.post(_page(ticket), fields(stopped))

    assert again.status_code == 302, again.context["errors"]
    with staff():
        after = Ticket.objects.get()
        assert (after.priority, Comment.objects.get().text) == ("High", "Mine")


def test_comment_of_another_stops_the_answer_once(
    browser: Browser, ours: Client, our_practice: Any
) -> None:
    ticket = TicketFactory.create(practice=our_practice)
    mine = {**fields(browser.get(_page(ticket))), "reply": "Mine"}
    ours.post(f"/ticket/{ticket.pk}/comment", {"Comment": "Never mind"})

    stopped = browser.post(_page(ticket), mine)

    assert "Never mind" in stopped.content.decode()
    assert browser.post(_page(ticket), fields(stopped)).status_code == 302


def test_full_ticket_takes_no_reply(
    browser: Browser, our_practice: Any, monkeypatch: pytest.MonkeyPatch, staff: Any
) -> None:
    monkeypatch.setattr(desk, "MOST_COMMENTS", 1)
    ticket = CommentFactory.create(ticket__practice=our_practice).ticket

    answer = _answer(browser, ticket, reply="One more", priority="High")

    assert "reply" in answer.context["adminform"].form.errors
    with staff():
        assert Ticket.objects.get().priority == "Normal"


def test_ticket_is_opened_for_somebody(
    browser: Browser, ours: Client, our_practice: Any, staff: Any
) -> None:
    empty = fields(browser.get(f"{TICKETS}add/"))

    answer = browser.post(
        f"{TICKETS}add/",
        {**empty, "practice": "demooffice", "subject": "By phone", "requester": "Kim"},
    )

    assert answer.status_code == 302, answer.context["errors"]
    (row,) = ours.get("/tickets").json()["data"]
    assert (row["Subject"], row["Requester"], row["Status"]) == ("By phone", "Kim", "Open")
    with staff():
        assert TicketEvent.objects.get().pgh_context["staff"] == "maria"


@pytest.mark.parametrize("ppass", ["", "NoOffice", "1"])
def test_ticket_of_no_practice_is_not_opened(
    browser: Browser, our_practice: Any, staff: Any, ppass: str
) -> None:
    empty = fields(browser.get(f"{TICKETS}add/"))

    answer = browser.post(f"{TICKETS}add/", {**empty, "practice": ppass, "subject": "By phone"})

    assert list(answer.context["adminform"].form.errors) == ["practice"]
    with staff():
        assert not Ticket.objects.exists()


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


def test_page_shows_who_said_what(browser: Browser, ours: Client, our_practice: Any) -> None:
    number = ours.post("/tickets", {"Subject": "A"}).json()["data"]["TicketID"]
    ours.post(f"/ticket/{number}/comment", {"Comment": "By the partner", "Author": "Kim"})
    CommentFactory.create(
        ticket_id=number,
        practice=our_practice,
        ticket=Ticket(pk=number),
        text="By us",
        author="Maria",
        staff_name="maria",
    )

    shown = browser.get(f"{TICKETS}{number}/change/").content.decode()

    assert shown.index("By the partner") < shown.index("By us") < shown.index("id_reply")
    assert "key test key" in shown
    assert 'badge-info">staff' in shown


def test_history_shows_steps(browser: Browser, ours: Client) -> None:
    number = ours.post("/tickets", {"Subject": "A"}).json()["data"]["TicketID"]
    ours.put(f"/ticket/{number}", {"Status": "OnHold"}, X_Request_Id="quoted")

    shown = browser.get(f"{TICKETS}{number}/history/").content.decode()

    assert "request quoted" in shown
    assert "OnHold" in shown


def test_who_may_only_look_sees_all_and_changes_nothing(our_practice: Any, staff: Any) -> None:
    ticket = CommentFactory.create(ticket__practice=our_practice).ticket
    looker = signed_in(staff, "view_ticket", name="lee")

    shown = looker.get(_page(ticket))
    refused = looker.post(_page(ticket), {"reply": "x", "status": "Closed"})
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
    browser.get(_page(ticket))  # what a process asks once
    counts = []
    for size in (1, 2, 97):
        CommentFactory.create_batch(size, ticket=ticket)
        TicketFactory.create_batch(size, practice=our_practice)
        for path in (TICKETS, _page(ticket)):
            with CaptureQueriesContext(connection) as captured:
                assert browser.get(path).status_code == 200
            counts.append(len(captured))

    assert counts == counts[:2] * 3
