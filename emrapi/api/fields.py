"""Scalar fields as JSON means them: text is a string, a number is no string, true is not 1.

DRF's own fields are lenient ("5" is an integer, 5 is text, "yes" is true). What a partner sends is
stored in a medical record, so here a value of another type is refused instead of being guessed at.
"""

import datetime
import re
import uuid
from collections.abc import Callable, Sized
from decimal import Decimal
from enum import Enum
from typing import Any, NoReturn

from django.core.validators import ProhibitNullCharactersValidator
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.fields import empty
from rest_framework.validators import ProhibitSurrogateCharactersValidator

BIGINT_MIN, BIGINT_MAX = -(2**63), 2**63 - 1

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}(?::[0-9]{2})?")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?"
    r"(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"
)
# DRF's check for surrogates walks through the text in Python; StrictText does both in C.
_SLOW_VALIDATORS = (ProhibitNullCharactersValidator, ProhibitSurrogateCharactersValidator)


def refuse(message: str, code: str = "invalid") -> NoReturn:
    """Raise the fault of one field."""
    raise ValidationError(message, code=code)


class StrictText(serializers.CharField):
    """What all text has in common: only strings, kept as sent; blank space alone is blank."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("trim_whitespace", False)
        super().__init__(**kwargs)
        self.validators = [v for v in self.validators if not isinstance(v, _SLOW_VALIDATORS)]

    def run_validation(self, data: Any = empty) -> Any:
        """Check the type before DRF turns the value into text."""
        if data is not empty and data is not None and not isinstance(data, str):
            refuse("Must be a string.")
        if isinstance(data, str) and not data.strip():
            if not self.allow_blank:
                self.fail("blank")
            return ""
        return super().run_validation(data)

    def to_internal_value(self, data: str) -> str:
        """The text, unless no database could hold it."""
        if "\0" in data:
            refuse("Must not contain NUL characters.")
        if not is_unicode(data):
            refuse("Must not contain halves of surrogate pairs.")
        return data.strip() if self.trim_whitespace else data


def is_unicode(text: str) -> bool:
    """Whether the text can be written as UTF-8, that is, holds no lone surrogate."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class TextField(StrictText):
    """Text, kept as sent."""


