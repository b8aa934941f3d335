"""JSON as it goes out."""

import datetime
import json
from decimal import Decimal
from typing import Any

import pytest
from django.utils.functional import lazystr
from hypothesis import given
from hypothesis import strategies as st

from emrapi.api.rendering import to_json


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("99.9"), b"99.90"),
        (Decimal(3), b"3.00"),
        (Decimal("1E+2"), b"100.00"),
        (Decimal("-0.5"), b"-0.50"),
        (Decimal("0.12345"), b"0.12345"),
        (datetime.datetime(2026, 3, 9, 8, 15, tzinfo=datetime.UTC), b'"2026-03-09T08:15:00Z"'),
        (datetime.date(2026, 3, 9), b'"2026-03-09"'),
        (datetime.time(9), b'"09:00:00"'),
        (lazystr("later"), b'"later"'),
        ({"a": [None, True, "é"]}, '{"a":[null,true,"é"]}'.encode()),
    ],
)
def test_value_has_one_form(value: Any, expected: bytes) -> None:
    assert to_json(value) == expected


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), object(), {1, 2}])
def test_value_without_a_form_is_an_error(value: Any) -> None:
    with pytest.raises(TypeError):
        to_json(value)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12))
def test_decimal_keeps_every_digit(number: Decimal) -> None:
    written = to_json(number).decode()

    assert json.loads(written, parse_float=Decimal) == number
    assert len(written.partition(".")[2]) >= 2
