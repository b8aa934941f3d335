"""Subscriptions and deliveries as staff see and use them."""

import datetime
from typing import Any

import pytest
from django.utils import timezone

from partners import tenancy
from partners.models import Practice
from tests.browser.chromium import Page
from tests.browser.eyes import Eyes, on_desk_and_phone
from tests.factories import PartnerFactory
from tests.webhooks.clients import reachable, receiver
from tests.webhooks.factories import happen
from tests.webhooks.receivers import Receiver
from tests.webhooks.rows import due, subscribe
from webhooks import dispatch
from webhooks.models import Attempt, Subscription

__all__ = ["reachable", "receiver"]

PATH = "/admin/webhooks/"


@pytest.fixture
def rows(
    our_practice: Practice,
    other_practice: Practice,
    partner: Any,
    make_key: Any,
    receiver: Receiver,
) -> dict[str, Any]:
    """One that is well, one that fails, one that is disabled; deliveries of every state."""
    make_key(our_practice)
    now = timezone.now()
    happen(our_practice, 1, 2, 3)
    with tenancy.acting_as(tenancy.SENDER):
        dispatch.publish()
    well = subscribe(our_practice, partner, receiver.url)
    failing = subscribe(
        our_practice,
        PartnerFactory.create(name="Skyline Marketing"),
        "https://hooks.skyline-marketing.example.com/officepro/v1/inbound/patients?account=4711",
        failing_since=now - datetime.timedelta(hours=3),
        failures=12,
        held_until=now + datetime.timedelta(minutes=4),
        scopes=["Patients", "Encounters", "Claims", "Payments", "Documents"],
    )
    subscribe(
        other_practice,
        partner,
        "https://partner.example.com/hook",
        status=Subscription.Status.DISABLED,
        disabled_reason="gone",
        disabled_at=now,
    )
    due(well, 4, status="delivered", attempts=1, status_code=200, duration_ms=31, finished_at=now)
    (failed,) = due(
        failing, 5, status="failed", attempts=13, status_code=500, duration_ms=87,
        error="The receiver answered 500.", hook_url=failing.hook_url,
    )  # fmt: skip
    due(
        failing,
        6,
        attempts=3,
        error="Nobody answered.",
        next_attempt_at=now + datetime.timedelta(hours=1),
    )
    due(well, 7, status="cancelled")
    with tenancy.acting_as(tenancy.STAFF):
        Attempt.objects.create(
            practice=our_practice, delivery=failed, number=13, status_code=500, duration_ms=87,
            error="The receiver answered 500.",
            answer='<!doctype html>\n<title>Error</title>\n<p class="x">' + "out of order " * 30,
        )  # fmt: skip
    return {"well": well.pk, "failing": failing.pk, "failed": failed.pk}


@on_desk_and_phone
def test_pages_are_readable(rows: dict[str, Any], sign_in: Any, page: Page, eyes: Eyes) -> None:
    sign_in(PATH)

    for path, words in {
        "subscription/": "left alone for",
        f"subscription/{rows['failing']}/change/": "Send a test",
        f"subscription/rotate/?id={rows['well']}": "shown once",
        f"subscription/replay/?id={rows['well']}": "Count them",
        "delivery/": "to be tried again",
        f"delivery/{rows['failed']}/change/": "out of order",
        f"delivery/retry/?id={rows['failed']}": "Send again",
        "dispatchstate/": "the log goes up to",
        "logentry/": "patient.created",
    }.items():
        eyes.see(f"{PATH}{path}")
        assert words in page.content(), path
    assert eyes.faults == []


def test_test_and_replay_by_keyboard_alone(
    rows: dict[str, Any], sign_in: Any, page: Page, receiver: Receiver
) -> None:
    sign_in(f"{PATH}subscription/{rows['well']}/change/")

    page.get_by_role("button", name="Send a test").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/delivery/*/change/")
    assert page.locator(".field-state .badge-good").inner_text() == "delivered"
    assert page.locator(".attempts tbody tr").count() == 1
    assert len(receiver.requests) == 1

    page.goto(f"{page.url.partition('/admin')[0]}{PATH}subscription/replay/?id={rows['well']}")
    hour = timezone.now() - datetime.timedelta(hours=1)
    page.fill("#id_since", f"{hour:%Y-%m-%dT%H:%M}")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=deliveries would be made")
    page.get_by_role("button", name="Replay").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/delivery/?origin=replay")
    assert page.locator("#result_list tbody tr").count() >= 3


def test_new_secret_can_be_copied_and_is_gone_afterwards(
    rows: dict[str, Any], sign_in: Any, page: Page
) -> None:
    sign_in(f"{PATH}subscription/rotate/?id={rows['well']}")
    page.get_by_role("button", name="Rotate").click()

    secret = page.inner_text("[data-key] code")
    assert secret.startswith("whsec_")
    page.get_by_role("button", name="Copy", exact=True).click()
    page.wait_for_selector("text=Copied.")
    page.click("text=I have kept it")
    page.wait_for_url("**/subscription/*/change/")
    assert secret not in page.content()
