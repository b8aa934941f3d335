"""The catalogue's staff pages in a real browser, under the content security policy."""

import csv
from typing import Any

import pytest

from tests.catalog.factories import ProductFactory

LIST = "/admin/catalog/product/"
SCRIPT = '"><script>window.owned = 1</script><img src=x onerror="window.owned = 1">'


@pytest.fixture
def products(database: None) -> None:
    """One that is worth its money, one that is not what it seems."""
    ProductFactory.create(product_code="SER-10", name="Night serum", retail_price=64)
    ProductFactory.create(product_code="EVIL", name=SCRIPT, description=SCRIPT, category=SCRIPT)


def test_product_is_found_changed_and_its_history_read(
    products: None, sign_in: Any, page: Any
) -> None:
    sign_in(f"{LIST}?q=serum")
    page.get_by_role("link", name="Night serum").click()
    page.get_by_label("Retail price").fill("66.50")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("was changed successfully").wait_for()
    page.get_by_role("link", name="Night serum").first.click()
    page.get_by_role("link", name="History").click()

    row = page.get_by_role("row", name="retail price")
    assert row.inner_text().split()[-2:] == ["64.00", "66.50"]
    assert "kim" in page.locator("#change-history").inner_text()


def test_names_of_products_are_text_and_nothing_else(
    products: None, sign_in: Any, page: Any
) -> None:
    sign_in(LIST)
    page.get_by_role("link", name="EVIL").click()
    assert page.locator("#id_name").input_value() == SCRIPT
    page.locator("#id_unit").fill("box")
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_text("was changed successfully").wait_for()
    page.get_by_role("link", name="History").click()
    page.get_by_role("row", name="unit").wait_for()

    assert page.evaluate("window.owned") is None
    assert page.locator("script:not([src])").count() == 0
    assert page.locator("img[src=x]").count() == 0


def test_chosen_products_are_downloaded(products: None, sign_in: Any, page: Any) -> None:
    sign_in(LIST)
    page.locator("#action-toggle").check()
    page.locator("select[name=action]").select_option("export_csv")
    with page.expect_download() as download:
        page.locator("button[name=index]").click()

    with download.value.path().open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert download.value.suggested_filename == "products.csv"
    assert [row["ProductCode"] for row in rows] == ["EVIL", "SER-10"]
    assert [row["Product"] for row in rows] == [SCRIPT, "Night serum"]
