"""A key from the wish for it to its end, as an outsider, staff and a program live it."""

import re
from typing import Any

import pytest
import requests
from django.contrib.auth.models import Group, User
from django.utils import timezone
from playwright.sync_api import Locator, expect

from dashboard.calls import writer
from partners import letters, tenancy
from tests.browser.chromium import Page
from tests.browser.conftest import PASSWORD
from tests.browser.eyes import taken
from tests.browser.meanwhile import beside

PROSPECTS = "/v1/DemoOffice/prospects"
_MOST_TABS = 150


def by_keyboard(page: Page, wanted: Locator, key: str = "Enter") -> None:
    """Go to an element by the Tab key, however far it is, and press a key there."""
    expect(wanted).to_be_visible()
    for _ in range(_MOST_TABS):
        if wanted.evaluate("one => one === document.activeElement"):
            page.keyboard.press(key)
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{_MOST_TABS} tabs do not lead to {wanted}")


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def link(page: Page, name: str) -> Locator:
    return page.get_by_role("link", name=name, exact=True).first


def newest_link(mailoutbox: Any, address: str) -> str:
    """What the letter of this moment leads to."""

    def send() -> None:
        with tenancy.acting_as(tenancy.WORKER):
            letters.send_due(timezone.now())

    beside(send)
    (path,) = re.findall(r"(/request-access/\S+)", mailoutbox[-1].body)
    return f"{address}{path}"


def copied(page: Page) -> str:
    """The key that is shown, by its copy button."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    by_keyboard(page, button(page, "Copy"))
    page.wait_for_selector("text=Copied.")
    text: str = page.evaluate("navigator.clipboard.readText()")
    assert text == page.inner_text("[data-key] code")
    return text


def token_of(address: str, key: str) -> dict[str, str]:
    """The header for calls of the key."""
    answer = requests.post(f"{address}/v1/DemoOffice/auth/token", json={"apiKey": key}, timeout=10)
    return {"Authorization": f"Bearer {answer.json()['accessToken']}"}


def get_status(address: str, headers: dict[str, str]) -> int:
    return requests.get(f"{address}{PROSPECTS}", headers=headers, timeout=10).status_code


@pytest.mark.usefixtures("our_practice", "other_practice")
def test_from_the_wish_to_the_end(sign_in: Any, address: str, page: Page, mailoutbox: Any) -> None:
    page.goto(f"{address}/request-access")
    page.fill("#id_company", "Acme Health")
    page.fill("#id_contact", "Ada Lovelace")
    page.fill("#id_email", "ada@example.com")
    page.fill("#id_practice", "DemoOffice")
    page.check("input[value=Prospects]")
    page.check("input[value=Encounters]")
    page.fill("#id_purpose", "First visits.")
    by_keyboard(page, page.locator("form [type=submit]"))
    page.wait_for_url("**/request-access/asked")
    page.goto(newest_link(mailoutbox, address))
    by_keyboard(page, button(page, "Yes, that is my request"))
    page.wait_for_selector("h1:not(:text('Confirm your request'))")

    sign_in("/dashboard/access-requests/")
    by_keyboard(page, link(page, "Decide about Acme Health"))
    by_keyboard(page, page.locator("input[value=Encounters]"), "Space")
    by_keyboard(page, button(page, "Approve and send the link to the key"))
    page.wait_for_selector("text=gets a link that shows the key once")

    page.goto(newest_link(mailoutbox, address))
    by_keyboard(page, button(page, "Show my key"))
    first = copied(page)
    as_first = token_of(address, first)
    assert get_status(address, as_first) == 200

    beside(writer.flush)
    page.goto(f"{address}/dashboard/")
    by_keyboard(page, link(page, "Recent activity"))
    call = page.locator("table.activity tbody tr", has_text=PROSPECTS)
    expect(call).to_contain_text(re.compile(r"GET.*200.*Acme Health.*127\.0\.0\.1", re.DOTALL))

    by_keyboard(page, link(page, "API keys"))
    by_keyboard(page, page.locator("main a, #content a", has_text="Rotate").first)
    by_keyboard(page, page.get_by_label("24 hours"), "ArrowUp")
    expect(page.get_by_label("1 hour")).to_be_checked()
    by_keyboard(page, button(page, "Rotate"))
    second = copied(page)
    as_second = token_of(address, second)
    assert second != first
    assert (get_status(address, as_first), get_status(address, as_second)) == (200, 200)

    by_keyboard(page, link(page, "API keys"))
    row = page.locator("tbody tr", has_text=second.split("_")[2][:8])
    by_keyboard(page, row.get_by_role("link", name=re.compile("^Revoke")))
    by_keyboard(page, button(page, "Revoke"))
    page.wait_for_selector("text=Refused from the next request on.")
    assert (get_status(address, as_first), get_status(address, as_second)) == (200, 401)


@pytest.fixture
def viewer(our_practice: Any, make_key: Any, staff: Any) -> str:
    """Somebody who may look; there is a key to look at."""
    make_key(our_practice, name="nightly sync")
    with staff():
        user = User.objects.create_user("vera", password=PASSWORD, is_staff=True)
        user.groups.add(Group.objects.get(name="Viewer"))
    return user.username


def test_viewer_looks_and_is_refused_politely(
    viewer: str, sign_in: Any, address: str, page: Page
) -> None:
    sign_in("/dashboard/keys/", viewer)
    row = page.locator("tbody tr", has_text="nightly sync")
    expect(row).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("Rotate|Revoke|New key"))).to_have_count(0)

    # The browser itself complains of an answer that refuses, so not on the page that is watched.
    other = page.context.new_page()
    for path in (
        "/admin/partners/apikey/add/",
        "/admin/partners/apikey/rotate/?key=1",
        "/admin/partners/apikey/revoke/?key=1",
        "/dashboard/calendar/",
    ):
        answer = other.goto(f"{address}{path}")
        assert answer is not None
        assert answer.status == 403
        taken(other, "refused")
        expect(other.get_by_role("navigation", name="Staff pages")).to_be_visible()
        by_keyboard(other, link(other, "Back to the start page"))
        other.wait_for_url(f"{address}/admin/")
