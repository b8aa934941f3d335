"""Publishing, and what it has made."""

import pytest

from partners import tenancy
from tests.webhooks.factories import SubscriptionFactory
from webhooks import dispatch
from webhooks.models import Delivery, DispatchState, LogEntry


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
