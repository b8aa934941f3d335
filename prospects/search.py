"""What a search for some words means in SQL.

`prospects_person.search_text` holds the names, the e-mail and the phones' digits of a person in
lower case, a line each, under a trigram index. A word is found where it is part of a line, a phone
number in whatever spelling also where its digits are; several words must all be found. Three things
keep that fast on every word:

- a word in which no three letters or digits stand together has no trigram: the index would be read
  from end to end, so such a word is compared row by row instead, within the practice's partition;
- of an e-mail address only the part before the @ is looked up: reading the index for a domain that
  everybody shares costs ten times the rest. The whole word is then compared on what was found;
- which of the two ways is cheaper for a word that half the people have, PostgreSQL knows from its
  statistics, provided that it may use them (see `PersonQuerySet.search`).
"""

import re
import unicodedata

from django.db.models import BooleanField, F, Func, Q, Value
from django.db.models.functions import Lower

from prospects import normal

LONGEST_SEARCH = 200
MOST_WORDS = 10

_TRIGRAM = re.compile(r"[^\W_]{3}")
_RUN = re.compile(r"[0-9]{3,}")
_PHONE = re.compile(r"[0-9()+./-]*[0-9][0-9()+./-]*")


class _Contains(Func):
    """Whether the normalised column contains the text, by the trigram index if that pays."""

    template = "%(expressions)s"
    arg_joiner = " LIKE "
    arity = 2
    output_field = BooleanField()

    def __init__(self, *expressions: object) -> None:
        super().__init__(*expressions)

    @classmethod
    def text(cls, text: str) -> "_Contains":
        """The condition for a text, whatever characters it holds."""
        escaped = re.sub(r"([\\%_])", r"\\\1", text)
        return cls(F("search_text"), Lower(Value(f"%{escaped}%")))


class _ContainsRowByRow(_Contains):
    """The same, in a form that no index knows."""

    arg_joiner = " || '' LIKE "


def words_of(text: str) -> list[str]:
    """The words that say something: without repeats and without parts of one another."""
    words = unicodedata.normalize("NFKC", text).split()
    longest_first = sorted(dict.fromkeys(words), key=len, reverse=True)
    kept: list[str] = []
    for word in longest_first:
        if not any(_goes_without_saying(word, other) for other in kept):
            kept.append(word)
    return kept


def _goes_without_saying(word: str, other: str) -> bool:
    """Whether all who have the other word have this one; a phone's digits have no punctuation."""
    is_part = word.lower() in other.lower()
    return is_part and (bool(normal.digits(word)) or not _PHONE.fullmatch(other))


def condition(text: str) -> Q:
    """All words of the text must be found."""
    found = Q()
    for word in words_of(text):
        found &= _mentions(word)
    return found


def _mentions(word: str) -> Q:
    numbers = normal.digits(word)
    if numbers == word or not _PHONE.fullmatch(word):
        return _literally(word)
    # In either spelling the runs of digits are there; the index finds those, in one go.
    found = Q(_ContainsRowByRow.text(word)) | Q(_ContainsRowByRow.text(numbers))
    for run in _RUN.findall(word):
        found &= Q(_Contains.text(run))
    return found


def _literally(word: str) -> Q:
    if not _TRIGRAM.search(word):
        return Q(_ContainsRowByRow.text(word))
    local_part = word[: word.rfind("@") + 1]
    if local_part != word and _TRIGRAM.search(local_part):
        return Q(_Contains.text(local_part)) & Q(_ContainsRowByRow.text(word))
    return Q(_Contains.text(word))
