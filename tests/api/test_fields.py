"""Scalars: what JSON value each takes, what it makes of it, and how it answers it."""

import datetime
import uuid
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.exceptions import ValidationError

from emrapi.api.fields import (
    BIGINT_MAX,
    BooleanField,
    ChoiceField,
    DateField,
    EmailField,
    FlagField,
    InstantField,
    IntegerField,
    MoneyField,
    NumberField,
    SlugField,
    TextField,
    TimeField,
    URLField,
    UUIDField,
    WordsField,
)
from emrapi.api.problems import flattened

UUID = uuid.UUID("0f8fad5b-d9cb-469f-a165-70867728950e")
UTC = datetime.UTC


def code_of(field: Any, value: Any) -> str:
    """The code with which a field refuses a value."""
    with pytest.raises(ValidationError) as caught:
        field.run_validation(value)
    (fault,) = flattened(caught.value.detail)
    return fault["code"]


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        (TextField(), " kept as sent ", " kept as sent "),
        (TextField(allow_blank=True), " \t", ""),
        (TextField(allow_null=True), None, None),
        (TextField(trim_whitespace=True), " x ", "x"),
        (WordsField(words_of=str.split, most=2), " ann  lee ", " ann  lee "),
        (EmailField(), "a@b.example", "a@b.example"),
        (SlugField(), "a-b_1", "a-b_1"),
        (URLField(), "https://a.example/b", "https://a.example/b"),
        (IntegerField(), -5, -5),
        (IntegerField(), BIGINT_MAX, BIGINT_MAX),
        (NumberField(), Decimal("1.5"), 1.5),
        (NumberField(), 2, 2.0),
        (MoneyField(), 3, Decimal("3.00")),
        (MoneyField(), Decimal("99.9"), Decimal("99.90")),
        (MoneyField(), Decimal("1e2"), Decimal("100.00")),
        (BooleanField(), False, False),
        (FlagField(), 1, True),
        (FlagField(), 0, False),
        (ChoiceField(choices=["m", "f"]), "f", "f"),
        (ChoiceField(choices=["m"], allow_blank=True), "", ""),
        (ChoiceField(choices=[1, 2]), 2, 2),
        (UUIDField(), str(UUID), UUID),
        (DateField(), "2028-02-29", datetime.date(2028, 2, 29)),
        (TimeField(), "10:15", datetime.time(10, 15)),
        (TimeField(), "10:15:59", datetime.time(10, 15, 59)),
        (
            InstantField(),
            "2026-03-09T10:15:00+02:00",
            datetime.datetime(2026, 3, 9, 8, 15, tzinfo=UTC),
        ),
        (
            InstantField(),
            "2026-03-09t10:15:00.2500009z",
            datetime.datetime(2026, 3, 9, 10, 15, 0, 250_000, tzinfo=UTC),
        ),
    ],
)
def test_field_takes_its_own_type(field: Any, value: Any, expected: Any) -> None:
    taken = field.run_validation(value)

    assert taken == expected
    assert type(taken) is type(expected)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        (TextField(), 5, "invalid"),
        (TextField(), True, "invalid"),
        (TextField(), ["a"], "invalid"),
        (TextField(), {}, "invalid"),
        (TextField(), None, "null"),
        (TextField(), "  ", "blank"),
        (TextField(), "", "blank"),
        (TextField(max_length=3), "abcd", "max_length"),
        (TextField(), "a\0", "invalid"),
        (TextField(), "é\ud800", "invalid"),
        (WordsField(words_of=str.split, most=2), "ann lee x", "max_length"),
        (EmailField(), "nobody", "invalid"),
        (EmailField(allow_blank=True), 5, "invalid"),
        (SlugField(), "a b", "invalid"),
        (URLField(), "a", "invalid"),
        (IntegerField(), "5", "invalid"),
        (IntegerField(), Decimal("1.0"), "invalid"),
        (IntegerField(), 1.0, "invalid"),
        (IntegerField(), True, "invalid"),
        (IntegerField(), BIGINT_MAX + 1, "out_of_range"),
        (IntegerField(), -BIGINT_MAX - 2, "out_of_range"),
        (IntegerField(max_value=9), 10, "out_of_range"),
        (NumberField(), "1.5", "invalid"),
        (NumberField(), True, "invalid"),
        (NumberField(), Decimal("1e999"), "out_of_range"),
        (NumberField(), 10**400, "out_of_range"),
        (MoneyField(), "1.50", "invalid"),
        (MoneyField(), 1.5, "invalid"),
        (MoneyField(), True, "invalid"),
        (MoneyField(allow_null=True), "", "invalid"),
        (MoneyField(), Decimal("1.234"), "out_of_range"),
        (MoneyField(), Decimal("1e30"), "out_of_range"),
        (MoneyField(), Decimal("1e-999999"), "out_of_range"),
        (MoneyField(), 10**12, "out_of_range"),
        (BooleanField(), "true", "invalid"),
        (BooleanField(), 1, "invalid"),
        (BooleanField(), [], "invalid"),
        (FlagField(), True, "choice"),
        (FlagField(), 2, "choice"),
        (FlagField(), "1", "choice"),
        (ChoiceField(choices=["m", "f"]), "M", "choice"),
        (ChoiceField(choices=["m", "f"]), "", "choice"),
        (ChoiceField(choices=["1"]), 1, "choice"),
        (ChoiceField(choices=[1]), True, "choice"),
        (ChoiceField(choices=["m"]), ["m"], "choice"),
        (UUIDField(), 5, "invalid"),
        (UUIDField(), "5", "invalid"),
        (DateField(), "2026-02-29", "invalid"),
        (DateField(), "20260309", "invalid"),
        (DateField(), "2026-3-9", "invalid"),
        (DateField(), "2026-03-09T00:00:00", "invalid"),
        (DateField(), "٢٠٢٦-٠٣-٠٩", "invalid"),
        (DateField(), 20260309, "invalid"),
        (TimeField(), "24:00", "invalid"),
        (TimeField(), "10", "invalid"),
        (TimeField(), "10:15:00.5", "invalid"),
        (TimeField(), "10:15Z", "invalid"),
        (InstantField(), "2026-03-09T10:15:00", "invalid"),
        (InstantField(), "2026-03-09", "invalid"),
        (InstantField(), "2026-03-09T25:15:00Z", "invalid"),
        (InstantField(), "0001-01-01T00:00:00+14:00", "invalid"),
        (InstantField(), "2026-03-09T10:15:00+99:00", "invalid"),
        (InstantField(), 5, "invalid"),
    ],
)
def test_field_refuses_another_type_or_value(field: Any, value: Any, code: str) -> None:
    assert code_of(field, value) == code


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        (BooleanField(), 1, True),
        (FlagField(), True, 1),
        (FlagField(), 0, 0),
        (MoneyField(), Decimal("1.5"), Decimal("1.50")),
        (DateField(), datetime.date(26, 3, 9), "0026-03-09"),
        (TimeField(), datetime.time(9, 0, 0, 5), "09:00:00"),
        (
            InstantField(),
            datetime.datetime(2026, 3, 9, 10, 15, tzinfo=ZoneInfo("Africa/Cairo")),
            "2026-03-09T08:15:00Z",
        ),
        (
            InstantField(),
            datetime.datetime(2026, 3, 9, 10, 15, 0, 5, tzinfo=UTC),
            "2026-03-09T10:15:00.000005Z",
        ),
    ],
)
def test_field_answers_in_one_form(field: Any, value: Any, expected: Any) -> None:
    assert field.to_representation(value) == expected


@given(st.datetimes(timezones=st.timezones()).filter(lambda instant: 1 < instant.year < 9999))
def test_instant_comes_back_as_it_was_answered(instant: datetime.datetime) -> None:
    field = InstantField()

    assert field.run_validation(field.to_representation(instant)) == instant.astimezone(UTC)


@given(st.decimals(-(10**9), 10**9, places=2))
def test_money_comes_back_as_it_was_answered(amount: Decimal) -> None:
    field = MoneyField()

    assert field.run_validation(field.to_representation(amount)) == amount


@given(st.text())
def test_text_is_kept_or_refused_but_never_changed(text: str) -> None:
    try:
        kept = TextField(allow_blank=True).run_validation(text)
    except ValidationError:
        assert "\0" in text or not text.isprintable()
    else:
        assert kept == (text if text.strip() else "")


def test_choices_are_listed_in_the_refusal() -> None:
    with pytest.raises(ValidationError, match="Must be one of m, f, o, u"):
        ChoiceField(choices=["m", "f", "o", "u"]).run_validation("x")
