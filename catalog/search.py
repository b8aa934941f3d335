"""What a search for some words means in SQL.

`catalog_product.search_text` holds a product's name, code and description in lower case, a line
each, under a trigram index. A word is found where it is part of a line; several must all be found.
A word in which no three letters or digits stand together has no trigram: the index would be read
from end to end, so such a word is compared row by row instead.
"""

import re
import unicodedata

from django.db.models import BooleanField, F, Func, Q, Value
from django.db.models.functions import Lower

LONGEST_SEARCH = 200
MOST_WORDS = 10

_TRIGRAM = re.compile(r"[^\W_]{3}")


class _Contains(Func):
    """Whether the search text contains the word, by the trigram index if that pays."""

    template = "%(expressions)s"
    arg_joiner = " LIKE "
    arity = 2
    output_field = BooleanField()


class _ContainsRowByRow(_Contains):
    """The same, in a form that no index knows."""

    arg_joiner = " || '' LIKE "


def words_of(text: str) -> list[str]:
    """The words, without those that are parts of others."""
    words = unicodedata.normalize("NFKC", text).split()
    kept: list[str] = []
    for word in sorted(dict.fromkeys(words), key=len, reverse=True):
        if not any(word.lower() in other.lower() for other in kept):
            kept.append(word)
    return kept


def condition(text: str) -> Q:
    """All words of the text must be found; without any, everything is."""
    found = Q()
    for word in words_of(text):
        escaped = re.sub(r"([\\%_])", r"\\\1", word)
        contains = _Contains if _TRIGRAM.search(word) else _ContainsRowByRow
        found &= Q(contains(F("search_text"), Lower(Value(f"%{escaped}%"))))
    return found
