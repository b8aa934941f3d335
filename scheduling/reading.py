"""Dates, times and so on as operators write them, on the command line and in files."""

import datetime
import re
from argparse import ArgumentTypeError

_LARGEST_NUMBER = 2**63 - 1
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_YES, _NO = {"yes", "true", "1", "y"}, {"no", "false", "0", "n"}


def date(text: str) -> datetime.date:
    """`2027-01-31`."""
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            return datetime.date.fromisoformat(text)
    except ValueError:
        pass
    raise ArgumentTypeError(f"{text!r} is not a date such as 2027-01-31.")


def time(text: str) -> datetime.time:
    """`9:00`, `09:00` or `09:00:00`."""
    found = re.fullmatch(r"(\d?\d):(\d\d)(?::(\d\d))?", text, re.ASCII)
    try:
        if found:
            hour, minute, second = (int(part or 0) for part in found.groups())
            return datetime.time(hour, minute, second)
    except ValueError:
        pass
    raise ArgumentTypeError(f"{text!r} is not a time such as 09:00.")


def yes_or_no(text: str) -> bool:
    """`yes` and `no`, or as other programs write them."""
    if text.lower() not in _YES | _NO:
        raise ArgumentTypeError(f"{text!r} is neither yes nor no.")
    return text.lower() in _YES


def weekday(text: str) -> int:
    """`Monday` or `Mon`, as 0."""
    found = [day for day, name in enumerate(_WEEKDAYS) if name.startswith(text.lower())]
    if len(text) < 2 or len(found) != 1:
        raise ArgumentTypeError(f"{text!r} is not a weekday such as Monday or Mon.")
    return found[0]


def number(text: str) -> int:
    """A whole number that the database can hold."""
    if not (text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= _LARGEST_NUMBER):
        raise ArgumentTypeError(f"{text!r} is not a whole number.")
    return int(text)
