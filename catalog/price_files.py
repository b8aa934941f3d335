"""Price lists as CSV: in, as the items that the API takes; out, safe to open in a spreadsheet."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import chain
from typing import Any, TextIO

from catalog.items import WRITABLE
from catalog.serializers import ProductSerializer
from emrapi.api.suggestions import nearest

MOST_LINES = 250_000

COLUMNS = tuple(ProductSerializer.Meta.wire)
_NUMBERS, _BOOLEANS = ("Cost", "RetailPrice"), ("Active",)
_NUMBER = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,30})?")
_YES, _NO = ("yes", "true", "1"), ("no", "false", "0")
# What a spreadsheet takes for a formula, or skips on its way to one.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


class BadFile(Exception):
    """The file cannot be read at all; the message says why."""


def safe(text: str) -> str:
    """The text as a cell that no spreadsheet computes; `read` takes the mark away again."""
    return f"'{text}" if _FORMULA.match(text) else text


def read(lines: Iterable[str]) -> Iterator[tuple[int, Any]]:
    """The items of a file, each with the number of its line. Raises BadFile.

    A cell that is empty is not sent, so that it changes nothing.
    """
    decoded = _decoded(lines)
    header = next(decoded, "").removeprefix("\ufeff")
    rows = csv.reader(chain([header], decoded), delimiter=_delimiter(header), strict=True)
    try:
        columns = _columns(next(rows, []))
        start = rows.line_num + 1
        for count, row in enumerate(rows, 1):
            if count > MOST_LINES:
                raise BadFile(f"There are more than {MOST_LINES:,} lines; cut the file in parts.")
            if any(cell.strip() for cell in row):
                yield start, _item(columns, row)
            start = rows.line_num + 1
    except csv.Error as error:
        raise BadFile(f"Line {rows.line_num} is not CSV: {error}.") from error


def write(products: Iterable[Mapping[str, Any]], file: TextIO) -> None:
    """Products in wire names, a line each, below a line of the names."""
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for product in products:
        writer.writerow([_cell(product[name]) for name in COLUMNS])


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return safe(str(value))


def _decoded(lines: Iterable[str]) -> Iterator[str]:
    number = 0
    try:
        for line in lines:
            number += 1
            yield line
    except UnicodeDecodeError as error:
        raise BadFile(f"The file is not UTF-8 (after line {number}); save it as UTF-8.") from error


def _delimiter(header: str) -> str:
    return max(",;\t", key=header.count)


def _columns(header: list[str]) -> list[str]:
    """The proper names of the columns."""
    proper = {name.lower(): name for name in COLUMNS}
    columns: list[str] = []
    for cell in header:
        name = proper.get(re.sub(r"[\s_-]", "", cell).lower())
        if name is None:
            near = nearest(cell, COLUMNS)
            hint = f"did you mean {near}?" if near else f"there are {', '.join(COLUMNS)}."
            raise BadFile(f"There is no column {cell.strip()!r}; {hint}")
        if name in columns:
            raise BadFile(f"The column {name} is there twice.")
        columns.append(name)
    if missing := [name for name in ("VendorCode", "ProductCode") if name not in columns]:
        raise BadFile(f"The first line must name the column {missing[0]}.")
    return columns


def _item(columns: list[str], row: list[str]) -> dict[str, Any]:
    """What the API would be sent; columns that the platform itself writes are left out."""
    item: dict[str, Any] = {}
    for name, cell in zip(columns, row, strict=False):
        if name in WRITABLE and cell.strip():
            item[name] = _value(name, cell)
    for number in range(len(columns), len(row)):
        item[f"cell {number + 1}"] = row[number]
    return item


def _value(name: str, text: str) -> Any:
    """The JSON value; text that is none stays text, and is refused as such."""
    plain = text.strip().lower()
    if name in _NUMBERS:
        return Decimal(plain) if _NUMBER.fullmatch(plain) else text
    if name in _BOOLEANS:
        return True if plain in _YES else False if plain in _NO else text
    return text[1:] if text[0] == "'" and _FORMULA.match(text, 1) else text
