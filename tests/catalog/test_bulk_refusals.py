"""What no price list may hold: each fault is told by its place, and nothing is written."""

from typing import Any

import pytest

from tests.catalog.batches import PATH, write
from tests.catalog.factories import item
from tests.client import Client


@pytest.mark.parametrize(
    ("bad", "field", "code"),
    [
        ({"Prize": 1}, "Prize", "unknown"),
        ({"RetailPrice": "9.99"}, "RetailPrice", "invalid"),
        ({"RetailPrice": [9.99]}, "RetailPrice", "invalid"),
        ({"RetailPrice": {"amount": [{"deep": 1}]}}, "RetailPrice", "invalid"),
        ({"RetailPrice": True}, "RetailPrice", "invalid"),
        ({"RetailPrice": -0.01}, "RetailPrice", "out_of_range"),
        ({"RetailPrice": 99.999}, "RetailPrice", "out_of_range"),
        ({"RetailPrice": 0.1 + 0.2}, "RetailPrice", "out_of_range"),
        ({"RetailPrice": 10_000_000_000}, "RetailPrice", "out_of_range"),
        ({"Product": "x" * 10_000}, "Product", "max_length"),
        ({"Product": ""}, "Product", "blank"),
        ({"Product": None}, "Product", "null"),
        ({"Product": {"en": "x"}}, "Product", "invalid"),
        ({"VendorCode": " "}, "VendorCode", "blank"),
        ({"VendorCode": 7}, "VendorCode", "invalid"),
        ({"ProductCode": "x" * 101}, "ProductCode", "max_length"),
        ({"Active": 1}, "Active", "invalid"),
        ({"ProductID": 1}, "ProductID", "read_only"),
        ({"UpdatedAt": "2026-01-01T00:00:00Z"}, "UpdatedAt", "read_only"),
    ],
)
def test_one_bad_row_and_nothing_is_written(
    ours: Client, stored: Any, bad: dict[str, Any], field: str, code: str
) -> None:
    answer = write(ours, item(1), item(2) | bad, item(3))

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    (error,) = answer.json()["errors"]
    assert (error["field"], error["code"]) == (f"products[1].{field}", code)
    assert stored("id") == []


def test_every_fault_is_told_by_index(ours: Client, stored: Any) -> None:
    answer = write(
        ours, 5, item(1, Cost=-1, Prize=2), [], {"ProductCode": "P"}, item(2), None, item(2)
    )

    assert answer.status_code == 400
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [
        ("products[0]", "invalid"),
        ("products[1].Cost", "out_of_range"),
        ("products[1].Prize", "unknown"),
        ("products[2]", "invalid"),
        ("products[3].VendorCode", "required"),
        ("products[5]", "null"),
        ("products[6].ProductCode", "duplicate"),
    ]
    assert answer.json()["detail"] == "The request has 7 faults; they are listed in errors."
    assert stored("id") == []


@pytest.mark.parametrize(
    ("number", "code"), [("1e400", "out_of_range"), ("-1e400", "out_of_range")]
)
def test_number_beyond_all_bounds(ours: Client, number: str, code: str) -> None:
    body = '{"products": [{"VendorCode": "V", "ProductCode": "P", "Product": "x", "Cost": %s}]}'

    answer = ours.post(PATH, (body % number).encode())

    assert answer.status_code == 400
    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [
        ("products[0].Cost", code)
    ]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e99999999999999999999"])
def test_what_is_no_number_is_no_json(ours: Client, number: str) -> None:
    body = '{"products": [{"VendorCode": "V", "ProductCode": "P", "Product": "x", "Cost": %s}]}'

    answer = ours.post(PATH, (body % number).encode())

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "malformed"


@pytest.mark.parametrize("escape", ["\\u0000", "\\ud83d"])
def test_code_that_no_database_could_hold_is_named(ours: Client, escape: str) -> None:
    body = b'{"products": [{"VendorCode": "V%s", "ProductCode": "P", "Product": "x"}]}'

    answer = ours.post(PATH, body % escape.encode())

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "products[0].VendorCode"


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"products": []}, "products", "min_length"),
        ({"products": {}}, "products", "invalid"),
        ({"products": None}, "products", "invalid"),
        ({"products": "x"}, "products", "invalid"),
        ({}, "products", "required"),
        ([], "", "invalid"),
        ({"products": [item()], "practice": 1}, "practice", "unknown"),
    ],
)
def test_body_that_is_no_batch(ours: Client, body: Any, field: str, code: str) -> None:
    answer = ours.post(PATH, body)

    assert answer.status_code == 400
    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [(field, code)]


def test_batch_holds_50_000_items_and_no_more(ours: Client, stored: Any) -> None:
    body = b'{"products": [%s]}'

    refused = ours.post(PATH, body % b",".join([b"{}"] * 50_001))
    answer = ours.post(PATH, body % b",".join([b"5"] * 50_000))

    assert refused.status_code == 400
    assert [(e["field"], e["code"]) for e in refused.json()["errors"]] == [
        ("products", "max_length")
    ]
    assert answer.status_code == 400
    assert len(answer.json()["errors"]) == 50_000
    assert stored("id") == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?onError=ignore", "onError"),
        ("?dryRun=1", "dryRun"),
        ("?onerror=skip", "onerror"),
        ("?search=x", "search"),
    ],
)
def test_parameters_are_strict(ours: Client, query: str, field: str) -> None:
    answer = write(ours, item(), query=query)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field


def test_end_of_a_long_report_says_that_there_is_more(
    ours: Client, monkeypatch: pytest.MonkeyPatch, stored: Any
) -> None:
    monkeypatch.setattr("catalog.items.MOST_FAULTS", 2)
    batch = [item(1), *(item(n, Cost=-1) for n in range(2, 7))]

    refused = write(ours, *batch)
    skipped = write(ours, *batch, query="?onError=skip")

    told = [
        ("products[1].Cost", "out_of_range"),
        ("products[2].Cost", "out_of_range"),
        ("products", "too_many"),
    ]
    for answer in (refused, skipped):
        assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == told
        assert "3 more items" in answer.json()["errors"][-1]["message"]
    assert (refused.status_code, skipped.json()["data"]["failed"]) == (400, 5)
    assert stored("product_code") == ["P00001"]
