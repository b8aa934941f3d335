"""Queries for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models.functions import Lower

from partners.instead import reading
from prospects import search
from prospects.models.tag import Tag

if TYPE_CHECKING:
    from prospects.models.person import Person

# The current practice's people, and everybody's, without row-level security in front: see `search`.
_MINE = "prospects_person_mine"
_ALL = "prospects_person_all"


class PersonQuerySet(models.QuerySet["Person"]):
    """People by what one asks for."""

    def search(self, text: str) -> Self:
        """Those in whose names, e-mail or phone digits every word of the text occurs.

        Only people of the transaction's practice (`app.practice_id`) are found. Row-level security
        would keep PostgreSQL from using index and statistics for LIKE, because LIKE could tell
        about rows of others; so this reads a view that holds the practice's people and no others.
        """
        condition = search.condition(text)
        return reading(self, _MINE).filter(condition) if condition else self

    def search_everywhere(self, text: str) -> Self:
        """The same in all practices; of the three roles, only staff may."""
        condition = search.condition(text)
        return reading(self, _ALL).filter(condition) if condition else self

    def sharing(self, identities: Sequence[str]) -> Self:
        """People of the transaction's practice who have one of these identities."""
        return reading(self, _MINE).filter(identities__overlap=list(identities))

    def with_tag_names(self) -> Self:
        """Adds `tag_names`, in alphabetical order, within the same query."""
        names = (
            Tag.objects.filter(
                practice_id=models.OuterRef("practice_id"),
                person_tags__practice_id=models.OuterRef("practice_id"),
                person_tags__person_id=models.OuterRef("id"),
            )
            .order_by(Lower("name"), "id")
            .values("name")
        )
        return self.annotate(tag_names=ArraySubquery(names))

    def bulk_create(self, objs: Iterable[Person], *args: Any, **kwargs: Any) -> list[Person]:
        """Many at once, with their normal forms."""
        people = list(objs)
        for person in people:
            person.derive()
        return super().bulk_create(people, *args, **kwargs)
