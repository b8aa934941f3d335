"""Deliveries as a sender has them: claimed, sent and settled."""

import pytest

from partners import tenancy
from tests.webhooks.rows import now_is, subscribe
from webhooks.claiming import claim
from webhooks.delivery import deliver_now, settle
from webhooks.models import Attempt
from webhooks.outcomes import Outcome
from webhooks.outgoing import Answer

OK = Answer(200, "ok", 7)
BROKEN = Answer(500, "", 7, "The receiver answered 500 Internal Server Error.")


@pytest.fixture
def subscription(our_practice, partner, receiver):
    return subscribe(our_practice, partner, receiver.url)


def deliver(delivery):
    return deliver_now(delivery.pk, practice_id=delivery.practice_id)


def tries(delivery):
    with tenancy.acting_as(tenancy.STAFF):
        found = Attempt.objects.filter(delivery_id=delivery.pk).order_by("number")
        return [(each.number, each.status_code, each.error, each.answer) for each in found]


def claimed(limit=100, **busy):
    with tenancy.acting_as(tenancy.SENDER):
        return claim(limit, busy=busy.get("busy", {}))


def settled(*outcomes):
    with tenancy.acting_as(tenancy.SENDER):
        return settle([Outcome(*outcome) for outcome in outcomes])


def state_of(subscription):
    row = now_is(subscription)
    return row.status, row.disabled_reason, row.failures
