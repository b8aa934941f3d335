"""Queries that read another relation in place of their model's table.

For searches: an operator that could tell of a row, and LIKE is one, may use no index in a table
under row-level security. A view that the staff role owns, and that holds the current practice's
rows by a plain condition, keeps practices apart as well and leaves the index to be used.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models
from django.db.models.sql.datastructures import BaseTable

_QuerySet = TypeVar("_QuerySet", bound=models.QuerySet[Any])


class _Instead(BaseTable):
    """In FROM, another relation stands under the table's alias."""

    def __init__(self, table_name: str, alias: str | None, relation: str) -> None:
        super().__init__(table_name, alias)
        self.relation = relation

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        """`relation alias`."""
        quote = compiler.quote_name_unless_alias
        return f"{quote(self.relation)} {quote(self.table_alias)}", ()

    def relabeled_clone(self, change_map: dict[str | None, str]) -> _Instead:
        """The same, in a subquery."""
        alias = change_map.get(self.table_alias, self.table_alias)
        return type(self)(self.table_name, alias, self.relation)


def reading(queryset: _QuerySet, relation: str) -> _QuerySet:
    """The same query, reading a relation that has the table's columns."""
    made = queryset.all()
    alias = made.query.get_initial_alias()
    table = made.query.alias_map[alias].table_name
    made.query.alias_map[alias] = _Instead(table, alias, relation)
    return made
