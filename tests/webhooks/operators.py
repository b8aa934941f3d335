"""Subscriptions for which operators run commands, and what these have made."""

import pytest

from partners import tenancy
from tests.factories import ApiKeyFactory, PartnerFactory
from tests.webhooks.rows import subscribe
from webhooks.models import Delivery


@pytest.fixture
def subscription(our_practice, partner, make_key, receiver):
    """The partner's subscription to the patients of our practice."""
    make_key(our_practice)
    return subscribe(our_practice, partner, receiver.url, scopes=["Patients", "Claims"])


@pytest.fixture
def theirs(other_practice, receiver):
    """Another partner's subscription at the other practice."""
    key = ApiKeyFactory.create(practice=other_practice, partner=PartnerFactory.create(name="Other"))
    return subscribe(other_practice, key.partner, receiver.url)


def made(origin):
    with tenancy.acting_as(tenancy.STAFF):
        rows = Delivery.objects.filter(origin=origin).order_by("id")
        return list(rows.values_list("subscription_id", "log_id"))
