"""Pages by number."""

import re
from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from emrapi.api.fields import BIGINT_MAX

_NUMBER = re.compile(r"[0-9]{1,19}")


class PageLimit(BasePagination):
    """`page` from 1 and `limit` from 1 to 100; beyond the last page there is an empty list.

    Two queries: how many there are, and the page. Works on whatever has count() and slices.
    """

    parameters = ("page", "limit")
    default_limit = 25
    max_limit = 100
    # From this row on a page is far.
    far = 1000

    page = 1
    limit = default_limit
    total = 0

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """The rows of the page that was asked for."""
        given = request.query_params
        faults: dict[str, list[ErrorDetail]] = {}
        self.page = _whole(given, "page", 1, BIGINT_MAX, faults)
        self.limit = _whole(given, "limit", self.default_limit, self.max_limit, faults)
        if faults:
            raise ValidationError(faults)
        self.total = len(queryset) if isinstance(queryset, list | tuple) else queryset.count()
        start = (self.page - 1) * self.limit
        if start >= self.total:
            return []
        if start >= self.far and isinstance(queryset, QuerySet):
            # Keys first: what else is asked of a row is worked out for the page alone, and not for
            # all the rows before it.
            return list(queryset.filter(pk__in=self._keys(queryset, start)))
        return list(queryset[start : start + self.limit])

    def _keys(self, queryset: QuerySet[Any], start: int) -> Any:
        """The keys of a far page, walking from whichever end is nearer."""
        keys, end = queryset.values("pk"), min(start + self.limit, self.total)
        if start <= self.total - end:
            return keys[start:end]
        return keys.reverse()[self.total - end : self.total - start]

    def get_paginated_response(self, data: Any) -> Response:
        """The page in its envelope."""
        return Response(
            {
                "data": data,
                "count": len(data),
                "page": self.page,
                "limit": self.limit,
                "total": self.total,
            }
        )

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """The two parameters, for the API document."""
        return [
            _described("page", "From 1.", default=1, maximum=BIGINT_MAX),
            _described("limit", "How many.", default=self.default_limit, maximum=self.max_limit),
        ]


def _described(name: str, description: str, **bounds: int) -> dict[str, Any]:
    schema = {"type": "integer", "minimum": 1, **bounds}
    return {"in": "query", "name": name, "description": description, "schema": schema}


def _whole(
    given: Any, name: str, default: int, highest: int, faults: dict[str, list[ErrorDetail]]
) -> int:
    text = given.get(name)
    if text is None:
        return default
    if not _NUMBER.fullmatch(text):
        faults[name] = [ErrorDetail("Must be a whole number.", code="invalid")]
        return default
    if not 1 <= int(text) <= highest:
        faults[name] = [ErrorDetail(f"Must be from 1 to {highest}.", code="out_of_range")]
    return int(text)
