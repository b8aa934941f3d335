"""The staff pages of products."""

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from catalog import price_files
from catalog.models import Product, ProductEvent, VendorGrant
from tests.catalog.factories import ProductFactory, VendorGrantFactory, item
from tests.client import Client
from tests.staff_pages import fields, signed_in

PRODUCTS = "/admin/catalog/product/"
GRANTS = "/admin/catalog/vendorgrant/"


@pytest.fixture
def browser(staff: Any) -> Browser:
    """Somebody who may do everything, signed in."""
    return signed_in(staff)


def _shown(browser: Browser, **params: str) -> list[str]:
    rows = browser.get(PRODUCTS, params).context["cl"].result_list
    return [product.name for product in rows]


def test_list_is_searched_and_filtered(browser: Browser) -> None:
    ProductFactory.create(name="Night serum", category="Skin")
    ProductFactory.create(name="Day cream", vendor_code="V002", category="skin")
    ProductFactory.create(name="Gloves", product_code="SER-1", is_active=False)

    assert _shown(browser) == ["Night serum", "Gloves", "Day cream"]
    assert _shown(browser, q="SER") == ["Night serum", "Gloves"]
    assert _shown(browser, q="serum night") == ["Night serum"]
    assert _shown(browser, vendor="V002") == ["Day cream"]
    assert _shown(browser, category="SKIN") == ["Night serum", "Day cream"]
    assert _shown(browser, state="no longer sold") == ["Gloves"]
    assert _shown(browser, q="serum", vendor="V002") == []


def test_list_takes_as_many_queries_for_many_as_for_one(browser: Browser) -> None:
    counts = []
    for size in (1, 2, 47):
        ProductFactory.create_batch(size)
        with CaptureQueriesContext(connection) as captured:
            assert len(_shown(browser, q="product")) == min(50, sum((1, 2, 47)[: len(counts) + 1]))
        counts.append(len([query for query in captured if "catalog_" in query["sql"]]))

    assert counts == [2, 2, 2]


def test_product_is_added_and_changed_with_history(
    browser: Browser, ours: Client, staff: Any
) -> None:
    empty = fields(browser.get(f"{PRODUCTS}add/"))
    added = browser.post(
        f"{PRODUCTS}add/", {**empty, "vendor_code": " V001 ", "product_code": "P1", "name": "Serum"}
    )
    assert added.status_code == 302, added.context["errors"]
    with staff():
        product = Product.objects.get()
    page = f"{PRODUCTS}{product.pk}/"

    changed = browser.post(
        f"{page}change/", {**fields(browser.get(f"{page}change/")), "retail_price": "9.50"}
    )
    ours.post("/v1/products", {"products": [item(ProductCode="P1", Product="Serum", Unit="box")]})

    assert changed.status_code == 302, changed.context["errors"]
    (row,) = ours.get("/v1/products").json()["data"]
    assert (row["VendorCode"], row["RetailPrice"], row["Unit"]) == ("V001", 9.5, "box")
    history = browser.get(f"{page}history/").content.decode()
    for words in ("maria", "9.50", "box", "request"):
        assert words in history
    with staff():
        events = ProductEvent.objects.order_by("pgh_id")
        assert [event.pgh_label for event in events] == ["insert", "update", "update"]


def test_form_that_changes_nothing_leaves_no_trace(browser: Browser, staff: Any) -> None:
    product = ProductFactory.create(cost=1)
    page = f"{PRODUCTS}{product.pk}/change/"

    browser.post(page, fields(browser.get(page)))

    with staff():
        assert Product.objects.get().updated_at == product.updated_at
        assert ProductEvent.objects.count() == 1


