"""How operators name a provider and a type of visit, and a date and a time."""

import datetime
import re
from argparse import ArgumentTypeError
from typing import Any

from emrapi.api.suggestions import nearest
from partners.management.command import Failed
from partners.models import Practice
from scheduling.models import Provider, VisitType

_LARGEST_NUMBER = 2**63 - 1


def provider_named(practice: Practice, text: str) -> Provider:
    """The provider of that number or, in any case, name. Raises Failed, naming the nearest."""
    rows = Provider.objects.filter(practice=practice)
    if re.fullmatch(r"[0-9]+", text, re.ASCII) and int(text) <= _LARGEST_NUMBER:
        if found := rows.filter(pk=int(text)).first():
            return found
        raise Failed(f"{practice.ppass} has no provider {text}.{_there_are(rows)}")
    several = list(rows.filter(name__iexact=text.strip()))
    if len(several) > 1:
        numbers = ", ".join(str(row.pk) for row in several)
        raise Failed(f"{practice.ppass} has several {text!r}; name one by number: {numbers}.")
    if not several:
        near = nearest(text, rows.values_list("name", flat=True))
        hint = f" Did you mean {near}?" if near else _there_are(rows)
        raise Failed(f"{practice.ppass} has no provider {text!r}.{hint}")
    return several[0]


def visit_type_named(practice: Practice, text: str) -> VisitType:
    """The type of that name, in any case. Raises Failed, naming the nearest."""
    rows = VisitType.objects.filter(practice=practice)
    if found := rows.filter(name__iexact=text.strip()).first():
        return found
    near = nearest(text, rows.values_list("name", flat=True))
    hint = f" Did you mean {near}?" if near else _there_are(rows)
    raise Failed(f"{practice.ppass} has no type of visit {text!r}.{hint}")


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


def _there_are(rows: Any) -> str:
    names = [str(row) for row in rows[:10]]
    return f" There are: {'; '.join(names)}." if names else " There are none."
