"""Events get their numbers when they are committed, and each listener gets its copy."""

import datetime
import threading

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from partners import tenancy
from partners.models import ApiKey, Partner, Practice
from partners.scopes import EventScope
from tests.factories import ApiKeyFactory, PartnerFactory
from tests.webhooks.factories import SubscriptionFactory, happen
from webhooks import dispatch
from webhooks.models import Delivery, DispatchState, LogEntry, Subscription


@pytest.fixture
def subscription(our_practice, partner, make_key):
    """The partner's key for our practice, and its subscription to all events there."""
    make_key(our_practice)
    return SubscriptionFactory.create(practice=our_practice, partner=partner)


def publish(limit=500):
    with tenancy.acting_as(tenancy.SENDER):
        return dispatch.publish(limit)


def in_staff_eyes(question):
    with tenancy.acting_as(tenancy.STAFF):
        return question()


def numbered():
    rows = LogEntry.objects.order_by("log_id").values_list("log_id", "object_id")
    return in_staff_eyes(lambda: list(rows))


def deliveries(**of):
    rows = Delivery.objects.filter(**of).order_by("id").values_list("subscription_id", "log_id")
    return in_staff_eyes(lambda: list(rows))


def states():
    rows = DispatchState.objects.order_by("practice_id")
    return in_staff_eyes(lambda: list(rows.values_list("practice_id", "last_log_id", "is_behind")))


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


def test_only_asked_for_scopes_are_handed_out(subscription, our_practice):
    in_staff_eyes(lambda: Subscription.objects.update(scopes=["Claims", "Payments"]))
    happen(our_practice, 1)
    happen(our_practice, 2, scope=EventScope.CLAIMS, event="claim.paid")
    happen(our_practice, 3, scope=EventScope.ENCOUNTERS, event="visit.booked")

    assert publish() == 3

    assert deliveries() == [(subscription.pk, 2)]
    assert states() == [(our_practice.pk, 3, False)]


def change(model, **facts):
    return lambda: model.objects.update(**facts)


PAST = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    "make_deaf",
    [
        change(Subscription, status="disabled"),
        change(Subscription, status="removed"),
        change(Partner, is_active=False),
        change(Practice, is_active=False),
        change(ApiKey, revoked_at=PAST),
        change(ApiKey, expires_at=PAST),
        change(ApiKey, scopes=["Prospects", "Claims"]),
    ],
    ids=["disabled", "removed", "partner", "practice", "revoked", "expired", "scopes"],
)
def test_who_may_not_be_told_gets_no_delivery(subscription, our_practice, make_deaf):
    in_staff_eyes(make_deaf)
    happen(our_practice, 71)

    assert publish() == 1

    assert deliveries() == []
    assert numbered() == [(1, 71)]


def test_key_of_another_practice_lends_no_scope(
    subscription, our_practice, other_practice, make_key
):
    make_key(other_practice)
    in_staff_eyes(lambda: ApiKey.objects.filter(practice=our_practice).update(scopes=["Claims"]))
    happen(our_practice, 71)

    publish()

    assert deliveries() == []


def test_key_of_another_partner_lends_no_scope(subscription, our_practice):
    in_staff_eyes(lambda: ApiKey.objects.update(scopes=["Claims"]))
    ApiKeyFactory.create(practice=our_practice)
    happen(our_practice, 71)

    publish()

    assert deliveries() == []


def test_two_keys_make_one_delivery(subscription, our_practice, make_key):
    make_key(our_practice)
    happen(our_practice, 71)

    publish()

    assert deliveries() == [(subscription.pk, 1)]


def test_repeat_hands_nothing_out_twice(subscription, our_practice):
    happen(our_practice, 71, 72)
    publish()
    in_staff_eyes(lambda: DispatchState.objects.update(last_log_id=0, is_behind=True))

    assert publish() == 2

    assert deliveries() == [(subscription.pk, 1), (subscription.pk, 2)]
    assert states() == [(our_practice.pk, 2, False)]
    assert publish() == 0


def test_practice_that_is_behind_gets_old_events_before_new_ones(
    subscription, our_practice, other_practice
):
    happen(our_practice, 1, 2, 3)
    happen(other_practice, 4)
    publish()
    in_staff_eyes(Delivery.objects.all().delete)
    in_staff_eyes(
        lambda: DispatchState.objects.filter(practice=our_practice).update(
            last_log_id=0, is_behind=True
        )
    )
    happen(our_practice, 5)

    counts = [publish(2) for _ in range(5)]

    assert counts == [3, 2, 1, 0, 0]
    assert deliveries() == [(subscription.pk, number) for number in (1, 2, 3, 5)]
    assert states() == [(our_practice.pk, 5, False), (other_practice.pk, 4, False)]


def test_every_practice_that_is_behind_has_its_turn(our_practice, other_practice):
    for practice in (our_practice, other_practice):
        happen(practice, 1, 2)
    publish()
    in_staff_eyes(lambda: DispatchState.objects.update(is_behind=True))

    assert [publish(), publish(), publish()] == [1, 1, 0]

    assert {is_behind for _, _, is_behind in states()} == {False}


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
