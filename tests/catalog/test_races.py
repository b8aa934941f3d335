"""Price lists that meet: nobody waits for ever, nothing is lost, everybody is told the truth.

`RACE_ROUNDS=50` for as many rounds of the great race.
"""

import os
import random
import threading
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from catalog.models import Product, ProductEvent
from tests.client import Client

ROUNDS = int(os.environ.get("RACE_ROUNDS", "3"))
KEYS = 5_000


def _race(*runners: Callable[[], Any]) -> list[Any]:
    """What they return, having started at one moment."""
    start, results = threading.Barrier(len(runners)), [None] * len(runners)

    def run(number: int, runner: Callable[[], Any]) -> None:
        start.wait()
        try:
            results[number] = runner()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(runners)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def _post(client: Client, products: list[dict[str, Any]]) -> Callable[[], Any]:
    def post() -> Any:
        answer = client.post("/v1/products", {"products": products})
        assert answer.status_code == 200, answer.json()
        return answer.json()["data"]

    return post


def _list(first: int, **fields: Any) -> list[dict[str, Any]]:
    return [
        {"VendorCode": f"V{n % 3}", "ProductCode": f"P{n:06}", "Product": f"Product {n}", **fields}
        for n in range(first, first + KEYS)
    ]


@pytest.mark.timeout(3600)
def test_two_lists_in_opposite_order(ours: Client, theirs: Client, staff: Any) -> None:
    """In each round half of the keys are known; one client sends costs, the other prices."""
    told: Counter[str] = Counter()
    for number in range(ROUNDS):
        first, new = number * KEYS // 2, KEYS if number == 0 else KEYS // 2
        costs, prices = _list(first, Cost=number + 1), _list(first, RetailPrice=number + 1)

        reports = _race(_post(ours, costs), _post(theirs, prices[::-1]))

        outcomes = Counter(result["outcome"] for report in reports for result in report["results"])
        assert outcomes == {"created": new, "updated": 2 * KEYS - new}
        assert [report["created"] + report["updated"] for report in reports] == [KEYS, KEYS]
        by_key = [
            {(each["VendorCode"], each["ProductCode"]): each for each in report["results"]}
            for report in reports
        ]
        assert {key: each["ProductID"] for key, each in by_key[0].items()} == {
            key: each["ProductID"] for key, each in by_key[1].items()
        }
        told += outcomes
        with staff():
            written = Product.objects.filter(product_code__gte=f"P{first:06}")
            assert set(written.values_list("cost", "retail_price")) == {
                (Decimal(number + 1), Decimal(number + 1))
            }
            assert written.count() == KEYS
    with staff():
        assert Product.objects.count() == told["created"]
        labels = Counter(ProductEvent.objects.values_list("pgh_label", flat=True))
    assert labels == {"insert": told["created"], "update": told["updated"]}


def test_many_small_lists_in_any_order(ours: Client, staff: Any) -> None:
    chance = random.Random(5)
    numbers = range(40)

    def runner(name: str) -> Callable[[], Counter[str]]:
        lists = [chance.sample(numbers, 20) for _ in range(15)]

        def run() -> Counter[str]:
            told: Counter[str] = Counter()
            for n, chosen in enumerate(lists):
                products = [
                    {"VendorCode": "V", "ProductCode": str(k), "Product": "x", name: f"{n}"}
                    for k in chosen
                ]
                told += Counter(r["outcome"] for r in _post(ours, products)()["results"])
            return told

        return run

    counts = _race(*(runner(name) for name in ("UPC", "Unit", "Category", "Description")))

    told = sum(counts, Counter())
    assert sum(told.values()) == 4 * 15 * 20
    with staff():
        assert Product.objects.count() == told["created"] == len(numbers)
        assert ProductEvent.objects.filter(pgh_label="update").count() == told["updated"]


def test_list_waits_for_another_and_then_keeps_what_that_one_wrote(
    ours: Client, theirs: Client, staff: Any
) -> None:
    """Both are new to both: who comes second changes what the first one made."""
    for number in range(10):
        key = {"VendorCode": "V", "ProductCode": str(number), "Product": "x"}

        reports = _race(_post(ours, [{**key, "UPC": "1"}]), _post(theirs, [{**key, "Unit": "box"}]))

        assert sorted(report["results"][0]["outcome"] for report in reports) == [
            "created",
            "updated",
        ]
    with staff():
        assert set(Product.objects.values_list("upc", "unit")) == {("1", "box")}
