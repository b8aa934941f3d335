"""Asking for access and letting in, in a real browser: every eye, by keyboard, under the CSP."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from partners import access, letters, tenancy
from partners.models import AccessRequest
from tests.browser.chromium import Page
from tests.browser.test_overview import beside

LIST = "/dashboard/access-requests/"


def taken(page: Page, name: str) -> None:
    """A picture to look at, where SCREENSHOTS names a folder."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


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


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_pages_are_for_everybody(
    asked: AccessRequest,
    sign_in: Any,
    address: str,
    page: Page,
    wcag_faults: Any,
    scheme: Any,
    width: int,
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 844})
    found = {}
    sign_in(LIST)
    for path in ("/", "/request-access", "/request-access/asked", LIST, f"{LIST}{asked.pk}/"):
        page.goto(f"{address}{path}")
        taken(page, f"{path.strip('/').replace('/', '-') or 'front'}-{scheme}-{width}")
        faults = wcag_faults()
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            faults.append(("scrolls sideways", path))
        found[path] = faults

    assert {path: faults for path, faults in found.items() if faults} == {}


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
