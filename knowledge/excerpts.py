"""What a list shows of an article: the places that match, or how it begins.

The excerpt is HTML of our own: its text is escaped whatever the article holds, and the only element
in it is `mark`. PostgreSQL marks the words by two control characters, which no text has.
"""

import html
from collections.abc import Sequence

from django.contrib.postgres.search import SearchHeadline, SearchQuery
from django.db.models import F
from django.db.models.functions import Left

from knowledge import search
from knowledge.models import Article

_START, _END = "\x02", "\x03"
_BEGINNING = 240


def with_excerpts(ids: Sequence[int], found: search.Found | None) -> list[Article]:
    """The articles of these ids, in this order, each with its `excerpt`."""
    rows = Article.objects.without_vectors().annotate(beginning=Left("text", _BEGINNING + 1))
    if found is not None:
        rows = rows.annotate(marked=_marked(found.query))
    articles = rows.in_order(ids)
    for article in articles:
        marked = getattr(article, "marked", "")
        beginning = article.beginning  # type: ignore[attr-defined]
        excerpt = marked if _START in marked else _shortened(beginning)
        article.excerpt = _to_html(excerpt)  # type: ignore[attr-defined]
    return articles


def _marked(query: SearchQuery) -> SearchHeadline:
    return SearchHeadline(
        F("text"),
        query,
        config=search.CONFIG,
        start_sel=_START,
        stop_sel=_END,
        max_fragments=2,
        max_words=24,
        min_words=8,
        short_word=0,  # type: ignore[arg-type]
        fragment_delimiter=" … ",
    )


def _shortened(beginning: str) -> str:
    if len(beginning) <= _BEGINNING:
        return beginning
    return f"{beginning[:_BEGINNING].rsplit(' ', 1)[0]} …"


def _to_html(excerpt: str) -> str:
    escaped = html.escape(" ".join(excerpt.split()))
    return escaped.replace(_START, "<mark>").replace(_END, "</mark>")
