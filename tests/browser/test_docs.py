"""The API document's pages, as a partner sees and uses them."""

from typing import Any

import pytest

from partners.models import ApiKey, Practice
from tests.browser.chromium import Page
from tests.browser.eyes import Eyes, on_desk_and_phone

DARK = "rgb(28, 32, 34)"


def open_operation(page: Page, operation_id: str) -> Any:
    """Unfold an operation; what is in it."""
    operation = page.locator(f"[id$='-{operation_id}']")
    operation.locator(".opblock-summary-control").click()
    operation.locator(".responses-table").wait_for()
    return operation


@pytest.fixture
def key(our_practice: Practice, make_key: Any) -> ApiKey:
    """A key, there before the browser is."""
    made: ApiKey = make_key(our_practice)
    return made


@on_desk_and_phone
def test_docs_are_readable(page: Page, eyes: Eyes) -> None:
    eyes.open("/docs")
    operation = open_operation(page, "createProspect")

    ground = "element => getComputedStyle(element).backgroundColor"
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        is_dark = page.locator("#swagger-ui .swagger-ui").first.evaluate(ground) == DARK
        assert is_dark == (scheme == "dark")
    assert page.evaluate("document.documentElement.scrollWidth") == eyes.width
    assert operation.locator("tr.response").first.is_visible()
    assert eyes.faults == []


def test_docs_can_be_tried(key: ApiKey, address: str, page: Page) -> None:
    page.goto(f"{address}/docs")
    exchange = open_operation(page, "getAccessToken")
    exchange.locator(".try-out__btn").click()
    exchange.locator("textarea").fill(f'{{"apiKey": "{key.text}"}}')
    with page.expect_response("**/auth/token") as answered:
        exchange.locator(".execute").click()
    token = answered.value.json()["accessToken"]

    page.click(".scheme-container .authorize")
    form = page.locator(".auth-container", has_text="bearer")
    form.locator("input").fill(token)
    form.locator(".auth-btn-wrapper .authorize").click()
    form.locator(".auth-btn-wrapper .btn-done").click()
    search = open_operation(page, "listProspects")
    search.locator(".try-out__btn").click()
    with page.expect_response("**/prospects?*") as answered:
        search.locator(".execute").click()

    assert answered.value.status == 200
    assert answered.value.json()["data"] == []
    search.locator(".live-responses-table .response-col_status", has_text="200").wait_for()
