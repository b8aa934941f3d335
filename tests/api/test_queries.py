"""Parameters as text, read as their fields mean them."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django_filters.rest_framework import CharFilter, FilterSet
from rest_framework import serializers

from emrapi.api.fields import (
    BooleanField,
    ChoiceField,
    DateField,
    FlagField,
    IntegerField,
    MoneyField,
    TextField,
)
from emrapi.api.queries import from_text, parameter_names


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        (TextField(), "5", "5"),
        (DateField(), "2026-03-09", "2026-03-09"),
        (BooleanField(), "True", True),
        (BooleanField(), "FALSE", False),
        (BooleanField(), "1", "1"),
        (IntegerField(), "-5", -5),
        (IntegerField(), "05", "05"),
        (IntegerField(), "1_000", "1_000"),
        (IntegerField(), " 5", " 5"),
        (IntegerField(), "9" * 19, 9_999_999_999_999_999_999),
        (IntegerField(), "9" * 5_000, "9" * 5_000),
        (FlagField(), "1", 1),
        (MoneyField(), "1.50", Decimal("1.50")),
        (MoneyField(), "NaN", "NaN"),
        (MoneyField(), "a", "a"),
        (ChoiceField(choices=[1, 2]), "2", 2),
        (ChoiceField(choices=["1"]), "1", "1"),
        (ChoiceField(choices=[1]), "3", "3"),
        (serializers.ListField(child=IntegerField()), "1,2", [1, 2]),
        (serializers.ListField(child=IntegerField()), "", [""]),
    ],
)
def test_text_becomes_the_value_it_stands_for(field: Any, text: str, value: Any) -> None:
    read = from_text(field, text)

    assert read == value
    assert type(read) is type(value)


def test_filters_that_are_not_strict_are_refused_at_once() -> None:
    class Lenient(FilterSet):
        name = CharFilter()

    with pytest.raises(ImproperlyConfigured, match="name"):
        parameter_names(None, Lenient, None)
