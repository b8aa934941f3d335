"""What the lists of the staff pages have in common: a search, a choice of states, pages."""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import QueryDict

SIZE = 25
_LONGEST = 200


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some of the rows that were found; `previous` and `next` are addresses, '' for none."""

    rows: Sequence[Any]
    said: str
    previous: str
    next: str


def words(asked: QueryDict) -> str:
    """What is searched for."""
    return asked.get("find", "").replace("\0", "").strip()[:_LONGEST]


def one_of(asked: QueryDict, name: str, known: Container[str], *, usual: str) -> str:
    """A choice that the address makes; what there is not is as good as none."""
    chosen = asked.get(name, "")
    return chosen if chosen in known else usual


def page(
    rows: QuerySet[Any], asked: QueryDict, query: Callable[..., str], *, size: int = SIZE
) -> Page:
    """The page that the address asks for; `query` writes the address of another one."""
    shown = Paginator(rows, size).get_page(asked.get("page"))
    return Page(
        rows=list(shown),
        said=f"{shown.start_index():,}–{shown.end_index():,} of {shown.paginator.count:,}",
        previous=f"?{query(page=shown.number - 1)}" if shown.has_previous() else "",
        next=f"?{query(page=shown.number + 1)}" if shown.has_next() else "",
    )