def test_form_does_not_undo_a_price_list_that_came_meanwhile(
    browser: Browser, ours: Client, staff: Any
) -> None:
    product = ProductFactory.create(product_code="P00001", cost=1)
    page = f"{PRODUCTS}{product.pk}/change/"
    seen = fields(browser.get(page))
    ours.post("/v1/products", {"products": [item(Product=product.name, RetailPrice=7)]})

    refused = browser.post(page, {**seen, "unit": "box"})
    again = browser.post(page, {**fields(browser.get(page)), "unit": "box"})

    assert "has changed this product" in refused.content.decode()
    assert again.status_code == 302
    with staff():
        stored = Product.objects.get()
    assert (stored.retail_price, stored.unit, stored.cost) == (Decimal(7), "box", Decimal(1))


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"vendor_code": ""}, "vendor_code"),
        ({"name": ""}, "name"),
        ({"cost": "-1"}, "cost"),
        ({"retail_price": "99.999"}, "retail_price"),
        ({"product_code": "P0", "vendor_code": "V001"}, "__all__"),
    ],
)
def test_form_refuses_what_the_api_refuses(
    browser: Browser, staff: Any, sent: dict[str, str], field: str
) -> None:
    ProductFactory.create(product_code="P0")
    good = {"vendor_code": "V", "product_code": "P", "name": "x"}

    answer = browser.post(f"{PRODUCTS}add/", {**good, **sent})

    assert field in answer.context["adminform"].form.errors
    with staff():
        assert Product.objects.count() == 1


def test_codes_stay_and_products_too(browser: Browser, staff: Any) -> None:
    product = ProductFactory.create(product_code="P0")
    page = f"{PRODUCTS}{product.pk}/"

    browser.post(f"{page}change/", {**fields(browser.get(f"{page}change/")), "product_code": "X"})

    with staff():
        assert Product.objects.get().product_code == "P0"
    assert browser.post(f"{page}delete/", {"post": "yes"}).status_code == 403


def _export(browser: Browser, *products: Product, **params: str) -> Any:
    query = "&".join(f"{name}={value}" for name, value in params.items())
    chosen = [product.pk for product in products]
    return browser.post(
        f"{PRODUCTS}?{query}",
        {"action": "export_csv", "_selected_action": chosen, "select_across": "0"},
    )


def test_export_is_safe_to_open_in_a_spreadsheet(browser: Browser, ours: Client) -> None:
    evil = ['=HYPERLINK("http://x","y")', "+1", "-1", "@SUM(A1)", "\tx", "\rx"]
    products = [
        ProductFactory.create(vendor_code="V", product_code=str(n), name=text, description=text)
        for n, text in enumerate(evil)
    ]
    ProductFactory.create(name="Not chosen")

    answer = _export(browser, *products)

    assert answer["Content-Type"] == "text/csv"
    assert 'filename="products.csv"' in answer["Content-Disposition"]
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(content, newline=""))
    assert head == list(price_files.COLUMNS)
    names, descriptions = head.index("Product"), head.index("Description")
    assert [row[names] for row in rows] == [f"'{text}" for text in evil]
    assert [row[descriptions] for row in rows] == [f"'{text}" for text in evil]
    listed = {row["ProductCode"]: row for row in ours.get("/v1/products").json()["data"]}
    assert all(row[-1] == listed[row[2]]["UpdatedAt"] for row in rows)


def test_export_of_too_many_is_refused(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(price_files, "MOST_LINES", 1)
    products = ProductFactory.create_batch(2)

    answer = _export(browser, *products)

    assert answer.status_code == 302
    assert "choose a vendor" in browser.get(PRODUCTS).content.decode()


def test_who_may_only_look_may_export_and_not_change(staff: Any) -> None:
    product = ProductFactory.create()
    browser = signed_in(staff, "view_product")

    exported = _export(browser, product)
    assert b"".join(exported.streaming_content).count(b"\r\n") == 2
    assert browser.get(f"{PRODUCTS}add/").status_code == 403
    assert browser.post(f"{PRODUCTS}{product.pk}/change/", {"name": "x"}).status_code == 403
    assert browser.get(GRANTS).status_code == 403


def test_grants_are_given_and_taken(
    browser: Browser, ours: Client, partner: Any, staff: Any
) -> None:
    given = browser.post(f"{GRANTS}add/", {"partner": partner.pk, "vendor_code": "V002"})
    assert given.status_code == 302, given.context["errors"]
    assert ours.post("/v1/products", {"products": [item()]}).status_code == 400
    twice = browser.post(f"{GRANTS}add/", {"partner": partner.pk, "vendor_code": "V002"})
    assert "already" in twice.content.decode()
    VendorGrantFactory.create()
    listed = browser.get(GRANTS, {"partner": partner.name}).context["cl"].result_list
    assert [grant.vendor_code for grant in listed] == ["V002"]

    with staff():
        number = VendorGrant.objects.get(partner=partner).pk
    browser.post(f"{GRANTS}{number}/delete/", {"post": "yes"})

    assert ours.post("/v1/products", {"products": [item()]}).status_code == 200
