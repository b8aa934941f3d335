"""Names that nobody knows, answered with the nearest one that somebody does."""

import difflib
from collections.abc import Iterable

from rest_framework.exceptions import ErrorDetail

# Beyond these a name is no slip of the pen, and looking for its neighbours is wasted work.
_LONGEST_SLIP = 64
_MOST_NAMED = 50
_MOST_SUGGESTED = 10


def shortened(name: str) -> str:
    """The name as an answer may repeat it: never longer than 64 characters."""
    return name if len(name) <= _LONGEST_SLIP else f"{name[:_LONGEST_SLIP]}…"


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that `name` was most likely meant to be, without regard to case; or None."""
    if len(name) > _LONGEST_SLIP:
        return None
    spellings = {spelling.lower(): spelling for spelling in known}
    matches = difflib.get_close_matches(name.lower(), spellings, n=1)
    return spellings[matches[0]] if matches else None


def unknown_names(
    names: Iterable[str], known: Iterable[str], noun: str
) -> dict[str, list[ErrorDetail]]:
    """A fault for each of the unknown names, in the form of a serializer's errors.

    `noun` says what they are, as in "Unknown field". Only the first fifty are listed.
    """
    candidates = tuple(known)
    faults: dict[str, list[ErrorDetail]] = {}
    for index, name in enumerate(names):
        if index == _MOST_NAMED:
            break
        near = nearest(name, candidates) if index < _MOST_SUGGESTED else None
        hint = f' Did you mean "{near}"?' if near else ""
        faults[shortened(name)] = [ErrorDetail(f"Unknown {noun}.{hint}", code="unknown")]
    return faults
