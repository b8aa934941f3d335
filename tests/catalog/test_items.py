"""The law of the quick pass: it finds what the serializer finds, item by item."""

import string
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rest_framework.exceptions import ValidationError

from catalog.items import ATTRIBUTES, CLEARED, MOST_FAULTS, WRITABLE, Checker
from catalog.serializers import ProductSerializer
from emrapi.api.problems import flattened
from tests.catalog.factories import item

# Each field's edges, and what is near them.
texts = st.one_of(
    st.text(max_size=60),
    st.sampled_from(["", " ", "\t\n", " x", "x ", "a\0b", "\ud83d", "😀", "é", "a\nb", "\u200b"]),
    st.integers(45, 255).map(lambda n: "x" * n),
    st.sampled_from(["x" * 10_000, "x" * 10_001]),
)
numbers = st.one_of(
    st.decimals(allow_nan=False, allow_infinity=False),
    st.decimals(min_value=-2, max_value=100, places=2),
    st.decimals(min_value=-2, max_value=100, places=1),
    st.sampled_from("0 -0 0.00 -0.01 99.99 99.990 99.999 1e2 1E+400 1e-400".split()).map(Decimal),
    st.sampled_from("9999999999.99 9999999999.9 10000000000 9999999999.999".split()).map(Decimal),
    st.integers(-10, 10**11),
)
values = st.one_of(
    texts, numbers, st.none(), st.booleans(), st.floats(), st.just([]), st.just({"a": [1]})
)
codes = st.one_of(st.text(string.ascii_letters, min_size=1, max_size=5), values)
names = st.one_of(
    st.sampled_from([*ProductSerializer.Meta.wire, "Prize", "product"]), st.text(max_size=8)
)
items = st.one_of(
    values,
    st.dictionaries(names, values, max_size=6),
    st.builds(
        lambda codes, rest: {"VendorCode": codes[0], "ProductCode": codes[1], **rest},
        st.tuples(codes, codes),
        st.fixed_dictionaries(
            {},
            optional={
                name: numbers if name in ("Cost", "RetailPrice") else values for name in WRITABLE
            },
        ),
    ),
)


def _by_serializer(sent: Any) -> tuple[dict[str, Any] | None, list[tuple[str, str]]]:
    """The values, or the faults by field and code."""
    try:
        values: dict[str, Any] = ProductSerializer().run_validation(sent)
    except ValidationError as error:
        return None, sorted((f["field"], f["code"]) for f in flattened(error.detail))
    return values, []


def _by_checker(sent: Any) -> tuple[dict[str, Any] | None, list[tuple[str, str]]]:
    checked = Checker().check([(7, sent)])
    assert checked.faulty == ({7} if checked.faults else set())
    assert {fault.position for fault in checked.faults} <= {7}
    if not checked.rows:
        return None, sorted((fault.field, fault.code) for fault in checked.faults)
    ((position, *row),) = checked.rows
    assert position == 7
    given = zip(ATTRIBUTES, row, strict=True)
    return {
        name: None if value is CLEARED else value for name, value in given if value is not None
    }, []


@given(items)
@example({"VendorCode": "V", "ProductCode": "P", "Cost": None, "Description": None})
@example({"VendorCode": "V", "ProductCode": "P", "Product": None, "Active": None})
@example({"VendorCode": " V ", "ProductCode": "P\n", "Active": 1})
def test_quick_pass_agrees_with_the_serializer(sent: Any) -> None:
    assert _by_checker(sent) == _by_serializer(sent)


@given(st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from(["1", "2", " 1"])), max_size=8))
def test_of_items_with_one_key_the_first_is_good(keys: list[tuple[str, str]]) -> None:
    sent = [{"VendorCode": vendor, "ProductCode": product} for vendor, product in keys]

    checked = Checker().check(enumerate(sent))

    known = [(vendor, product.strip()) for vendor, product in keys]
    first = {key: known.index(key) for key in known}
    assert [row[0] for row in checked.rows] == sorted(first.values())
    assert [(fault.position, fault.code) for fault in checked.faults] == [
        (position, "duplicate") for position, key in enumerate(known) if first[key] != position
    ]


def test_item_of_the_key_of_a_bad_one_is_no_better() -> None:
    checked = Checker().check(enumerate([item(Cost=Decimal(-1)), item(Cost=Decimal(1))]))

    assert [(fault.position, fault.field) for fault in checked.faults] == [
        (0, "Cost"),
        (1, "ProductCode"),
    ]
    assert checked.rows == []


def test_unknown_names_are_looked_for_once() -> None:
    checked = Checker().check(enumerate([item(n, RetailPrize=1) for n in range(3)]))

    assert [fault._asdict() for fault in checked.faults] == [
        {"position": n, "field": "RetailPrize", "code": "unknown", "message": message}
        for n, message in enumerate(['Unknown field. Did you mean "RetailPrice"?'] * 3)
    ]


def test_report_of_faults_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_FAULTS >= 50_000
    monkeypatch.setattr("catalog.items.MOST_FAULTS", 5)

    checked = Checker().check(enumerate([item(n, a=1, b=1) for n in range(4)]))

    assert [fault.position for fault in checked.faults] == [0, 0, 1, 1, 2, 2]
    assert checked.untold == 1
    assert checked.faulty == {0, 1, 2, 3}


def test_strangers_by_the_hundred_thousand_cost_no_minutes() -> None:
    """Looking for the name that was meant takes 50 microseconds and more, for each."""
    sent = [item(n, **{f"x{n}y{k}": 1 for k in range(5)}) for n in range(4_000)]

    checked = Checker().check(enumerate(sent))

    hints = sum("Did you mean" in fault.message for fault in checked.faults)
    assert len(checked.faults) == 20_000
    assert hints <= 1_000
