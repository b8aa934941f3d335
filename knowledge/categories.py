"""Which categories and types of articles there are."""

from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import Count, Min
from django.db.models.functions import Upper

from knowledge.models import Article


def in_use() -> list[dict[str, Any]]:
    """Categories of active articles with their types, in alphabetical order, each once.

    Spellings that differ only in case are one, shown in the first of them.
    """
    groups = (
        Article.objects.filter(is_active=True)
        .order_by()
        .values(upper_category=Upper("category"), upper_type=Upper("type"))
        .annotate(category=Min("category"), kind=Min("type"), count=Count("*"))
        .order_by("upper_category", "upper_type")
    )
    return [
        _category(list(types)) for _, types in groupby(groups, key=itemgetter("upper_category"))
    ]


def _category(types: list[Any]) -> dict[str, Any]:
    return {
        "Category": min(each["category"] for each in types),
        "Count": sum(each["count"] for each in types),
        "Types": [{"Type": each["kind"], "Count": each["count"]} for each in types],
    }
