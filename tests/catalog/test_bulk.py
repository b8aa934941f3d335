"""Writing price lists through the API: what becomes of each row, and of what was there."""

from decimal import Decimal
from typing import Any

import pytest

from tests.catalog.batches import PATH, outcomes, write
from tests.catalog.factories import ProductFactory, VendorGrantFactory, item
from tests.client import Client


def test_rows_are_told_in_the_order_of_the_body(ours: Client, stored: Any) -> None:
    write(ours, item(2, Cost=1), item(3))

    answer = write(ours, item(4), item(2, Cost=2), item(3), item(1))

    assert outcomes(answer) == [
        (0, "P00004", "created"),
        (1, "P00002", "updated"),
        (2, "P00003", "unchanged"),
        (3, "P00001", "created"),
    ]
    ids = dict(stored("product_code", "id"))
    assert [(r["ProductCode"], r["ProductID"]) for r in answer.json()["data"]["results"]] == [
        (code, ids[code]) for code in ("P00004", "P00002", "P00003", "P00001")
    ]


def test_what_is_not_sent_stays(ours: Client, stored: Any) -> None:
    full = item(
        Description="Long", Category="Skin", UPC="1", Unit="each", Cost=1.5, RetailPrice=2, Active=0
    )
    write(ours, {**full, "Active": False})

    answer = write(ours, {"VendorCode": "V001", "ProductCode": "P00001", "RetailPrice": 3})

    assert outcomes(answer) == [(0, "P00001", "updated")]
    assert stored(
        "name", "description", "category", "upc", "unit", "cost", "retail_price", "is_active"
    ) == [("Product 1", "Long", "Skin", "1", "each", Decimal("1.50"), Decimal("3.00"), False)]


def test_null_clears_text_and_prices(ours: Client, stored: Any) -> None:
    write(ours, item(Description="Long", Cost=1.5, RetailPrice=2))

    answer = write(ours, item(Description=None, Cost=None))

    assert outcomes(answer) == [(0, "P00001", "updated")]
    assert stored("description", "cost", "retail_price") == [("", None, Decimal("2.00"))]
    assert outcomes(write(ours, item(Description=None, Cost=None))) == [(0, "P00001", "unchanged")]
    new = item(2, Description=None, Cost=None, RetailPrice=None)
    assert outcomes(write(ours, new)) == [(0, "P00002", "created")]


def test_unchanged_rows_are_not_touched(ours: Client, stored: Any) -> None:
    write(ours, item(1, Cost=0.1), item(2, Cost=0.1))
    before = stored("id", "updated_at")

    write(ours, item(1, Cost=0.10), item(2, Cost=0.2))

    after = stored("id", "updated_at")
    assert after[0] == before[0]
    assert after[1][0] == before[1][0]
    assert after[1][1] > before[1][1]


def test_decimals_are_exact(ours: Client, stored: Any) -> None:
    body = (
        b'{"products": [{"VendorCode": "V", "ProductCode": "1", "Product": "x", "Cost": 0.1,'
        b' "RetailPrice": 0.2}, {"VendorCode": "V", "ProductCode": "2", "Product": "x",'
        b' "Cost": 9999999999.99, "RetailPrice": 1e2}]}'
    )

    assert ours.post(PATH, body).status_code == 200

    (cost, price), most = stored("cost", "retail_price")
    assert cost + price == Decimal("0.30")
    assert most == (Decimal("9999999999.99"), Decimal("100.00"))


def test_codes_are_trimmed_and_told_apart_by_case(ours: Client, stored: Any) -> None:
    answer = write(
        ours,
        item(ProductCode=" a "),
        item(ProductCode="A"),
        item(ProductCode="ä😀"),
        item(ProductCode="a", VendorCode="v001"),
    )

    assert [outcome for *_, outcome in outcomes(answer)] == ["created"] * 4
    assert answer.json()["data"]["results"][0]["ProductCode"] == "a"
    # In the order of code points.
    assert stored("vendor_code", "product_code") == [
        ("V001", "A"),
        ("V001", "a"),
        ("V001", "ä😀"),
        ("v001", "a"),
    ]


@pytest.mark.parametrize(
    "text", ["a\tb", "a\\b\\N", "\\N", "\\.", "q\"'", "a\nb", "\r", "NaN", "null"]
)
def test_text_arrives_as_it_was_sent(ours: Client, stored: Any, text: str) -> None:
    write(ours, item(Description=f"x{text}y", Unit="\\N", Product="\\."))

    assert stored("description", "unit", "name") == [(f"x{text}y", "\\N", "\\.")]


