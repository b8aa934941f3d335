"""What a search for some words means in SQL.

`catalog_product.search_text` holds a product's name, code and description in lower case and normal
form, a line each. A word is found where it is part of a line; several must all be found.
"""

import unicodedata

from django.db.models import Q

from partners import trigrams


def words_of(text: str) -> list[str]:
    """The words, without those that are parts of others."""
    return trigrams.words_of(unicodedata.normalize("NFKC", text))


def condition(text: str) -> Q:
    """All words of the text must be found; without any, everything is."""
    return trigrams.contains_all(words_of(text))
