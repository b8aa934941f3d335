"""The kept totals are what counting would find, whatever was done and by however many."""

import threading
from collections import Counter
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partners import tenancy
from tests.client import Client
from tests.tickets.factories import TicketFactory
from tickets import desk
from tickets.models import Ticket, TicketCount

STATUSES, PRIORITIES = Ticket.Status.values, Ticket.Priority.values


def _kept() -> Counter[tuple[int, str, str]]:
    rows = TicketCount.objects.values_list("practice_id", "status", "priority", "tickets")
    return Counter({(practice, status, priority): n for practice, status, priority, n in rows if n})


def _counted() -> Counter[tuple[int, str, str]]:
    return Counter(Ticket.objects.values_list("practice_id", "status", "priority"))


changes = st.lists(
    st.one_of(
        st.tuples(st.just("insert"), st.integers(0, 1), st.integers(1, 4)),
        st.tuples(st.just("status"), st.integers(0, 1), st.sampled_from(STATUSES)),
        st.tuples(st.just("priority"), st.integers(0, 1), st.sampled_from(PRIORITIES)),
        st.tuples(st.just("touch"), st.integers(0, 1), st.none()),
        st.tuples(st.just("delete"), st.integers(0, 1), st.none()),
    ),
    max_size=12,
)


@given(changes=changes)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_kept_is_counted(
    our_practice: Any, other_practice: Any, staff: Any, changes: list[tuple[str, int, Any]]
) -> None:
    practices = (our_practice, other_practice)
    with staff():
        Ticket.objects.all().delete()
        for what, whose, value in changes:
            tickets = Ticket.objects.filter(practice=practices[whose])
            some = Ticket.objects.filter(pk__in=list(tickets.values_list("pk", flat=True)[::2]))
            if what == "insert":
                Ticket.objects.bulk_create(
                    Ticket(practice=practices[whose], subject="A", priority=PRIORITIES[n % 4])
                    for n in range(value)
                )
            elif what == "touch":
                some.update(subject="B")
            elif what == "delete":
                some.delete()
            else:
                some.update(**{what: value})

        assert _kept() == _counted()


def test_rolled_back_is_not_counted(ours: Client, staff: Any) -> None:
    ours.post("/tickets", {"Subject": "A"})
    ours.post("/tickets", {"Subject": "A", "Status": "Closed"})

    assert ours.get("/tickets").json()["total"] == 1
    with staff():
        assert _kept() == _counted()


@pytest.mark.parametrize(
    ("params", "total"),
    [
        ({}, 3),
        ({"status": "Open"}, 2),
        ({"status": "Pending"}, 1),
        ({"priority": "High"}, 2),
        ({"status": "Open", "priority": "High"}, 1),
        ({"status": "Closed"}, 0),
        ({"search": ""}, 3),
        ({"assignedTo": ""}, 3),
    ],
)
def test_total_is_of_the_practice_and_the_filters(
    ours: Client,
    theirs: Client,
    our_practice: Any,
    other_practice: Any,
    params: dict[str, str],
    total: int,
) -> None:
    facts = [("Open", "High"), ("Open", "Low"), ("Pending", "High")]
    for practice, times in ((our_practice, 1), (other_practice, 2)):
        for status, priority in facts * times:
            TicketFactory.create(practice=practice, status=status, priority=priority)

    for client, times in ((ours, 1), (theirs, 2)):
        answer = client.get("/tickets", params).json()
        assert (answer["total"], answer["count"]) == (total * times, total * times)


def test_many_at_once_wait_for_each_other_and_never_in_a_circle(
    our_practice: Any, staff: Any
) -> None:
    tickets = TicketFactory.create_batch(8, practice=our_practice)
    ids = [ticket.pk for ticket in tickets]
    failures: list[Exception] = []

    def work(number: int) -> None:
        try:
            for turn in range(12):
                status = ("Open", "Pending", "OnHold")[(number + turn) % 3]
                _one_or_all(our_practice.pk, ids, number, turn, status)
        except Exception as error:  # noqa: BLE001 - told by the test
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    with staff():
        assert _kept() == _counted()
        assert Ticket.objects.count() == 8 + 6 * 4


def _one_or_all(practice_id: int, ids: list[int], number: int, turn: int, status: str) -> None:
    """What a partner does, to one ticket or a new one; or what staff do, to many."""
    with tenancy.within_practice(practice_id):
        tickets = Ticket.objects.filter(practice_id=practice_id)
        now = tickets.earliest("id").created_at
        if turn % 3 == 0:
            desk.open_ticket(practice_id=practice_id, subject="A", now=now)
        elif turn % 3 == 1:
            ticket = tickets.select_for_update().get(pk=ids[(number * 5 + turn) % len(ids)])
            desk.change(ticket=ticket, values={"status": status, "priority": "High"}, now=now)
        else:
            backwards = ids[:: 1 if number % 2 else -1]
            desk.change_all(ids=backwards, values={"status": status}, now=now)