class WordsField(TextField):
    """Text of which `words_of` makes the words to look for, at most so many."""

    def __init__(self, *, words_of: Callable[[str], Sized], most: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.words_of, self.most = words_of, most

    def to_internal_value(self, data: str) -> str:
        """The text itself."""
        text = super().to_internal_value(data)
        if len(self.words_of(text)) > self.most:
            refuse(f"Must not have more than {self.most} words.", "max_length")
        return text


class EmailField(StrictText, serializers.EmailField):
    """An e-mail address."""


class SlugField(StrictText, serializers.SlugField):
    """Letters, digits, hyphen, underscore."""


class URLField(StrictText, serializers.URLField):
    """An address with a scheme."""


class IntegerField(serializers.IntegerField):
    """A JSON integer that fits into a bigint; neither "1" nor 1.0 nor true."""

    def to_internal_value(self, data: Any) -> int:
        """The integer itself."""
        if type(data) is not int:
            refuse("Must be an integer.")
        if not BIGINT_MIN <= data <= BIGINT_MAX:
            refuse("Is beyond the range of 64 bits.", "out_of_range")
        return data


class NumberField(serializers.FloatField):
    """Any finite JSON number, where a float is good enough. Money is a MoneyField."""

    def to_internal_value(self, data: Any) -> float:
        """The nearest float."""
        if type(data) not in (int, Decimal):
            refuse("Must be a number.")
        try:
            return super().to_internal_value(data)
        except ValidationError:
            refuse("Is too large.", "out_of_range")


class MoneyField(serializers.DecimalField):
    """An amount: a JSON number of at most two decimals, a Decimal in Python, never a float."""

    def __init__(self, max_digits: int = 12, decimal_places: int = 2, **kwargs: Any) -> None:
        kwargs["coerce_to_string"] = False
        super().__init__(max_digits=max_digits, decimal_places=decimal_places, **kwargs)

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        """As every field does; DRF's decimals alone take an empty string for null."""
        return serializers.Field.validate_empty_values(self, data)

    def to_internal_value(self, data: Any) -> Decimal:
        """The amount, exactly."""
        if type(data) not in (int, Decimal):
            refuse("Must be a number.")
        return self.quantize(self.validate_precision(Decimal(data)))


class BooleanField(serializers.BooleanField):
    """Exactly true or false."""

    def to_internal_value(self, data: Any) -> bool:
        """The boolean itself."""
        if not isinstance(data, bool):
            refuse("Must be true or false.")
        return data

    def to_representation(self, value: Any) -> bool:
        """DRF looks the value up among a dozen spellings; what is stored is a boolean already."""
        return bool(value)


class FlagField(IntegerField):
    """1 or 0 on the wire, a boolean in Python."""

    def to_internal_value(self, data: Any) -> bool:
        """True for 1."""
        if type(data) is not int or data not in (0, 1):
            refuse("Must be 1 or 0.", "choice")
        return bool(data)

    def to_representation(self, value: Any) -> int:
        """1 for True."""
        return int(bool(value))


class ChoiceField(serializers.ChoiceField):
    """One of the listed values, spelled and typed exactly so."""

    def to_internal_value(self, data: Any) -> Any:
        """The choice; the refusal lists them all."""
        if data == "" and self.allow_blank:
            return data
        for choice in self.choices:
            plain = choice.value if isinstance(choice, Enum) else choice
            if type(data) is type(plain) and data == plain:
                return choice
        refuse(f"Must be one of {', '.join(map(str, self.choices))}.", "choice")


class UUIDField(serializers.UUIDField):
    """A UUID, as a string."""

    def to_internal_value(self, data: Any) -> uuid.UUID:
        """DRF would take an integer too."""
        if not isinstance(data, str):
            refuse("Must be a UUID.")
        return super().to_internal_value(data)


class DateField(serializers.DateField):
    """A day, YYYY-MM-DD in and out."""

    def to_internal_value(self, value: Any) -> datetime.date:
        """The day, if the calendar has it."""
        if not isinstance(value, str) or not _DATE.fullmatch(value):
            refuse("Must be a date such as 2026-03-09.")
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            refuse("There is no such date.")

    def to_representation(self, value: Any) -> str:
        """YYYY-MM-DD."""
        return value if isinstance(value, str) else value.isoformat()


class TimeField(serializers.TimeField):
    """A time on the wall clock: HH:MM or HH:MM:SS in, HH:MM:SS out."""

    def to_internal_value(self, value: Any) -> datetime.time:
        """The time, if the clock has it."""
        if not isinstance(value, str) or not _TIME.fullmatch(value):
            refuse("Must be a time such as 10:15:00.")
        try:
            return datetime.time.fromisoformat(value)
        except ValueError:
            refuse("There is no such time.")

    def to_representation(self, value: Any) -> str:
        """HH:MM:SS."""
        return value if isinstance(value, str) else value.isoformat("seconds")


class InstantField(serializers.DateTimeField):
    """A point in time: ISO 8601 with its zone in, UTC with Z out."""

    def to_internal_value(self, value: Any) -> datetime.datetime:
        """The instant in UTC."""
        if not isinstance(value, str) or not _INSTANT.fullmatch(value):
            refuse(
                "Must be a time with its zone, such as 2026-03-09T10:15:00Z"
                " (in an address, write the + of a zone as %2B)."
            )
        try:
            return datetime.datetime.fromisoformat(value.upper()).astimezone(datetime.UTC)
        except (ValueError, OverflowError):
            refuse("There is no such time.")

    def to_representation(self, value: Any) -> str:
        """UTC, with microseconds where there are any: so that it can be sent back as a filter."""
        if isinstance(value, str):
            return value
        text: str = value.astimezone(datetime.UTC).isoformat()
        return text.removesuffix("+00:00") + "Z"
