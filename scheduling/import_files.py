"""Reading the files of `import_schedule`: CSV or JSON, told as lines of text by column."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple

from emrapi.api.suggestions import nearest

MOST_CHARACTERS = 20_000_000


class BadFile(Exception):
    """The file cannot be read at all; the message says why."""


class Fault(NamedTuple):
    """What is wrong in one line: its number, the column to blame, and what to do about it."""

    kind: str
    line: int
    column: str
    message: str


@dataclass(frozen=True)
class Line:
    """One line of a file: in CSV by its number, in JSON by its place in the list, from 1."""

    kind: str
    number: int
    values: Mapping[str, str]

    def fault(self, column: str, message: str) -> Fault:
        """That something is wrong with it."""
        return Fault(self.kind, self.number, column, message)


class Columns(NamedTuple):
    """What a line must have, and what it may."""

    required: tuple[str, ...]
    optional: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        """Both."""
        return self.required + self.optional


# In the order in which they are imported: hours are of providers, visits are in hours.
KINDS = {
    "providers": Columns(("Name",), ("Title", "Specialty", "Active")),
    "hours": Columns(("Provider", "Weekday", "Opens", "Closes"), ("ValidFrom", "ValidUntil")),
    "visits": Columns(
        ("Provider", "PatientID", "VisitType", "Date", "Time"),
        ("Duration", "ProviderTime", "ProviderDuration", "Complaint", "Notes"),
    ),
}
# As the API calls them.
_ALIASES = {
    "providerid": "Provider",
    "visitdate": "Date",
    "visittime": "Time",
    "visitduration": "Duration",
}


def read(text: str, *, is_json: bool, kind: str | None) -> tuple[list[Line], list[Fault]]:
    """The lines of a file that have the right columns, and what is wrong with the others.

    Raises BadFile. Without `kind` it is told by the columns, or by the names in a JSON object.
    """
    if len(text) > MOST_CHARACTERS:
        raise BadFile("The file is larger than 20 MB; cut it in parts.")
    if "\0" in text:
        raise BadFile("The file holds NUL characters; save it as text in UTF-8.")
    lines: list[Line] = []
    faults: list[Fault] = []
    for found, number, cells in _json(text, kind) if is_json else _csv(text, kind):
        values, wrong = _named(found, number, cells)
        faults += wrong
        if not wrong:
            lines.append(Line(found, number, values))
    if not lines and not faults:
        raise BadFile("There is nothing in the file.")
    return lines, faults


_Raw = tuple[str, int, list[tuple[str, str]]]


def _csv(text: str, kind: str | None) -> Iterator[_Raw]:
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        kind = kind or _kind_of(header)
        start = reader.line_num + 1
        for row in reader:
            if any(cell.strip() for cell in row):
                names = chain(header, (f"cell {n + 1}" for n in range(len(header), len(row))))
                padded = row + [""] * (len(header) - len(row))
                yield kind, start, list(zip(names, padded, strict=False))
            start = reader.line_num + 1
    except csv.Error as error:
        raise BadFile(f"Line {reader.line_num} is not CSV: {error}.") from error


def _json(text: str, kind: str | None) -> Iterator[_Raw]:
    try:
        whole = json.loads(text, parse_int=str, parse_float=str)
    except (ValueError, RecursionError) as error:
        raise BadFile(f"The file is not JSON: {error}.") from error
    if isinstance(whole, list):
        parts = {kind or _kind_of(whole[0] if whole and isinstance(whole[0], dict) else ()): whole}
    elif isinstance(whole, dict) and whole.keys() <= KINDS.keys():
        parts = {name: whole[name] for name in KINDS if name in whole and kind in (None, name)}
    else:
        names = ", ".join(KINDS)
        raise BadFile(f"The file must be a list of objects, or an object with lists of {names}.")
    for name, items in parts.items():
        if not isinstance(items, list):
            raise BadFile(f"{name} must be a list of objects.")
        for number, item in enumerate(items, 1):
            if not isinstance(item, dict):
                raise BadFile(f"{name}, item {number} must be an object.")
            yield name, number, [(column, _text(value)) for column, value in item.items()]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else json.dumps(value)


def _kind_of(names: Iterable[str]) -> str:
    folded = {_folded(name) for name in names}
    for kind, columns in KINDS.items():
        if {column.lower() for column in columns.required} <= folded:
            return kind
    raise BadFile(
        "Which kind of lines these are cannot be told by their columns: say --kind, or name"
        + ", or".join(f" {', '.join(c.required)} for {kind}" for kind, c in KINDS.items())
        + "."
    )


def _named(
    kind: str, number: int, cells: Iterable[tuple[str, str]]
) -> tuple[dict[str, str], list[Fault]]:
    """The cells by the proper names of their columns."""
    columns = KINDS[kind]
    proper = {column.lower(): column for column in columns.all}
    values: dict[str, str] = {}
    faults = []
    for name, text in cells:
        column = proper.get(_folded(name))
        if column is None:
            near = nearest(name, columns.all)
            hint = f"did you mean {near}?" if near else f"there are {', '.join(columns.all)}."
            faults.append(Fault(kind, number, name, f"There is no such column; {hint}"))
        elif column in values:
            faults.append(Fault(kind, number, column, "This column is there twice."))
        else:
            values[column] = text.strip()
    faults += [
        Fault(kind, number, column, "This must be filled in.")
        for column in columns.required
        if not values.get(column)
    ]
    return values, faults


def _folded(name: str) -> str:
    folded = re.sub(r"[\s_-]", "", name).lower()
    return _ALIASES.get(folded, folded).lower()
