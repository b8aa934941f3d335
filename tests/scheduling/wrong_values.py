"""Durations, dates and times that no request may hold, each with the code that it is refused by."""

from typing import Any

import pytest

DURATIONS = [
    ("0", "out_of_range"),
    ("-1", "out_of_range"),
    ("1.5", "invalid"),
    ("1000000000", "out_of_range"),
    ("1441", "out_of_range"),
    ("99999999999999999999", "invalid"),
    ("", "invalid"),
    ("half an hour", "invalid"),
]
DATES = [
    ("2026-02-30", "invalid"),
    ("9999-12-31", "out_of_range"),
    ("0001-01-01", "out_of_range"),
    ("2026-3-9", "invalid"),
    ("tomorrow", "invalid"),
    ("", "invalid"),
]
TIMES = [("24:00", "invalid"), ("25:61", "invalid"), ("9:00", "invalid"), ("", "invalid")]


def each(*cases: tuple[str, list[tuple[Any, str]]]) -> list[Any]:
    """A case for every value of every name."""
    return [
        pytest.param(name, value, code, id=f"{name}={value!r}"[:40])
        for name, values in cases
        for value, code in values
    ]
