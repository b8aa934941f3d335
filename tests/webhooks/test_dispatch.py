"""Publishing: events are numbered once, in the order of insertion, whoever else publishes."""

import datetime
import threading

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from partners import tenancy
from partners.scopes import EventScope
from tests.factories import ApiKeyFactory, PartnerFactory
from tests.webhooks.factories import SubscriptionFactory, happen
from tests.webhooks.publishing import (
    deliveries,
    in_staff_eyes,
    numbered,
    publish,
    states,
    subscription,
)
from webhooks import dispatch
from webhooks.models import Delivery, LogEntry

__all__ = ["subscription"]


def test_events_are_numbered_in_the_order_of_insertion_and_handed_out(
    subscription, our_practice, other_practice, make_key
):
    make_key(other_practice)
    theirs = SubscriptionFactory.create(practice=other_practice, partner=PartnerFactory.create())
    ApiKeyFactory.create(practice=other_practice, partner=theirs.partner)
    happen(our_practice, 71, 72)
    happen(other_practice, 91)
    happen(our_practice, 73)

    assert publish() == 4

    assert numbered() == [(1, 71), (2, 72), (3, 91), (4, 73)]
    assert deliveries() == [
        (subscription.pk, 1),
        (subscription.pk, 2),
        (theirs.pk, 3),
        (subscription.pk, 4),
    ]
    assert states() == [(our_practice.pk, 4, False), (other_practice.pk, 3, False)]
    assert publish() == 0


def test_delivery_names_its_event_and_is_due_at_once(subscription, our_practice):
    happen(our_practice, 71, scope=EventScope.CLAIMS, event="claim.paid")

    publish()

    (entry,) = in_staff_eyes(lambda: list(LogEntry.objects.all()))
    (made,) = in_staff_eyes(lambda: list(Delivery.objects.all()))
    assert (made.event, made.occurred_at, made.origin, made.status, made.attempts) == (
        "claim.paid",
        entry.created_at,
        "dispatch",
        "pending",
        0,
    )
    assert made.practice_id == our_practice.pk
    assert made.lease_until is None
    assert made.next_attempt_at <= datetime.datetime.now(datetime.UTC)


def test_batches_follow_each_other(subscription, our_practice):
    happen(our_practice, *range(1, 8))

    assert [publish(3), publish(3), publish(3), publish(3)] == [3, 3, 1, 0]

    assert numbered() == [(number, number) for number in range(1, 8)]
    assert deliveries() == [(subscription.pk, number) for number in range(1, 8)]


def test_late_commit_gets_a_higher_number_than_what_was_published_before(
    subscription, our_practice
):
    slow, fast = (connection.copy() for _ in range(2))
    try:
        for number, one in enumerate((slow, fast), 1):
            one.set_autocommit(False)
            with one.cursor() as cursor:
                cursor.execute("SET LOCAL ROLE emr_log_writer")
                cursor.execute(
                    "INSERT INTO webhooks_log (practice_id, scope, event, object_id)"
                    " VALUES (%s, 'Claims', 'claim.paid', %s)",
                    [our_practice.pk, number],
                )
        fast.commit()
        assert publish() == 1
        slow.commit()
        assert publish() == 1
    finally:
        slow.close()
        fast.close()

    assert numbered() == [(1, 2), (2, 1)]
    assert deliveries() == [(subscription.pk, 1), (subscription.pk, 2)]


def test_rolled_back_publishing_gives_its_numbers_back(subscription, our_practice):
    happen(our_practice, 71)
    with tenancy.acting_as(tenancy.SENDER):
        assert dispatch.publish() == 1
        transaction.set_rollback(True)

    assert (numbered(), deliveries(), states()) == ([(None, 71)], [], [])
    publish()

    assert numbered() == [(1, 71)]


def test_second_publisher_leaves_it_to_the_first(subscription, our_practice, owner):
    happen(our_practice, 71)
    publish()
    happen(our_practice, 72)
    with owner.transaction():
        owner.execute("SELECT FROM webhooks_numbering FOR UPDATE")
        assert publish() == 0

    assert publish() == 1


def test_first_publishers_of_all_do_not_collide(subscription, our_practice):
    happen(our_practice, *range(1, 41))
    start, counts = threading.Barrier(4), []

    def run():
        start.wait(10)
        try:
            while done := publish(5):
                counts.append(done)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while done := publish(5):
        counts.append(done)

    assert sum(counts) == 40
    assert [log_id for log_id, _ in numbered()] == list(range(1, 41))
    assert deliveries() == [(subscription.pk, number) for number in range(1, 41)]


def test_numbers_leap_where_the_database_was_restored(subscription, our_practice, owner):
    happen(our_practice, 71)
    publish()
    owner.execute("UPDATE webhooks_numbering SET place = 'another cluster'")
    happen(our_practice, 72)
    publish()
    happen(our_practice, 73)
    publish()

    after = dispatch.LEAP + 2
    assert numbered() == [(1, 71), (after, 72), (after + 1, 73)]
    assert [log_id for _, log_id in deliveries()] == [1, after, after + 1]


def test_numbers_go_on_where_their_row_was_lost(subscription, our_practice, owner):
    happen(our_practice, 71, 72)
    publish()
    owner.execute("DELETE FROM webhooks_numbering")
    happen(our_practice, 73)
    publish()

    assert numbered() == [(1, 71), (2, 72), (3, 73)]


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_publishing_takes_as_many_statements_for_many_as_for_one(subscription, our_practice, rows):
    happen(our_practice, 1)
    publish()
    happen(our_practice, *range(rows))

    with tenancy.acting_as(tenancy.SENDER), CaptureQueriesContext(connection) as captured:
        assert dispatch.publish() == rows

    statements = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
    assert len(statements) == 3


def test_finding_nothing_takes_one_statement(our_practice):
    with tenancy.acting_as(tenancy.SENDER), CaptureQueriesContext(connection) as captured:
        assert dispatch.publish() == 0

    assert len([query for query in captured if "SAVEPOINT" not in query["sql"]]) == 1


@pytest.mark.parametrize("role", [tenancy.WEB, tenancy.WORKER, tenancy.LOG_WRITER])
def test_others_may_not_publish(subscription, our_practice, role):
    happen(our_practice, 71)

    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        tenancy.acting_as(role),
        tenancy.within_practice(our_practice.pk),
    ):
        dispatch.publish()
