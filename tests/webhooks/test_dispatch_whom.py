"""To whom an event is handed out: asked for, allowed, once, and each practice in its turn."""

import datetime

import pytest

from partners.models import ApiKey, Partner, Practice
from partners.scopes import EventScope
from tests.factories import ApiKeyFactory
from tests.webhooks.factories import happen
from tests.webhooks.publishing import (
    deliveries,
    in_staff_eyes,
    numbered,
    publish,
    states,
    subscription,
)
from webhooks.models import Delivery, DispatchState, Subscription

__all__ = ["subscription"]


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
