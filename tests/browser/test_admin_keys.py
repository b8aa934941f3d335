"""A new key, made by staff."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from partners.models import Practice
from tests.browser.chromium import Page
from tests.browser.conftest import PASSWORD


def choose(page: Page, field: str, text: str) -> None:
    """Pick from an autocomplete field."""
    page.click(f"#id_{field} + .select2")
    page.fill(".select2-search__field", text)
    page.click(f".select2-results__option:text-is('{text}')")


@pytest.fixture
def arranged(staff: Any, our_practice: Practice, other_practice: Practice, partner: Any) -> str:
    """Somebody who can sign in, and the partner's name. (No query may run beside the browser.)"""
    with staff():
        User.objects.create_superuser("kim", "kim@example.com", PASSWORD)
    return str(partner)


def test_new_key_can_be_copied_once(arranged: str, address: str, page: Page) -> None:
    page.goto(f"{address}/admin/partners/apikey/add/")
    page.fill("#id_username", "kim")
    page.fill("#id_password", PASSWORD)
    page.click("[type=submit]")
    choose(page, "partner", arranged)
    choose(page, "practice", "DemoOffice")
    page.fill("#id_name", "nightly sync")
    page.check("input[value=Prospects]")
    page.click("text=Make the key and show it")

    text = page.inner_text("[data-key] code")
    assert text.startswith("emr_live_")
    assert text not in page.url
    page.get_by_role("button", name="Copy", exact=True).click()
    page.wait_for_selector("text=Copied.")
    page.click("text=I have kept it")
    page.wait_for_url("**/admin/partners/apikey/")
    assert text not in page.content()

    # Back and reload send the form again; it makes no second key, nor shows the first.
    page.evaluate("history.back()")
    page.wait_for_timeout(500)
    assert text not in page.content()
    page.goto(f"{address}/admin/partners/apikey/")
    assert page.locator("#result_list tbody tr").count() == 1
