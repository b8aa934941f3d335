"""How operators write times that have passed, and scopes of events, on the command line."""

import datetime
import re
from argparse import ArgumentTypeError

from django.utils import timezone

from emrapi.api.suggestions import nearest
from partners.management import arguments
from webhooks.models import EVENT_SCOPES


def beginning(text: str) -> datetime.datetime:
    """An instant, a date (its beginning, UTC), or how long ago: `2h`, `3d`."""
    return _instant(text, days_later=0)


def end(text: str) -> datetime.datetime:
    """An instant, a date (its end, UTC), or how long ago."""
    return _instant(text, days_later=1)


def _instant(text: str, *, days_later: int) -> datetime.datetime:
    try:
        if re.fullmatch(r"[0-9]+[mhdw]", text, re.ASCII):
            return timezone.now() - arguments.duration(text)
        found = datetime.datetime.fromisoformat(text)
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text, re.ASCII):
            return found.replace(tzinfo=datetime.UTC) + datetime.timedelta(days=days_later)
    except (ValueError, OverflowError):
        raise ArgumentTypeError(
            f"{text!r} is no date such as 2027-01-31, no instant such as 2027-01-31T12:00:00Z,"
            " and not how long ago, such as 2h."
        ) from None
    if found.tzinfo is None:
        raise ArgumentTypeError(f"{text} has no time zone: end it with Z or +02:00.")
    return found


def scopes(text: str) -> list[str]:
    """Scopes of events between commas, in any case."""
    spelling = {scope.lower(): scope for scope in EVENT_SCOPES}
    asked = [part.strip() for part in text.split(",") if part.strip()]
    for name in asked:
        if name.lower() not in spelling:
            near = nearest(name, EVENT_SCOPES)
            raise ArgumentTypeError(
                f"{name!r} is no scope of events{f'; did you mean {near}?' if near else '.'}"
                f" There are: {', '.join(EVENT_SCOPES)}."
            )
    if not asked:
        raise ArgumentTypeError(f"name at least one of {', '.join(EVENT_SCOPES)}.")
    return list(dict.fromkeys(spelling[name.lower()] for name in asked))


def number(text: str) -> int:
    """A number such as those of events and rows."""
    if not re.fullmatch(r"[0-9]{1,18}", text, re.ASCII):
        raise ArgumentTypeError(f"{text!r} is not a whole number.")
    return int(text)
