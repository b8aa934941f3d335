"""The documented products examples, replayed: every key, every type."""

from decimal import Decimal
from typing import Any

import orjson

from catalog.models import Product
from tests.client import Client

FIELDS = {
    "ProductID": int,
    "VendorCode": str,
    "ProductCode": str,
    "Product": str,
    "Description": str,
    "Category": str,
    "UPC": str,
    "Unit": str,
    "Cost": float,
    "RetailPrice": float,
    "Active": bool,
    "UpdatedAt": str,
}
RESULT = {"index": int, "VendorCode": str, "ProductCode": str, "ProductID": int, "outcome": str}
COUNTS = {"created": int, "updated": int, "unchanged": int, "failed": int}
EXAMPLE = {
    "products": [
        {
            "VendorCode": "V001",
            "ProductCode": "P001",
            "Product": "Example Product",
            "RetailPrice": 99.99,
        }
    ]
}


def _types(row: dict[str, Any]) -> dict[str, type]:
    return {name: type(value) for name, value in row.items()}


def test_bulk_as_documented(ours: Client, staff: Any) -> None:
    answer = ours.post("/v1/products", EXAMPLE)

    assert answer.status_code == 200
    body = answer.json()
    assert list(body) == ["message", "data"]
    assert _types(body) == {"message": str, "data": dict}
    assert _types(body["data"]) == COUNTS | {"results": list}
    assert [_types(result) for result in body["data"]["results"]] == [RESULT]
    with staff():
        (product,) = Product.objects.all()
    assert body["data"] == {
        "created": 1,
        "updated": 0,
        "unchanged": 0,
        "failed": 0,
        "results": [
            {
                "index": 0,
                "VendorCode": "V001",
                "ProductCode": "P001",
                "ProductID": product.pk,
                "outcome": "created",
            }
        ],
    }
    assert product.retail_price == Decimal("99.99")


def test_list_as_documented(ours: Client) -> None:
    made = ours.post("/v1/products", EXAMPLE).json()["data"]["results"][0]
    other = {"VendorCode": "V002", "ProductCode": "P001", "Product": "Another", "Cost": 1.5}
    ours.post("/v1/products", {"products": [other]})

    answer = ours.get("/v1/products", {"search": "example", "vendorCode": "V001"})

    assert answer.status_code == 200
    (product,) = answer.json()["data"]
    assert answer.json() == {"data": [product], "count": 1, "page": 1, "limit": 25, "total": 1}
    assert product | EXAMPLE["products"][0] == product
    assert product["ProductID"] == made["ProductID"]
    assert list(product) == list(FIELDS)
    assert _types(product) == FIELDS | {"Cost": type(None)}
    assert product["UpdatedAt"].endswith("Z")
    assert ours.get("/v1/products", {"vendorCode": "V002"}).json()["data"][0]["Cost"] == 1.5


def test_every_field_goes_in_and_comes_out(ours: Client) -> None:
    sent = {
        "VendorCode": "V001",
        "ProductCode": "P001",
        "Product": "Example Product",
        "Description": "Long",
        "Category": "Skin care",
        "UPC": "036000291452",
        "Unit": "each",
        "Cost": 54.5,
        "RetailPrice": 99.99,
        "Active": False,
    }

    ours.post("/v1/products", {"products": [sent]})

    (product,) = ours.get("/v1/products").json()["data"]
    assert product | sent == product
    assert _types(product) == FIELDS


def test_products_are_the_same_for_every_practice(ours: Client, theirs: Client) -> None:
    ours.post("/v1/products", EXAMPLE)

    assert theirs.get("/v1/products").json() == ours.get("/v1/products").json()
    again = theirs.post("/v1/products", EXAMPLE).json()["data"]
    assert again["unchanged"] == 1


def test_prices_have_two_decimals_on_the_wire(ours: Client) -> None:
    body = b'{"products": [{"VendorCode": "V", "ProductCode": "P", "Product": "X", "Cost": 7}]}'
    ours.post("/v1/products", body)

    assert b'"Cost":7.00,"RetailPrice":null' in ours.get("/v1/products").content


def test_body_of_25_mib_is_taken_and_no_more(ours: Client) -> None:
    body = orjson.dumps(EXAMPLE)
    most = 25 * 1024 * 1024

    assert ours.post("/v1/products", body + b" " * (most - len(body))).status_code == 200
    answer = ours.post("/v1/products", body + b" " * (most - len(body) + 1))
    assert answer.status_code == 413
    assert answer["Content-Type"] == "application/problem+json"