def test_skip_writes_the_rest_and_tells_each(ours: Client, stored: Any) -> None:
    write(ours, item(1))

    answer = write(
        ours,
        item(1),
        item(2, Cost=-1),
        7,
        item(3),
        item(3),
        {"ProductCode": "P9"},
        {"VendorCode": "V001", "ProductCode": "P00009", "Cost": 1},
        item(1, ProductCode=" P00008 ", Cost=99.999),
        query="?onError=skip",
    )

    assert outcomes(answer) == [
        (0, "P00001", "unchanged"),
        (1, "P00002", "failed"),
        (2, None, "failed"),
        (3, "P00003", "created"),
        (4, "P00003", "failed"),
        (5, "P9", "failed"),
        (6, "P00009", "failed"),
        (7, "P00008", "failed"),
    ]
    assert [result["ProductID"] is None for result in answer.json()["data"]["results"]] == [
        outcome == "failed" for *_, outcome in outcomes(answer)
    ]
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [
        ("products[1].Cost", "out_of_range"),
        ("products[2]", "invalid"),
        ("products[4].ProductCode", "duplicate"),
        ("products[5].VendorCode", "required"),
        ("products[6].Product", "required"),
        ("products[7].Cost", "out_of_range"),
    ]
    assert stored("product_code") == ["P00001", "P00003"]


def test_skip_with_nothing_good_writes_nothing(ours: Client, stored: Any) -> None:
    answer = write(ours, 1, 2, query="?onError=skip")

    assert [outcome for *_, outcome in outcomes(answer)] == ["failed", "failed"]
    assert stored("id") == []


def test_new_product_needs_a_name_and_a_known_one_does_not(ours: Client, stored: Any) -> None:
    known, new = ({"VendorCode": "V001", "ProductCode": f"P0000{n}", "Cost": n} for n in (1, 2))
    write(ours, item(1))

    refused = write(ours, known, new)
    assert refused.status_code == 400
    assert [(e["field"], e["code"]) for e in refused.json()["errors"]] == [
        ("products[1].Product", "required")
    ]
    assert stored("cost") == [None]
    assert outcomes(write(ours, known)) == [(0, "P00001", "updated")]


def test_dry_run_tells_and_writes_nothing(ours: Client, stored: Any) -> None:
    write(ours, item(1, Cost=1), item(2))
    before = stored("id", "cost", "updated_at")

    answer = write(ours, item(1, Cost=2), item(2), item(3), 7, query="?dryRun=true&onError=skip")

    assert outcomes(answer) == [
        (0, "P00001", "updated"),
        (1, "P00002", "unchanged"),
        (2, "P00003", "created"),
        (3, None, "failed"),
    ]
    ids = [result["ProductID"] for result in answer.json()["data"]["results"]]
    assert ids == [before[0][0], before[1][0], None, None]
    assert stored("id", "cost", "updated_at") == before
    assert "othing was written" in answer.json()["message"]
    assert write(ours, item(1, Cost=-1), query="?dryRun=true").status_code == 400


def test_partner_with_a_list_writes_its_vendors_only(
    ours: Client, partner: Any, stored: Any
) -> None:
    VendorGrantFactory.create()  # another partner's
    assert outcomes(write(ours, item(VendorCode="V007"))) == [(0, "P00001", "created")]
    VendorGrantFactory.create(partner=partner, vendor_code="V002")
    batch = [item(VendorCode="V001"), item(VendorCode="V002"), item(VendorCode="v002")]

    refused = write(ours, *batch)
    answer = write(ours, *batch, query="?onError=skip")

    assert refused.status_code == 400
    assert [(e["field"], e["code"]) for e in refused.json()["errors"]] == [
        ("products[0].VendorCode", "forbidden"),
        ("products[2].VendorCode", "forbidden"),
    ]
    assert [outcome for *_, outcome in outcomes(answer)] == ["failed", "created", "failed"]
    assert stored("vendor_code") == ["V002", "V007"]


def test_same_batch_again_with_an_idempotency_key(ours: Client, stored: Any) -> None:
    body = {"products": [item(1), item(2)]}

    first = ours.post(PATH, body, Idempotency_Key="list-1")
    again = ours.post(PATH, body, Idempotency_Key="list-1")
    other = ours.post(f"{PATH}?onError=skip", body, Idempotency_Key="list-1")

    assert first.json()["data"]["created"] == 2
    assert again.content == first.content
    assert again["Idempotent-Replayed"] == "true"
    assert other.status_code == 422


def test_key_without_the_scope_writes_nothing(
    our_practice: Any, make_key: Any, client_for: Any, stored: Any
) -> None:
    client = client_for(make_key(our_practice, ["Prospects"]))

    assert write(client, item()).status_code == 403
    assert client.get(PATH).status_code == 403
    assert stored("id") == []


def test_statements_do_not_grow_with_the_batch(ours: Client, staff: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    ProductFactory.create(product_code="P00001")
    counts = []
    for size in (1, 3, 100):
        with CaptureQueriesContext(connection) as captured:
            assert write(ours, *(item(n) for n in range(size))).status_code == 200
        counts.append(len(captured))

    assert counts == counts[:1] * 3
