"""What a search for some words means in SQL.

`prospects_person.search_text` holds the names, the e-mail and the phones' digits of a person in
lower case, a line each. A word is found where it is part of a line, a phone number in whatever
spelling also where its digits are; several words must all be found. Three things keep that fast on
every word:

- a word that has no trigram is compared row by row, within the practice's partition (see
  `partners.trigrams`);
- of an e-mail address only the part before the @ is looked up: reading the index for a domain that
  everybody shares costs ten times the rest. The whole word is then compared on what was found;
- which of the two ways is cheaper for a word that half the people have, PostgreSQL knows from its
  statistics, provided that it may use them (see `PersonQuerySet.search`).
"""

import re
import unicodedata

from django.db.models import Q

from partners import trigrams
from partners.trigrams import contains, contains_row_by_row
from prospects import normal

_RUN = re.compile(r"[0-9]{3,}")
_PHONE = re.compile(r"[0-9()+./-]*[0-9][0-9()+./-]*")


def words_of(text: str) -> list[str]:
    """The words that say something: without repeats and without parts of one another."""
    return trigrams.words_of(unicodedata.normalize("NFKC", text), _goes_without_saying)


def _goes_without_saying(word: str, other: str) -> bool:
    """Whether all who have the other word have this one; a phone's digits have no punctuation."""
    may_be_part = bool(normal.digits(word)) or not _PHONE.fullmatch(other)
    return may_be_part and trigrams.is_part(word, other)


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
    either = contains_row_by_row(word) | contains_row_by_row(numbers)
    return either & trigrams.contains_all(_RUN.findall(word))


def _literally(word: str) -> Q:
    local_part = word[: word.rfind("@") + 1]
    if local_part != word and trigrams.has_trigram(local_part):
        return contains(local_part) & contains_row_by_row(word)
    return contains(word)
