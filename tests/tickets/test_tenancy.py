"""The database keeps tickets of practices apart and comments as they were written."""

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from partners import tenancy
from tests.tickets.factories import CommentFactory, TicketFactory
from tickets.models import Comment, Ticket, TicketCount


@pytest.fixture
def both(our_practice: Any, other_practice: Any) -> list[Ticket]:
    """One ticket with a comment in each practice."""
    tickets = [TicketFactory.create(practice=each) for each in (our_practice, other_practice)]
    for ticket in tickets:
        CommentFactory.create(ticket=ticket)
    return tickets


@pytest.mark.parametrize("model", [Ticket, Comment, TicketCount])
def test_query_without_its_filter_shows_one_practice_or_none(
    both: list[Ticket], model: Any
) -> None:
    assert list(model.objects.all()) == []
    for ticket in both:
        with tenancy.within_practice(ticket.practice_id):
            assert [row.practice_id for row in model.objects.all()] == [ticket.practice_id]
    assert list(model.objects.all()) == []


def test_view_shows_no_more(both: list[Ticket]) -> None:
    ours, theirs = both
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM tickets_ticket_mine")
        assert cursor.fetchall() == []
    with tenancy.within_practice(ours.practice_id), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM tickets_ticket_mine")
        assert cursor.fetchall() == [(ours.pk,)]
        cursor.execute("UPDATE tickets_ticket SET subject = 'X' WHERE id = %s", [theirs.pk])
        assert cursor.rowcount == 0


def test_view_has_the_tables_columns(database: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attrelid::regclass::text, array_agg(attname ORDER BY attname)"
            " FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped AND attrelid IN"
            " ('tickets_ticket'::regclass, 'tickets_ticket_mine'::regclass) GROUP BY 1"
        )
        columns = dict(cursor.fetchall())

    assert columns["tickets_ticket"] == columns["tickets_ticket_mine"]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM tickets_ticket",
        "TRUNCATE tickets_ticket CASCADE",
        "UPDATE tickets_comment SET text = 'x'",
        "DELETE FROM tickets_comment",
        "UPDATE tickets_ticketcount SET tickets = 0",
        "INSERT INTO tickets_ticketcount VALUES (1, 'Open', 'Low', 1, 1)",
        "SELECT * FROM tickets_ticketevent",
        "UPDATE tickets_ticket_mine SET subject = 'x'",
        "SELECT tickets_count()",
    ],
)
def test_serving_role_may_not(both: list[Ticket], statement: str) -> None:
    with (
        tenancy.within_practice(both[0].practice_id),
        pytest.raises(DatabaseError, match=r"permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.parametrize(
    "statement", ["UPDATE tickets_comment SET text = 'x'", "DELETE FROM tickets_comment"]
)
def test_nobody_changes_what_was_said(both: list[Ticket], statement: str, owner: Any) -> None:
    with (
        tenancy.acting_as(tenancy.STAFF),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    # Given the right for a moment, the trigger still refuses.
    owner.execute("GRANT UPDATE, DELETE ON tickets_comment TO emr_staff")
    try:
        with (
            tenancy.acting_as(tenancy.STAFF),
            pytest.raises(DatabaseError, match="Cannot update or delete"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    finally:
        owner.execute("REVOKE UPDATE, DELETE ON tickets_comment FROM emr_staff")


def test_comment_cannot_be_put_on_a_ticket_of_another_practice(both: list[Ticket]) -> None:
    ours, theirs = both
    with (
        tenancy.within_practice(ours.practice_id),
        pytest.raises(IntegrityError),
        transaction.atomic(),
    ):
        Comment.objects.create(
            practice_id=ours.practice_id, ticket_id=theirs.pk, text="x", author="x"
        )


def test_ticket_cannot_move_to_another_practice(both: list[Ticket]) -> None:
    ours, theirs = both
    with (
        tenancy.within_practice(ours.practice_id),
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
    ):
        Ticket.objects.filter(pk=ours.pk).update(practice_id=theirs.practice_id)


@pytest.mark.parametrize(
    ("column", "value"), [("status", "Done"), ("priority", "Huge"), ("subject", "")]
)
def test_database_refuses_what_no_ticket_can_be(
    both: list[Ticket], column: str, value: str
) -> None:
    with (
        tenancy.acting_as(tenancy.STAFF),
        pytest.raises(IntegrityError, match="check constraint"),
        transaction.atomic(),
    ):
        Ticket.objects.update(**{column: value})
