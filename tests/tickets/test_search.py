"""Searching tickets: what is found, what is not, and by which index."""

from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from partners import tenancy
from tests.client import Client
from tests.tickets.factories import TicketFactory
from tickets.models import Ticket

FACTS = {
    "subject": "Portal: visit of Mrs. O'Neil-Doe",
    "description": "100% sure it was_booked\nin room 7 \\ Ärztin",
    "requester": "Kim Lee",
    "category": "Billing",
}


def _found(practice: Any, text: str) -> list[int]:
    with tenancy.within_practice(practice.pk):
        tickets = Ticket.objects.filter(practice_id=practice.pk).mine().mentioning(text)
        return list(tickets.values_list("pk", flat=True))


@pytest.mark.parametrize(
    "text",
    [
        "portal",
        "PORTAL",
        "orta",
        "rt",
        "7",
        "o'neil",
        "100%",
        "0%",
        "was_b",
        "\\",
        "ärz",
        "ÄRZTIN",
        "kim",
        "lee kim",
        "bill portal sure",
        "  visit \t kim ",
        "kim kim",
    ],
)
def test_found_in_its_practice_only(
    ours: Client, theirs: Client, our_practice: Any, other_practice: Any, text: str
) -> None:
    TicketFactory.create(practice=our_practice, subject="zzz")
    wanted = {
        client: TicketFactory.create(practice=practice, **FACTS).pk
        for client, practice in ((ours, our_practice), (theirs, other_practice))
    }

    for client, number in wanted.items():
        answer = client.get("/tickets", {"search": text}).json()
        assert [row["TicketID"] for row in answer["data"]] == [number]
        assert answer["total"] == 1


@pytest.mark.parametrize("text", ["portals", "kim leeroy", "%", "_", "x%", "wasXbooked", "zz kim"])
def test_not_found(our_practice: Any, text: str) -> None:
    TicketFactory.create(practice=our_practice, subject="Portal was booked by Kim")

    assert _found(our_practice, text) == []


def test_words_are_found_in_what_a_sql_client_wrote(our_practice: Any, owner: Any) -> None:
    with owner.transaction():
        owner.execute("SET LOCAL ROLE emr_staff")
        owner.execute(
            "INSERT INTO tickets_ticket (practice_id, subject, status, priority, description,"
            " category, requester, assigned_to)"
            " VALUES (%s, 'By SQL', 'Open', 'Low', '', '', '', '')",
            [our_practice.pk],
        )

    assert len(_found(our_practice, "by sql")) == 1


@given(text=st.text(min_size=1, max_size=12), word=st.text(min_size=1, max_size=4))
@example(text="a%b", word="%")
@example(text="a\\b", word="\\")
@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_word_is_found_where_it_is_part_and_nowhere_else(
    our_practice: Any, staff: Any, text: str, word: str
) -> None:
    text, word = (each.encode(errors="ignore").decode().replace("\0", "") for each in (text, word))
    if not (text.isascii() and word.isascii()):
        text, word = text.casefold(), word.casefold()
    with staff():
        Ticket.objects.all().delete()
        ticket = Ticket.objects.create(practice=our_practice, subject=f"x{text}x")

    is_there = all(part.lower() in f"x{text}x".lower() for part in word.split())

    assert _found(our_practice, word) == ([ticket.pk] if is_there else [])


def _page(rows: Any) -> Any:
    return rows.order_by("-id")[:25]


QUESTIONS = [
    (lambda rows: rows.mine().mentioning("qzxq 12"), "ticket_search", "~~ '%qzxq%'"),
    (lambda rows: rows.assigned_to("AGENT 3"), "ticket_by_assignee", "'agent 3'"),
    (lambda rows: _page(rows.filter(status="Resolved")), "ticket_by_status", "Resolved"),
    (lambda rows: _page(rows.filter(priority="Urgent")), "ticket_by_priority", "Urgent"),
    (lambda rows: _page(rows), "ticket_in_practice", "practice_id"),
]


@pytest.mark.usefixtures("fresh_tables")
def test_serving_role_asks_the_index(
    our_practice: Any, other_practice: Any, staff: Any, owner: Any
) -> None:
    with staff():
        Ticket.objects.bulk_create(
            Ticket(
                practice=other_practice if n % 3 else our_practice,
                subject=f"Ticket {n} of {n % 97}",
                status="Resolved" if n % 500 == 0 else "Closed",
                priority="Urgent" if n % 400 == 0 else "Low",
                assigned_to=f"Agent {n % 300}",
            )
            for n in range(4000)
        )
    owner.execute("ANALYZE tickets_ticket")

    with tenancy.within_practice(our_practice.pk):
        rows = Ticket.objects.filter(practice_id=our_practice.pk).order_by()
        plans = [(build(rows).explain(), index, asked) for build, index, asked in QUESTIONS]

    for plan, index, asked in plans:
        assert index in plan, plan
        assert asked in plan[plan.index("Index Cond") :].splitlines()[0], plan
