"""How operators name a provider and a type of visit."""

import re
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


def _there_are(rows: Any) -> str:
    names = [str(row) for row in rows[:10]]
    return f" There are: {'; '.join(names)}." if names else " There are none."
