"""Events as JSON, one a line, read and checked before any is written."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import orjson

from emrapi.api.suggestions import nearest
from webhooks.models import EVENT_SCOPES

_FIELDS = ("practice", "scope", "event", "objectId", "data")
_EVENT = re.compile(r"[a-z_]+[.][a-z_]+")
# A backslash before it makes it plain text.
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_LONGEST_EVENT, _LARGEST_NUMBER = 100, 2**63 - 1


class BadEntry(Exception):
    """It is no event; the message says why."""


class Entry(NamedTuple):
    """An event that may be written; `data` is JSON."""

    practice_id: int
    scope: str
    event: str
    object_id: int | None
    data: str


class Fault(NamedTuple):
    """What is wrong in which line, from 1."""

    line: int
    message: str


def read_lines(lines: Iterable[bytes], practices: Mapping[str, int]) -> Iterator[Entry | Fault]:
    """What is in each line that is not blank; `practices` holds ids by PPass in lower case."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield read(orjson.loads(line), practices)
        except orjson.JSONDecodeError as error:
            yield Fault(number, f"This is no JSON: {error.msg}.")
        except BadEntry as bad:
            yield Fault(number, str(bad))


def read(facts: Any, practices: Mapping[str, int]) -> Entry:
    """One event out of its JSON. Raises BadEntry."""
    if not isinstance(facts, dict):
        raise BadEntry("An event is an object, { … }.")
    if unknown := [name for name in facts if name not in _FIELDS]:
        near = nearest(unknown[0], _FIELDS)
        raise BadEntry(
            f"There is no field {unknown[0]!r}{f'; did you mean {near}?' if near else '.'}"
        )
    return Entry(
        _practice(facts.get("practice"), practices),
        _scope(facts.get("scope")),
        _event(facts.get("event")),
        _object_id(facts.get("objectId")),
        _data(facts.get("data", {})),
    )


def _practice(ppass: Any, practices: Mapping[str, int]) -> int:
    found = practices.get(ppass.lower()) if isinstance(ppass, str) else None
    if found is None:
        raise BadEntry(f"practice: there is no {ppass!r}." if ppass else "practice is needed.")
    return found


def _scope(scope: Any) -> str:
    if scope not in EVENT_SCOPES:
        raise BadEntry(f"scope must be one of {', '.join(EVENT_SCOPES)}; it is {scope!r}.")
    return str(scope)


def _event(event: Any) -> str:
    if not isinstance(event, str) or not _EVENT.fullmatch(event) or len(event) > _LONGEST_EVENT:
        raise BadEntry(f"event must read like claim.paid, in small letters; it is {event!r}.")
    return event


def _object_id(number: Any) -> int | None:
    if number is None:
        return None
    if not isinstance(number, int) or isinstance(number, bool) or abs(number) > _LARGEST_NUMBER:
        raise BadEntry(f"objectId must be a whole number or null; it is {number!r}.")
    return number


def _data(data: Any) -> str:
    if not isinstance(data, dict):
        raise BadEntry("data must be an object, { … }.")
    text = orjson.dumps(data).decode()
    if _NUL.search(text):
        raise BadEntry("data holds a NUL character, which cannot be stored.")
    return text
