"""What a list shows of an article: the places that match, or how it begins.

The excerpt is HTML of our own: its text is escaped whatever the article holds, and the only element
in it is `mark`. PostgreSQL marks the words by two control characters, which no text has.
"""

import html
from collections.abc import Sequence

from django.contrib.postgres.search import SearchHeadline
from django.db.models import F
from django.db.models.functions import Left

from knowledge import search
from knowledge.models import Article

_START, _END = "\x02", "\x03"
_GAP = " … "
_BEGINNING = 240


def with_excerpts(ids: Sequence[int], found: search.Found | None) -> list[Article]:
    """The articles of these ids, in this order, each with its raw `excerpt`."""
    if found is not None and found.query is not None:
        excerpt = SearchHeadline(
            F("text"),
            found.query,
            config=search.CONFIG,
            start_sel=_START,
            stop_sel=_END,
            max_fragments=2,
            max_words=24,
            min_words=8,
            short_word=0,  # type: ignore[arg-type]
            fragment_delimiter=_GAP,
        )
        rows = Article.objects.annotate(excerpt=excerpt)
    else:
        rows = Article.objects.annotate(excerpt=Left("text", _BEGINNING + 1))
    return rows.without_vectors().in_order(ids)


def to_html(excerpt: str) -> str:
    """The excerpt as it is answered."""
    if len(excerpt) > _BEGINNING and _START not in excerpt and _GAP not in excerpt:
        excerpt = f"{excerpt[:_BEGINNING].rsplit(' ', 1)[0]}{_GAP.rstrip()}"
    return html.escape(" ".join(excerpt.split())).replace(_START, "<mark>").replace(_END, "</mark>")
