"""A new key, made by staff."""

from typing import Any

from partners.models import Partner, Practice
from tests.browser.chromium import Page


def choose(page: Page, field: str, text: str) -> None:
    """Pick from an autocomplete field."""
    page.click(f"#id_{field} + .select2")
    page.fill(".select2-search__field", text)
    page.click(f".select2-results__option:text-is('{text}')")


def test_new_key_can_be_copied_once(
    our_practice: Practice,
    other_practice: Practice,
    partner: Partner,
    sign_in: Any,
    address: str,
    page: Page,
) -> None:
    sign_in("/admin/partners/apikey/add/")
    choose(page, "partner", str(partner))
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
    page.evaluate("void setTimeout(() => history.back())")
    page.wait_for_timeout(500)
    assert text not in page.content()
    page.goto(f"{address}/admin/partners/apikey/")
    assert page.locator("#result_list tbody tr").count() == 1
