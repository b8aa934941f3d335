"""Partners, API keys and webhooks of the dashboard in a real browser: every eye, by keyboard."""

import datetime
from typing import Any

import pytest
from django.utils import timezone

from partners import access, tenancy
from partners.models import AccessRequest, ApiKey, Partner, Practice
from tests.browser import traffic
from tests.browser.chromium import Page
from tests.browser.eyes import Eyes, on_desk_and_phone
from tests.browser.meanwhile import beside
from tests.factories import ApiKeyFactory, PartnerFactory
from tests.webhooks.clients import reachable, receiver
from tests.webhooks.receivers import Receiver
from tests.webhooks.rows import due, now_is, subscribe
from webhooks.models import Attempt

__all__ = ["reachable", "receiver"]

DAY = datetime.timedelta(days=1)


@pytest.fixture
def office(
    our_practice: Practice, other_practice: Practice, receiver: Receiver, staff: Any
) -> dict[str, Any]:
    """Four partners: keys of every kind, ten days of calls, subscriptions well and in trouble."""
    now = timezone.now()
    bright = PartnerFactory.create(
        name="Bright CRM",
        company_name="Bright Software, Inc.",
        contact_name="Dana Whitfield",
        email="integrations@brightcrm.example",
        phone="+1 512 555 0142",
        website="https://brightcrm.example/",
        alert_email="oncall@brightcrm.example",
    )
    harbor = PartnerFactory.create(
        name="Harbor Booking", company_name="Harbor LLC", contact_name="Luis Ortega"
    )
    skyline = PartnerFactory.create(
        name="Skyline Marketing and Patient Engagement Group", email="api@skyline.example"
    )
    old = PartnerFactory.create(name="Old Partner", is_active=False)
    traffic.make([our_practice, other_practice], [bright, harbor, skyline], now, calls=1500)
    _keys(our_practice, other_practice, [bright, harbor, skyline, old], now, staff)
    well = subscribe(our_practice, bright, receiver.url, scopes=["Patients", "Encounters"])
    failing = _in_trouble(our_practice, other_practice, [skyline, harbor], now)
    due(well, *range(1, 9), status="delivered", attempts=1, status_code=200, duration_ms=31,
        finished_at=now - datetime.timedelta(minutes=3))  # fmt: skip
    access.ask(
        company="Bright CRM",
        practice="Other Office",
        contact="Dana Whitfield",
        email="integrations@brightcrm.example",
        scopes=["Prospects", "Scheduling"],
        purpose="A second practice.",
        address="203.0.113.7",
    )
    with staff():
        AccessRequest.objects.update(status="pending", confirmed_at=now)
        key = ApiKey.objects.get(name="nightly sync").pk
    return {
        "bright": bright.pk,
        "well": well.pk,
        "subscription": well,
        "failing": failing.pk,
        "key": key,
    }


def _keys(ours: Practice, others: Practice, owners: list[Partner], now: Any, staff: Any) -> None:
    bright, harbor, skyline, old = owners
    some = ["Prospects", "Providers", "Scheduling", "KB", "Patients"]
    for owner, practice, name, facts in (
        (bright, ours, "nightly sync", {"last_used_at": now - DAY / 40}),
        (bright, others, "booking page", {"last_used_at": now - DAY, "scopes": ["Scheduling"]}),
        (
            harbor,
            ours,
            "booking widget",
            {"expires_at": now + 6 * DAY, "scopes": some, "last_used_at": now},
        ),
        (skyline, others, "campaigns", {"last_used_at": now - 120 * DAY, "scopes": some[:2]}),
        (harbor, ours, "first try", {"revoked_at": now - 30 * DAY}),
        (old, ours, "reports", {"scopes": ["Prospects"]}),
    ):
        ApiKeyFactory.create(partner=owner, practice=practice, name=name, **facts)
    with staff():
        ApiKey.objects.filter(name="campaigns").update(created_at=now - 200 * DAY)


