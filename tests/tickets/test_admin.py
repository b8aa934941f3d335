"""Staff open, answer and step tickets, and see what another did meanwhile."""

from typing import Any

import pytest
from django.test import Client as Browser

from tests.client import Client
from tests.staff_pages import fields
from tests.tickets.factories import CommentFactory, TicketFactory
from tests.tickets.staff_tickets import TICKETS, browser, page_of
from tickets import desk
from tickets.models import Comment, Ticket, TicketEvent

__all__ = ["browser"]


def _answer(browser: Browser, ticket: Ticket, **changes: Any) -> Any:
    return browser.post(page_of(ticket), {**fields(browser.get(page_of(ticket))), **changes})


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

    form = browser.get(page_of(ticket)).context["adminform"].form

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
    mine = {**fields(browser.get(page_of(ticket))), "reply": "Mine", "priority": "High"}
    ours.put(f"/ticket/{ticket.pk}", {"Status": "Resolved", "AssignedTo": "Ana"})

    stopped = browser.post(page_of(ticket), mine)
    shown = stopped.content.decode()

    assert stopped.status_code == 200
    assert "It is now: status Resolved, priority Normal, assigned to Ana." in shown
    assert fields(stopped)["reply"] == "Mine"
    with staff():
        assert not Comment.objects.exists()
        assert Ticket.objects.get().priority == "Normal"

    again = browser.post(page_of(ticket), fields(stopped))

    assert again.status_code == 302, again.context["errors"]
    with staff():
        after = Ticket.objects.get()
        assert (after.priority, Comment.objects.get().text) == ("High", "Mine")


def test_comment_of_another_stops_the_answer_once(
    browser: Browser, ours: Client, our_practice: Any
) -> None:
    ticket = TicketFactory.create(practice=our_practice)
    mine = {**fields(browser.get(page_of(ticket))), "reply": "Mine"}
    ours.post(f"/ticket/{ticket.pk}/comment", {"Comment": "Never mind"})

    stopped = browser.post(page_of(ticket), mine)

    assert "Never mind" in stopped.content.decode()
    assert browser.post(page_of(ticket), fields(stopped)).status_code == 302


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
