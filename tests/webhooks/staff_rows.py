"""Subscriptions as staff see them in the admin."""

import pytest

from tests.staff_pages import signed_in
from tests.webhooks.rows import subscribe

SUBSCRIPTIONS = "/admin/webhooks/subscription/"
DELIVERIES = "/admin/webhooks/delivery/"


@pytest.fixture
def boss(staff):
    """An administrator's browser."""
    return signed_in(staff, name="kim")


@pytest.fixture
def row(our_practice, other_practice, partner, make_key, receiver):
    """A subscription in our practice, beside one of the other practice."""
    for practice in (our_practice, other_practice):
        make_key(practice)
    subscribe(other_practice, partner, "https://other.example.com/hook")
    return subscribe(our_practice, partner, receiver.url)


def text_of(answer):
    return answer.content.decode()
