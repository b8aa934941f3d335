"""A batch of products, looked through in one pass.

The fields of ProductSerializer are the only truth. For each of them a reader is made that takes at
once what is plainly good and asks the field about all else; an item in which anything is wrong is
put to the whole serializer, whose faults are told. So a good item costs a few microseconds, and
both ways agree on every item (`tests/catalog/test_items.py`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple, cast

from django.core.exceptions import ImproperlyConfigured
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from rest_framework.exceptions import ErrorDetail, ValidationError

from catalog.serializers import ProductSerializer
from emrapi.api.fields import BooleanField, MoneyField, TextField
from emrapi.api.problems import flattened
from emrapi.api.suggestions import unknown_names

# Null that was sent, in a row where None is what was not sent.
CLEARED = Decimal("NaN")

# The longest report of faults; a body of 25 MiB could have millions.
MOST_FAULTS = 100_000
_MOST_STRANGERS, _MOST_HINTS = 50, 1_000
_CENT, _DIME = Decimal("0.01"), Decimal("0.1")

Row = tuple[Any, ...]
Reader = Callable[[Any], Any]


class Fault(NamedTuple):
    """What is wrong with one item, in which field ("" if in none), under a stable code."""

    position: int
    field: str
    code: str
    message: str


@dataclass
class Checked:
    """A batch that was looked through.

    A row is the item's position and then its values in the order of `ATTRIBUTES`; None is what was
    not sent. `faulty` are the positions of all items that are no rows, `untold` how many of them
    have faults that are not in the list, because it is long enough.
    """

    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    faulty: set[int] = field(default_factory=set)
    untold: int = 0

    def blame(self, position: int, faults: Iterable[tuple[str, str, str]]) -> None:
        """Note that there is no row in this position, and why."""
        self.faulty.add(position)
        if self.is_long_enough:
            self.untold += 1
        else:
            self.faults += [Fault(position, *fault) for fault in faults]

    @property
    def is_long_enough(self) -> bool:
        """Whether the list has all the faults that anybody will read."""
        return len(self.faults) >= MOST_FAULTS


def _text(wire: TextField) -> Reader:
    ask, trims, longest = wire.run_validation, wire.trim_whitespace, wire.max_length or 0
    # Null clears the texts that may be blank: the serializer's `null_clears_text`.
    is_cleared = wire.allow_blank and not wire.allow_null

    def read(value: Any) -> Any:
        # Printable text holds neither NUL nor half of a surrogate pair.
        if type(value) is str and len(value) <= longest and value.isprintable():
            stripped = value.strip()
            if stripped and (not trims or stripped == value):
                return value
        return "" if value is None and is_cleared else ask(value)

    return read


def _money(wire: MoneyField) -> Reader:
    ask = wire.run_validation
    highest = Decimal(10) ** (wire.max_whole_digits or 0) - _CENT
    lowest = -highest if wire.min_value is None else wire.min_value

    def read(value: Any) -> Any:
        if (
            type(value) is Decimal
            and (value.same_quantum(_CENT) or value.same_quantum(_DIME))
            and lowest <= value <= highest
        ):
            return value.quantize(_CENT)
        found = ask(value)
        return CLEARED if found is None else found

    return read


def _boolean(wire: BooleanField) -> Reader:
    ask = wire.run_validation
    return lambda value: value if value is True or value is False else ask(value)


# Which readers there are, and the validators that they know about.
_KINDS: tuple[tuple[Any, Any, tuple[type, ...]], ...] = (
    (TextField, _text, (MaxLengthValidator,)),
    (MoneyField, _money, (MinValueValidator, MaxValueValidator)),
    (BooleanField, _boolean, ()),
)


def _reader(wire: Any) -> Reader:
    for kind, make, known in _KINDS:
        if type(wire) is kind and all(isinstance(each, known) for each in wire.validators):
            return cast(Reader, make(wire))
    raise ImproperlyConfigured(f"No reader knows all that is to be checked of {wire!r}.")


# What may be sent: its wire name, and the attribute that holds it.
WRITABLE = {
    name: attribute
    for name, attribute in ProductSerializer.Meta.wire.items()
    if name not in ProductSerializer.Meta.read_only
}
ATTRIBUTES = tuple(WRITABLE.values())
_PLACES = {name: place for place, name in enumerate(WRITABLE, 1)}
_VENDOR, _PRODUCT = _PLACES["VendorCode"], _PLACES["ProductCode"]
_NOTHING = [None] * len(WRITABLE)


class Checker:
    """Looks through items, all of one batch.

    `vendor_codes` are those that may be written, if not all; `place` is what a position is called.
    """

    def __init__(self, vendor_codes: Iterable[str] = (), place: str = "products[{}]") -> None:
        self.checked = Checked()
        self._place = place
        self._allowed = frozenset(vendor_codes)
        self._serializer = ProductSerializer()
        self._readers = {
            name: (_PLACES[name], _reader(self._serializer.fields[name])) for name in WRITABLE
        }
        self._seen: dict[tuple[str, str], int] = {}
        self._strangers: dict[str, Mapping[str, list[ErrorDetail]]] = {}

    def check(self, items: Iterable[tuple[int, Any]]) -> Checked:
        """Look at more items, each with its position; what was found in all of them."""
        readers, rows = self._readers, self.checked.rows
        for position, item in items:
            row = [position, *_NOTHING]
            try:
                for name, value in item.items():
                    place, read = readers[name]
                    row[place] = read(value)
            except (AttributeError, KeyError, ValidationError):
                self._blame(position, item)
                continue
            if row[_VENDOR] is None or row[_PRODUCT] is None:
                self._blame(position, item)
            elif self._is_welcome(position, row):
                rows.append(tuple(row))
        return self.checked

    def _is_welcome(self, position: int, row: list[Any]) -> bool:
        """Whether it is the only one of its key, and of a vendor whose products may be written."""
        found = self._repeated(position, (row[_VENDOR], row[_PRODUCT]))
        if self._allowed and row[_VENDOR] not in self._allowed:
            message = "This key may not write the products of this vendor."
            found.append(("VendorCode", "forbidden", message))
        if found:
            self.checked.blame(position, found)
        return not found

    def _blame(self, position: int, item: Any) -> None:
        """Have the serializer say what is wrong."""
        if self.checked.is_long_enough:
            self.checked.blame(position, [])
            return
        unknown: dict[str, list[ErrorDetail]] = {}
        if isinstance(item, dict):
            known = {name: item[name] for name in item if name in self._serializer.fields}
            strangers = [name for name in item if name not in known]
            for name in strangers[:_MOST_STRANGERS]:
                unknown.update(self._stranger(name))
            item = known
        detail: Any = unknown
        try:
            self._serializer.run_validation(item)
        except ValidationError as error:
            detail = {**error.detail, **unknown} if isinstance(error.detail, dict) else error.detail
        told = [(fault["field"], fault["code"], fault["message"]) for fault in flattened(detail)]
        self.checked.blame(position, told + self._repeated(position, _key_of(item)))

    def _repeated(self, position: int, key: tuple[str, str] | None) -> list[tuple[str, str, str]]:
        """The fault of being there twice; the first of two is not blamed."""
        first = position if key is None else self._seen.setdefault(key, position)
        same = f"Is the same product as {self._place.format(first)}."
        return [("ProductCode", "duplicate", same)] if first != position else []

    def _stranger(self, name: str) -> Mapping[str, list[ErrorDetail]]:
        """That the name is unknown. To look for the one that was meant is dear: not without end."""
        if name not in self._strangers:
            known = self._serializer.fields if len(self._strangers) < _MOST_HINTS else ()
            self._strangers[name] = unknown_names([name], known, "field")
        return self._strangers[name]


def _key_of(item: Any) -> tuple[str, str] | None:
    """The key of an item in which something is wrong, if that can be told."""
    if not isinstance(item, dict):
        return None
    vendor, product = item.get("VendorCode"), item.get("ProductCode")
    if not (isinstance(vendor, str) and isinstance(product, str)):
        return None
    key = vendor.strip(), product.strip()
    return key if all(key) else None
