"""The list of products: order, pages, search, filters, and what they ask of the database."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Product
from emrapi.api.pagination import PageLimit
from tests.catalog.factories import ProductFactory
from tests.client import Client

PATH = "/v1/products"


def _codes(client: Client, **params: Any) -> list[str]:
    answer = client.get(PATH, params)
    assert answer.status_code == 200, answer.json()
    return [row["ProductCode"] for row in answer.json()["data"]]


@pytest.fixture
def serums(database: None) -> None:
    """Five products of two vendors."""
    for vendor, code, name, description in (
        ("V002", "SER-10", "Vitamin C Serum", "Brightens; 30 ml"),
        ("V001", "SER-30", "Night serum", "Retinol 0.3%"),
        ("V001", "CRM-01", "ÉCLAT Crème", "Soothing day_cream with C"),
        ("V002", "GLV-07", "Gloves", "Nitrile, 100 pcs"),
        ("V001", "ser-05", "Eye Serum", "Ser-ious\nlifting"),
    ):
        ProductFactory.create(
            vendor_code=vendor, product_code=code, name=name, description=description
        )


def test_order_is_by_vendor_and_code(ours: Client, theirs: Client, serums: None) -> None:
    for client in (ours, theirs):
        assert _codes(client) == ["CRM-01", "SER-30", "ser-05", "GLV-07", "SER-10"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("serum", {"SER-10", "SER-30", "ser-05"}),
        ("SERUM night", {"SER-30"}),
        ("ser-", {"SER-10", "SER-30", "ser-05"}),
        ("etin", {"SER-30"}),
        ("c", {"CRM-01", "GLV-07", "SER-10"}),
        ("éclat", {"CRM-01"}),
        ("E\u0301CLAT cre\u0300me", {"CRM-01"}),
        ("0.3%", {"SER-30"}),
        ("day_c", {"CRM-01"}),
        ("%", {"SER-30"}),
        ("_", {"CRM-01"}),
        ("\\", set()),
        ("serum glove", set()),
        ("V001", set()),
        ("", {"CRM-01", "SER-30", "ser-05", "GLV-07", "SER-10"}),
        ("  ", {"CRM-01", "SER-30", "ser-05", "GLV-07", "SER-10"}),
        ("'; DROP TABLE catalog_product; --", set()),
    ],
)
def test_search_finds_words_in_name_code_and_description(
    ours: Client, serums: None, text: str, found: set[str]
) -> None:
    assert set(_codes(ours, search=text)) == found


def test_vendor_is_exact(ours: Client, serums: None) -> None:
    assert _codes(ours, vendorCode="V002") == ["GLV-07", "SER-10"]
    assert _codes(ours, vendorCode="V002", search="serum") == ["SER-10"]
    assert _codes(ours, vendorCode="v002") == []
    assert _codes(ours, vendorCode="V00") == []


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"vendorcode": "V"}, "vendorcode"),
        ({"vendorCode": "x" * 51}, "vendorCode"),
        ({"search": "x" * 201}, "search"),
        ({"search": " ".join(f"{n}x{n}" for n in range(11))}, "search"),
        ({"search": "a\0b"}, "search"),
        ({"page": 0}, "page"),
        ({"limit": 101}, "limit"),
        ({"sort": "id"}, "sort"),
        ({"onError": "skip"}, "onError"),
    ],
)
def test_bad_parameter_is_named(ours: Client, params: dict[str, Any], field: str) -> None:
    answer = ours.get(PATH, params)

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize("params", [{}, {"search": "prod"}, {"search": "pr", "vendorCode": "V001"}])
def test_list_takes_as_many_queries_for_many_as_for_one(
    ours: Client, params: dict[str, Any]
) -> None:
    counts = []
    for size in (1, 2, 97):
        ProductFactory.create_batch(size)
        with CaptureQueriesContext(connection) as captured:
            assert _codes(ours, **params, limit=100)
        counts.append(len([each for each in captured if "catalog_" in each["sql"]]))

    assert counts == [2, 2, 2]


def test_far_pages_are_as_near_ones(ours: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    ProductFactory.create_batch(11)

    def pages() -> list[Any]:
        return [
            ours.get(PATH, {**params, "limit": 2, "page": page}).json()
            for page in range(1, 8)
            for params in ({}, {"search": "product"}, {"vendorCode": "V001"})
        ]

    near = pages()
    monkeypatch.setattr(PageLimit, "far", 0)

    assert pages() == near
    assert sum(len(page["data"]) for page in near) == 33


@pytest.mark.usefixtures("fresh_tables")
def test_far_page_reads_no_row_before_it(staff: Any) -> None:
    """The ids on the way come from the index of the keys alone."""
    ProductFactory.create_batch(3)
    with staff():
        with connection.cursor() as cursor:
            cursor.execute(
                "SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off;"
                " SET LOCAL enable_sort = off"
            )
        plan = Product.objects.values("pk")[2:3].explain()

    assert "Index Only Scan using product_key" in plan


@pytest.mark.usefixtures("fresh_tables")
def test_search_uses_the_index(ours: Client, staff: Any) -> None:
    """As the serving role: no policy stands between a search and its index."""
    ProductFactory.create_batch(3)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("emr_web",)
        # Three rows are read in any way but this; what is asked is whether it can be.
        cursor.execute("SET enable_seqscan = off; SET enable_indexscan = off")
        try:
            found = [Product.objects.search(text).order_by() for text in ("product", "pr")]
            plans = [products.explain() for products in found]
        finally:
            cursor.execute("RESET enable_seqscan; RESET enable_indexscan")

    assert "Bitmap Index Scan on product_search" in plans[0]
    assert "product_search" not in plans[1]


def test_products_outlive_everything_but_staff(ours: Client) -> None:
    for method in ("PUT", "PATCH", "DELETE"):
        assert ours.send(method, PATH, {}).status_code == 405
