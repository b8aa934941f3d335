"""Asking for access and letting in, in a real browser: every eye, by keyboard, under the CSP."""

from typing import Any

import pytest
from django.utils import timezone

from partners import access, letters, tenancy
from partners.models import AccessRequest
from tests.browser.chromium import Page
from tests.browser.eyes import Eyes, on_desk_and_phone, taken
from tests.browser.meanwhile import beside

LIST = "/dashboard/access-requests/"


@pytest.fixture
def asked(our_practice: Any, staff: Any) -> AccessRequest:
    """A request that waits for a decision."""
    access.ask(
        company="Acme Health",
        practice="DemoOffice",
        contact="Ada Lovelace",
        email="ada@example.com",
        scopes=["Prospects", "Scheduling", "Encounters"],
        purpose="Visitors of our clients' websites book a first visit.",
        address="203.0.113.7",
    )
    with staff():
        AccessRequest.objects.update(status="pending", confirmed_at=timezone.now())
        return AccessRequest.objects.get()


@on_desk_and_phone
def test_pages_are_for_everybody(asked: AccessRequest, sign_in: Any, eyes: Eyes) -> None:
    sign_in(LIST)
    eyes.see("/", "/request-access", "/request-access/asked", LIST, f"{LIST}{asked.pk}/")

    assert eyes.faults == []


def test_form_is_filled_in_by_keyboard_alone(address: str, page: Page) -> None:
    page.goto(f"{address}/request-access")
    page.focus("#id_company")
    for text in ("Acme", "Ada Lovelace", "ada@example.com", "DemoOffice"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.focus("#id_purpose")
    page.keyboard.type("First visits.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    page.wait_for_url("**/request-access/asked")
    assert page.locator("h1").inner_text() == "Please check your e-mail"


def test_approved_and_the_key_shown_once(
    asked: AccessRequest, sign_in: Any, address: str, page: Page, mailoutbox: Any
) -> None:
    sign_in(f"{LIST}{asked.pk}/")
    page.uncheck("input[value=Encounters]")
    page.click("text=Approve and send the link to the key")
    page.wait_for_selector("text=gets a link that shows the key once")

    def send() -> None:
        with tenancy.acting_as(tenancy.WORKER):
            letters.send_due(timezone.now())

    beside(send)
    link = next(line for line in mailoutbox[-1].body.split() if "/request-access/key/" in line)
    page.goto(f"{address}{link[link.index('/request-access') :]}")
    taken(page, "key-ready")
    page.click("text=Show my key")
    page.wait_for_selector("[data-key] code")
    assert page.locator("[data-key] code").inner_text().startswith("emr_live_")
    page.click("[data-key] button")
    page.wait_for_selector("text=Copied.")
    taken(page, "key")
