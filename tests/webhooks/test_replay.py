"""Events of a time range sent once more: to whom, which, and what keeps them from it."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partners import tenancy
from partners.models import ApiKey, Partner, Practice
from partners.scopes import EventScope
from tests.factories import ApiKeyFactory, PartnerFactory
from tests.webhooks.factories import SubscriptionFactory, happen
from webhooks import dispatch
from webhooks.models import Delivery, LogEntry, Subscription
from webhooks.replay import replay

EVER = {
    "since": datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC),
    "until": datetime.datetime(2100, 1, 1, tzinfo=datetime.UTC),
}


@pytest.fixture
def subscription(our_practice, partner, make_key):
    """The partner's key for our practice, and its subscription to all events there."""
    make_key(our_practice)
    return SubscriptionFactory.create(practice=our_practice, partner=partner)


@pytest.fixture
def theirs(other_practice):
    """Another partner's subscription at the other practice."""
    key = ApiKeyFactory.create(practice=other_practice, partner=PartnerFactory.create())
    return SubscriptionFactory.create(practice=other_practice, partner=key.partner)


def publish():
    with tenancy.acting_as(tenancy.SENDER):
        return dispatch.publish()


def deliver_all():
    with tenancy.acting_as(tenancy.STAFF):
        Delivery.objects.update(status="delivered")


def replay_all(*subscriptions, **changes):
    with tenancy.acting_as(tenancy.STAFF):
        return replay(subscription_ids=[each.pk for each in subscriptions], **{**EVER, **changes})


def replayed():
    with tenancy.acting_as(tenancy.STAFF):
        rows = Delivery.objects.filter(origin="replay").order_by("id")
        return list(rows.values_list("subscription_id", "log_id"))


def test_events_are_sent_once_more(subscription, theirs, our_practice, other_practice):
    happen(our_practice, 71, 72)
    happen(other_practice, 91)
    publish()
    deliver_all()

    assert replay_all(subscription) == 2

    assert replayed() == [(subscription.pk, 1), (subscription.pk, 2)]
    with tenancy.acting_as(tenancy.STAFF):
        made = Delivery.objects.filter(origin="replay").first()
        entry = LogEntry.objects.get(log_id=made.log_id)
    assert (made.status, made.attempts, made.event, made.occurred_at, made.practice_id) == (
        "pending",
        0,
        "patient.created",
        entry.created_at,
        our_practice.pk,
    )


def test_events_of_before_the_subscription_come_too(our_practice, partner, make_key):
    happen(our_practice, 71)
    publish()
    make_key(our_practice)
    subscription = SubscriptionFactory.create(practice=our_practice, partner=partner)

    assert replay_all(subscription) == 1

    assert replayed() == [(subscription.pk, 1)]


def test_what_is_on_its_way_is_not_doubled(subscription, our_practice):
    happen(our_practice, 71, 72)
    publish()
    with tenancy.acting_as(tenancy.STAFF):
        Delivery.objects.filter(log_id=1).update(status="failed")

    assert [replay_all(subscription), replay_all(subscription)] == [1, 0]

    assert replayed() == [(subscription.pk, 1)]


def test_event_without_a_number_waits_for_the_dispatch(subscription, our_practice):
    happen(our_practice, 71)

    assert replay_all(subscription) == 0


def test_range_holds_its_beginning_and_not_its_end(subscription, our_practice):
    happen(our_practice, 71)
    happen(our_practice, 72)
    publish()
    deliver_all()
    with tenancy.acting_as(tenancy.STAFF):
        first, second = LogEntry.objects.order_by("log_id")

    assert replay_all(subscription, since=first.created_at, until=second.created_at) == 1

    assert replayed() == [(subscription.pk, first.log_id)]


def test_scopes_choose_among_those_of_the_subscription(subscription, our_practice):
    with tenancy.acting_as(tenancy.STAFF):
        Subscription.objects.update(scopes=["Patients", "Claims"])
    happen(our_practice, 1)
    happen(our_practice, 2, scope=EventScope.CLAIMS, event="claim.paid")
    happen(our_practice, 3, scope=EventScope.DOCUMENTS, event="document.added")
    publish()
    deliver_all()

    assert replay_all(subscription, scopes=["Claims", "Documents"]) == 1

    assert replayed() == [(subscription.pk, 2)]


def test_limit_takes_the_oldest(subscription, our_practice):
    happen(our_practice, 1, 2, 3)
    publish()
    deliver_all()

    assert replay_all(subscription, limit=2) == 2

    assert replayed() == [(subscription.pk, 1), (subscription.pk, 2)]


def test_dry_run_counts_and_writes_nothing(subscription, our_practice):
    happen(our_practice, 71, 72)
    publish()
    deliver_all()

    assert replay_all(subscription, is_dry_run=True) == 2

    assert replayed() == []


PAST = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    "make_deaf",
    [
        lambda: Subscription.objects.update(status="disabled"),
        lambda: Partner.objects.update(is_active=False),
        lambda: Practice.objects.update(is_active=False),
        lambda: ApiKey.objects.update(revoked_at=PAST),
        lambda: ApiKey.objects.update(scopes=["Prospects", "Claims"]),
    ],
    ids=["disabled", "partner", "practice", "revoked", "scopes"],
)
def test_who_may_not_be_told_gets_nothing(subscription, our_practice, make_deaf):
    happen(our_practice, 71)
    publish()
    deliver_all()
    with tenancy.acting_as(tenancy.STAFF):
        make_deaf()

    assert replay_all(subscription) == 0


def test_serving_role_replays_its_own_practice_only(
    subscription, theirs, our_practice, other_practice
):
    happen(our_practice, 71)
    happen(other_practice, 91)
    publish()
    deliver_all()

    with tenancy.within_practice(our_practice.pk):
        assert replay(subscription_ids=[subscription.pk, theirs.pk], **EVER) == 1
    assert replay(subscription_ids=[subscription.pk, theirs.pk], **EVER) == 0

    assert replayed() == [(subscription.pk, 1)]


@pytest.mark.parametrize("rows", [1, 30])
def test_many_take_one_statement(subscription, our_practice, rows):
    happen(our_practice, *range(rows))
    publish()
    deliver_all()

    with tenancy.acting_as(tenancy.STAFF), CaptureQueriesContext(connection) as captured:
        assert replay(subscription_ids=[subscription.pk], **EVER) == rows

    assert len([query for query in captured if "SAVEPOINT" not in query["sql"]]) == 1
