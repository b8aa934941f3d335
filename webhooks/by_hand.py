"""Deliveries made by hand, to be tried at once: a test, and a delivery once more."""

import datetime
from collections.abc import Iterable

from webhooks.messages import TEST_EVENT
from webhooks.models import Delivery, Subscription

# Until then the sender leaves them to whoever made them; after that they are its own.
_HEAD_START = datetime.timedelta(seconds=60)
# Requests that wait for one receiver at a time: each of them keeps a thread from all other callers.
_MOST_WAITED_FOR = 2


class NotActive(Exception):
    """The subscription is disabled or removed; the message says which."""


def new_test(*, subscription: Subscription, now: datetime.datetime) -> Delivery:
    """A delivery of nothing that happened. Raises NotActive."""
    _check(subscription)
    return Delivery.objects.create(
        practice_id=subscription.practice_id,
        subscription_id=subscription.pk,
        occurred_at=now,
        event=TEST_EVENT,
        origin=Delivery.Origin.TEST,
        next_attempt_at=now + _HEAD_START,
    )


def new_retry(*, source: Delivery, now: datetime.datetime) -> Delivery:
    """The same event to the same subscription, at its address of now. Raises NotActive."""
    _check(source.subscription)
    is_test = source.origin == Delivery.Origin.TEST
    return Delivery.objects.create(
        practice_id=source.practice_id,
        subscription_id=source.subscription_id,
        log_id=source.log_id,
        occurred_at=source.occurred_at,
        event=source.event,
        origin=Delivery.Origin.TEST if is_test else Delivery.Origin.RETRY,
        source_delivery_id=source.pk,
        next_attempt_at=now + _HEAD_START,
    )


def is_waited_for(subscription: Subscription, *, now: datetime.datetime) -> bool:
    """Whether as many as may be are under way to it; the caller has locked its row."""
    under_way = Delivery.objects.filter(
        practice_id=subscription.practice_id,
        subscription_id=subscription.pk,
        status=Delivery.Status.PENDING,
        origin__in=[Delivery.Origin.TEST, Delivery.Origin.RETRY],
        duration_ms=None,
        created_at__gt=now - _HEAD_START,
    )
    return under_way.count() >= _MOST_WAITED_FOR


def leave_to_sender(deliveries: Iterable[Delivery], *, now: datetime.datetime) -> None:
    """Have them sent with all others, for there are too many to wait for."""
    numbers = [delivery.pk for delivery in deliveries]
    Delivery.objects.filter(pk__in=numbers).update(next_attempt_at=now)


def _check(subscription: Subscription) -> None:
    if subscription.status != Subscription.Status.ACTIVE:
        raise NotActive(f"The subscription is {subscription.status}; nothing is sent to it.")
