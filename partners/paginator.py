"""Pages of a list that is too long to be counted."""

from typing import Any, cast

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property


class CappedPaginator(Paginator[Any]):
    """Counts no further than `most` rows: whoever looks for something filters instead of paging."""

    most = 10_000

    @cached_property
    def count(self) -> int:
        """The number of rows, or `most` if there are that many or more."""
        return cast(QuerySet[Any], self.object_list)[: self.most].count()
