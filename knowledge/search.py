"""What a search for some words means: PostgreSQL's full text, ranked.

Words are found in whatever form English gives them; quotes hold a phrase together, a minus leaves
out, `or` is or. What has all of it in the title comes first, then what has it in title and tags,
then the rest by rank. Ranking by the whole article means reading every one that matches, so where
a word is in thousands of them, title and tags alone decide, and after them the newest.

Where nothing matches, each word stands for the nearest ones that there are in any article, by
trigrams, and for those that begin with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, TypeVar

from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVectorField
from django.db import connection
from django.db.models import BooleanField, F, Func, Value

if TYPE_CHECKING:
    from knowledge.models.queries import ArticleQuerySet

LONGEST_SEARCH = 200
MOST_WORDS = 10
# With more matches than these, only title and tags are ranked.
MANY = 5000

CONFIG = "pg_catalog.english"
# How much of two words must be the same; how much less than of the most alike; how many count.
_ALIKE, _NEARLY, _MOST_MEANT = 0.7, 0.05, 20
# "verify" is no form of "verification" to PostgreSQL: all letters but the last, and four or more.
_BEGINNING = 4
_EXCLUDED = re.compile(r"(?:^|(?<=\s))-\S+")
_WORD = re.compile(r"[^\W_]{3,40}")

_QuerySet = TypeVar("_QuerySet", bound="ArticleQuerySet")


@dataclass(frozen=True)
class Found:
    """A search that was understood: the query, and how many articles match it."""

    query: SearchQuery
    total: int

    @property
    def has_many(self) -> bool:
        """Whether ranking them by the whole article would cost too much."""
        return self.total > MANY


class Results:
    """The ids of what was found, the best first, for a paginator: how many, and any stretch."""

    def __init__(self, articles: ArticleQuerySet, found: Found) -> None:
        self.ids = ranked(articles, found).values_list("id", flat=True)
        self.total = found.total

    def count(self) -> int:
        """Known already."""
        return self.total

    def __getitem__(self, stretch: slice) -> list[int]:
        with _by_index():
            return list(self.ids[stretch])


def look_up(text: str, articles: ArticleQuerySet) -> Found:
    """What the words stand for among these articles; if nothing matches, what they may mean."""
    found = _tried(_query(text, "websearch"), articles)
    if not found.total and (near := _nearest(text)):
        found = _tried(_query(near, "raw"), articles)
    return found


def ranked(articles: _QuerySet, found: Found) -> _QuerySet:
    """Those that match, the best first; the order is total."""
    matching = articles.filter(search=found.query)
    rank = SearchRank(F("heading" if found.has_many else "search"), found.query)
    title = Func("heading", Value("{a}"), function="ts_filter", output_field=SearchVectorField())
    in_title, in_heading = _IsMet(title, found.query), _IsMet(F("heading"), found.query)
    return matching.order_by(in_title.desc(), in_heading.desc(), rank.desc(), "-id")


def words_of(text: str) -> list[str]:
    """The words that a slip may be in; without repeats."""
    plain = _WORD.findall(_EXCLUDED.sub(" ", text).lower())
    return list(dict.fromkeys(plain))[:MOST_WORDS]


def _query(text: str, search_type: str) -> SearchQuery:
    return SearchQuery(text, config=CONFIG, search_type=search_type)


def _tried(query: SearchQuery, articles: ArticleQuerySet) -> Found:
    with _by_index():
        return Found(query, articles.filter(search=query).order_by().count())


@contextmanager
def _by_index() -> Iterator[None]:
    """Within a transaction, let the index answer also where a word is in many articles.

    The planner would read the whole table instead. It does not know that a vector of some length
    lies elsewhere, compressed, and costs ten times as much to look at as the rest of the row.
    """
    setting = "SELECT set_config('enable_seqscan', %s, true)"
    with connection.cursor() as cursor:
        cursor.execute(setting, ["off"])
        yield
        cursor.execute(setting, ["on"])


class _IsMet(Func):
    """Whether the vector meets the query."""

    template = "(%(expressions)s)"
    arg_joiner = " @@ "
    arity = 2
    output_field = BooleanField()


def _nearest(text: str) -> str:
    """A query for the words nearest to these, in PostgreSQL's syntax; '' if one has none."""
    near: dict[str, list[str]] = {word: [] for word in words_of(text)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT asked, word FROM knowledge_near(%s)", [list(near)])
        for asked, word in cursor.fetchall():
            near[asked].append(word)
    meant = [_meant(asked, words) for asked, words in near.items()]
    return " & ".join(f"({' | '.join(words)})" for words in meant) if all(meant) else ""


def _meant(asked: str, words: list[str]) -> list[str]:
    """Of the words, those that are most alike, and those that begin alike."""
    alike = {word: SequenceMatcher(None, asked, word).ratio() for word in words}
    least = max(_ALIKE, max(alike.values(), default=0) - _NEARLY)
    begins = asked[: max(_BEGINNING, len(asked) - 1)]
    return [word for word in words if alike[word] >= least or word.startswith(begins)][:_MOST_MEANT]
