"""Words to be found in a text under a trigram index, as conditions in SQL.

The text is a column `search_text` in lower case; a word is found where it is part of it. A word in
which no three letters or digits stand together has no trigram: the index would be read from end to
end, so such a word is compared row by row instead.
"""

import re
from collections.abc import Callable, Iterable

from django.db.models import BooleanField, F, Func, Q, Value
from django.db.models.functions import Lower

LONGEST_SEARCH = 200
MOST_WORDS = 10

_THREE = re.compile(r"[^\W_]{3}")


class _Contains(Func):
    """Whether the first contains the second, by the trigram index if that pays."""

    template = "%(expressions)s"
    arg_joiner = " LIKE "
    arity = 2
    output_field = BooleanField()


class _ContainsRowByRow(_Contains):
    """The same, in a form that no index knows."""

    arg_joiner = " || '' LIKE "


def is_part(word: str, other: str) -> bool:
    """Whether all that contains the other word contains this one."""
    return word.lower() in other.lower()


def words_of(text: str, goes_without_saying: Callable[[str, str], bool] = is_part) -> list[str]:
    """The words that say something, the longest first: none that another one makes needless."""
    kept: list[str] = []
    for word in sorted(dict.fromkeys(text.split()), key=len, reverse=True):
        if not any(goes_without_saying(word, other) for other in kept):
            kept.append(word)
    return kept


def has_trigram(word: str) -> bool:
    """Whether the index knows anything of it."""
    return _THREE.search(word) is not None


def contains(word: str) -> Q:
    """The word is there; looked up in the index where that can help."""
    return Q((_Contains if has_trigram(word) else _ContainsRowByRow)(*_column_and_pattern(word)))


def contains_row_by_row(word: str) -> Q:
    """The word is there; for what something else has found."""
    return Q(_ContainsRowByRow(*_column_and_pattern(word)))


def contains_all(words: Iterable[str]) -> Q:
    """Every word is there; without any, no condition."""
    found = Q()
    for word in words:
        found &= contains(word)
    return found


def _column_and_pattern(word: str) -> tuple[F, Lower]:
    escaped = re.sub(r"([\\%_])", r"\\\1", word)
    return F("search_text"), Lower(Value(f"%{escaped}%"))
