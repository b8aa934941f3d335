"""Queries for articles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

from django.db import models

from knowledge import search

if TYPE_CHECKING:
    from knowledge.models.article import Article


class ArticleQuerySet(models.QuerySet["Article"]):
    """Articles by what one asks for."""

    def without_vectors(self) -> Self:
        """Nobody reads these columns in Python."""
        return self.defer("heading", "search", "text")

    def in_order(self, ids: Sequence[int]) -> list[Article]:
        """The rows of these ids, in this order."""
        rows = self.in_bulk(ids)
        return [rows[pk] for pk in ids if pk in rows]

    def look_up(self, text: str) -> search.Found:
        """What the words mean here; asks the database. See `search`."""
        return search.look_up(text, self)

    def found(self, found: search.Found) -> Self:
        """Those that were found, the best first."""
        return search.ranked(self, found)
