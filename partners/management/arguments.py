"""How operators write durations, dates, scopes, networks and files on the command line.

Each function turns the text of one option into its value, and raises ArgumentTypeError with a
sentence that says what was expected.
"""

import datetime
import re
import zoneinfo
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterable
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone

from emrapi.api.suggestions import nearest
from partners.models import validate_ppass
from partners.networks import parse_networks
from partners.scopes import ALL_SCOPES

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_LONGEST = datetime.timedelta(days=3660)


def duration(text: str) -> datetime.timedelta:
    """`30m`, `24h`, `90d`, `2w`, or `0`."""
    if text == "0":
        return datetime.timedelta()
    found = re.fullmatch(r"([0-9]{1,6})([mhdw])", text, re.ASCII)
    if found is None:
        raise ArgumentTypeError(f"{text!r} is not a duration such as 30m, 24h, 90d or 2w.")
    length = datetime.timedelta(**{_UNITS[found[2]]: int(found[1])})
    if length > _LONGEST:
        raise ArgumentTypeError(f"{text} is longer than ten years.")
    return length


def expiry(text: str) -> datetime.datetime:
    """An instant to come: a date (its last second, UTC), an ISO 8601 instant, or a duration."""
    now = timezone.now()
    found = _instant(text, now)
    if found <= now:
        raise ArgumentTypeError(f"{text} has passed already.")
    return found


def _instant(text: str, now: datetime.datetime) -> datetime.datetime:
    if re.fullmatch(r"[0-9]+[mhdw]", text, re.ASCII):
        return now + duration(text)
    try:
        if "T" in text:
            return _with_zone(datetime.datetime.fromisoformat(text), text)
        last_second = datetime.time(23, 59, 59, tzinfo=datetime.UTC)
        return datetime.datetime.combine(_day(text), last_second)
    except ValueError:
        raise ArgumentTypeError(
            f"{text!r} is neither a date such as 2027-01-31 nor a duration such as 90d."
        ) from None


def _day(text: str) -> datetime.date:
    return datetime.datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=datetime.UTC).date()


def _with_zone(instant: datetime.datetime, text: str) -> datetime.datetime:
    if instant.tzinfo is None:
        raise ArgumentTypeError(f"{text} has no time zone: end it with Z or +02:00.")
    return instant.astimezone(datetime.UTC)


def scopes(text: str) -> list[str]:
    """Scopes between commas, in any case, or `all`."""
    if text.strip().lower() == "all":
        return list(ALL_SCOPES)
    spelling = {scope.lower(): scope for scope in ALL_SCOPES}
    asked = [part.strip() for part in text.split(",") if part.strip()]
    if unknown := [name for name in asked if name.lower() not in spelling]:
        faults = " ".join(_unknown_scope(name) for name in unknown)
        raise ArgumentTypeError(f"{faults} There are: {', '.join(ALL_SCOPES)}; or all.")
    if not asked:
        raise ArgumentTypeError(f"name at least one of {', '.join(ALL_SCOPES)}; or all.")
    wanted = {spelling[name.lower()] for name in asked}
    return [scope for scope in ALL_SCOPES if scope in wanted]


def _unknown_scope(name: str) -> str:
    near = nearest(name, ALL_SCOPES)
    return f"{name!r} is no scope{f'; did you mean {near}?' if near else '.'}"


def networks(text: str) -> list[str]:
    """Addresses or CIDR ranges between commas, such as 203.0.113.0/24 or 2001:db8::/32."""
    try:
        return parse_networks(text)
    except ValidationError as error:
        raise ArgumentTypeError(" ".join(error.messages)) from None


def time_zone(text: str) -> str:
    """An IANA time zone, such as America/New_York."""
    known = zoneinfo.available_timezones()
    if text in known:
        return text
    near = nearest(text, known)
    hint = f"; did you mean {near}?" if near else ", such as America/New_York."
    raise ArgumentTypeError(f"{text!r} is not an IANA time zone{hint}")


def ppass(text: str) -> str:
    """The name of a practice in the API's paths."""
    return _validated(text, validate_ppass)


def email(text: str) -> str:
    """An e-mail address."""
    return _validated(text, validate_email)


def existing_file(text: str) -> Path:
    """A file to read; `-` stands for stdin."""
    path = Path(text)
    if text != "-" and not path.is_file():
        raise ArgumentTypeError(f"There is no file {text!r}.")
    return path


def calls_a_minute(text: str) -> int:
    """A rate limit: a whole number from 1."""
    return _whole_number(text, "calls a minute")


def people(text: str) -> int:
    """How many people: a whole number from 1; 250,000 may be written so."""
    return _whole_number(text.replace(",", ""), "people")


def _whole_number(text: str, what: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,7}", text, re.ASCII):
        raise ArgumentTypeError(f"{text!r} is not a number of {what} between 1 and 99999999.")
    return int(text)


def flat(lists: Iterable[list[str]]) -> list[str]:
    """The values of an option that may be given several times, each once."""
    return list(dict.fromkeys(value for values in lists for value in values))


def _validated(text: str, validate: Callable[[str], None]) -> str:
    try:
        validate(text)
    except ValidationError as error:
        raise ArgumentTypeError(" ".join(error.messages)) from None
    return text
