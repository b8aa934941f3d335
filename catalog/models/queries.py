"""Queries for products."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from catalog import search

if TYPE_CHECKING:
    pass


class ProductQuerySet(models.QuerySet["Product"]):
    """Products by what one asks for."""

    def search(self, text: str) -> Self:
        """Those in whose name, code or description every word of the text occurs.

        Products are of no practice, so no policy keeps this from index and statistics.
        """
        return self.filter(search.condition(text))
