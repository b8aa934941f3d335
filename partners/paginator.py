"""Pages of a list that is too long to be counted."""

from typing import Any, cast

from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property


class CappedPaginator(Paginator[Any]):
    """Counts no further than `most` rows: whoever looks for something filters instead of paging."""

    most = 10_000

    @cached_property
    def count(self) -> int:
        """The number of rows, or `most` if there are that many or more."""
        return cast(QuerySet[Any], self.object_list)[: self.most].count()


class OrMore(int):
    """A count that ended there. Templates need a number, and show this."""

    def __str__(self) -> str:
        return f"{int(self):,} or more"


class CappedList(ChangeList):
    """Says so when there are more rows than were counted."""

    def get_results(self, request: HttpRequest) -> None:
        """As Django."""
        super().get_results(request)
        if self.result_count == CappedPaginator.most:
            self.result_count = OrMore(self.result_count)
