"""Subscriptions that are well and in trouble."""

import datetime

import pytest
from django.utils import timezone

from tests.factories import PartnerFactory
from tests.webhooks.rows import due, subscribe

PATH = "/dashboard/webhooks/"
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def five(our_practice, other_practice, partner):
    """One of each kind of health, of different partners."""
    now = timezone.now()

    def made(name, practice=our_practice, **facts):
        owner = PartnerFactory.create(name=f"Of {name}", is_active=name != "silent")
        return subscribe(practice, owner, f"https://{name}.example/in?key=1", **facts)

    return {
        "well": made("well", other_practice),
        "failing": made("failing", failing_since=now - 3 * HOUR, failures=7),
        "disabled": made("disabled", status="disabled", disabled_reason="gone"),
        "silent": made("silent"),
        "removed": made("removed", status="removed"),
    }


@pytest.fixture
def busy(five):
    """To the failing one, deliveries of each kind, some long ago; one to the well one.

    Returns when the failing one got what it got last.
    """
    row, now = five["failing"], timezone.now()
    tried = {"attempts": 1, "duration_ms": 9}
    arrived = {**tried, "status": "delivered", "status_code": 200, "finished_at": now - 2 * HOUR}
    due(row, 1, 2, **{**arrived, "finished_at": now - 90 * HOUR}, created_at=now - 90 * HOUR)
    due(row, 3, 4, 5, **arrived)
    due(row, 6, 7, **tried, status="failed", error="The receiver answered 500.")
    due(row, 8, **tried, next_attempt_at=now + HOUR, error="Nobody answered.")
    due(row, 9, 10, next_attempt_at=now - HOUR)
    due(five["well"], 11, **{**arrived, "finished_at": now - HOUR})
    return arrived["finished_at"]