def _in_trouble(ours: Practice, others: Practice, owners: list[Partner], now: Any) -> Any:
    skyline, harbor = owners
    failing = subscribe(
        ours,
        skyline,
        "https://hooks.skyline-marketing.example.com/officepro/v1/inbound/patients?account=4711",
        failing_since=now - datetime.timedelta(hours=3),
        failures=12,
        held_until=now + datetime.timedelta(minutes=4),
        scopes=["Patients", "Encounters", "Claims", "Payments", "Documents"],
    )
    subscribe(
        others,
        harbor,
        "https://harbor.example.com/hook",
        status="disabled",
        disabled_reason="gone",
        disabled_at=now,
    )
    (failed,) = due(
        failing, 20, status="failed", attempts=2, status_code=500, duration_ms=87,
        error="The receiver answered 500.",
    )  # fmt: skip
    due(
        failing, 21, attempts=3, duration_ms=3000, error="Nobody answered.",
        next_attempt_at=now + datetime.timedelta(hours=1),
    )  # fmt: skip
    due(failing, 22, 23, next_attempt_at=now)
    with_tries = [(1, "Nobody answered.", None), (2, "The receiver answered 500.", 500)]
    with tenancy.acting_as(tenancy.STAFF):
        for number, error, code in with_tries:
            Attempt.objects.create(
                practice=ours, delivery=failed, number=number, error=error, status_code=code,
                duration_ms=87,
            )  # fmt: skip
    return failing


@on_desk_and_phone
def test_pages_are_for_everybody(
    office: dict[str, Any], sign_in: Any, page: Page, eyes: Eyes
) -> None:
    sign_in("/dashboard/partners/")
    for path in (
        "../admin/",
        f"../admin/partners/apikey/rotate/?key={office['key']}",
        "../admin/tickets/ticket/",
        "partners/",
        "partners/?find=nobody",
        f"partners/{office['bright']}/",
        "keys/?status=all",
        "keys/?find=nobody",
        "webhooks/",
        f"webhooks/{office['well']}/",
        f"webhooks/{office['failing']}/",
        "calendar/",
    ):
        eyes.open(f"/dashboard/{path}")
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        eyes.look()
        current = page.locator(".tabs [aria-current]").bounding_box()
        if not current or current["x"] < 0 or current["x"] + current["width"] > eyes.width:
            eyes.faults.append(f"{path}: its tab is out of sight")

    assert eyes.faults == []


def test_key_is_revoked_by_keyboard_alone_and_one_is_back(
    office: dict[str, Any], sign_in: Any, page: Page
) -> None:
    sign_in("/dashboard/keys/")
    page.focus("[name=find]")
    page.keyboard.type("booking")
    page.keyboard.press("Enter")
    page.wait_for_url("**/dashboard/keys/?find=booking**")
    here = page.url
    page.get_by_role("link", name="Revoke booking widget").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/partners/apikey/revoke/**")
    page.get_by_role("button", name="Revoke").focus()
    page.keyboard.press("Enter")

    page.wait_for_url(here)
    assert "Revoked: booking widget" in page.inner_text(".messagelist")
    assert page.locator(".stack tbody tr").count() == 1


def test_test_is_sent_and_its_attempts_stay_open_while_the_page_refreshes(
    office: dict[str, Any], sign_in: Any, page: Page, receiver: Receiver
) -> None:
    page.clock.install()
    sign_in(f"/dashboard/webhooks/{office['well']}/")
    page.get_by_role("button", name="Send a test").click()
    page.wait_for_url(f"**/dashboard/webhooks/{office['well']}/")

    first = page.locator(".stack tbody tr").first
    assert "test" in first.locator("th").inner_text()
    assert first.locator(".badge-good").inner_text() == "delivered"
    assert len(receiver.requests) == 1
    first.locator("summary").click()
    summary = first.locator("summary").element_handle()

    beside(lambda: due(now_is(office["subscription"]), 99))
    page.clock.run_for(11_000)
    page.wait_for_selector(".stack tbody tr.new")
    assert summary.evaluate("one => one.parentElement.open && one.isConnected")


def test_lists_work_without_their_scripts(office: dict[str, Any], sign_in: Any, page: Page) -> None:
    page.route("**/dashboard/*.js", lambda route: route.fulfill(status=200, body=""))
    sign_in("/dashboard/webhooks/")
    page.select_option("[name=health]", "failing")
    page.click("text=Show")
    page.wait_for_url("**health=failing**")
    assert page.locator(".stack tbody tr").count() == 1
    page.click(".stack tbody th a")
    page.wait_for_url(f"**/dashboard/webhooks/{office['failing']}/")
    page.click("summary")
    assert page.locator(".tries li").count() == 2
    page.click(".tabs >> text=Partners")
    page.fill("[name=find]", "bright")
    page.click("text=Show")
    page.click(".stack tbody th a")
    page.wait_for_selector("#usage")
    assert not page.locator("#live-control").is_visible()
