"""The laws of pages."""

from types import SimpleNamespace
from typing import Any

from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from emrapi.api.pagination import PageLimit


def page_of(rows: Any, **parameters: int) -> tuple[list[Any], Any]:
    """The rows of a page, and its envelope."""
    query = QueryDict("&".join(f"{name}={value}" for name, value in parameters.items()))
    request: Any = SimpleNamespace(query_params=query)
    paginator = PageLimit()
    found = paginator.paginate_queryset(rows, request)
    return found, paginator.get_paginated_response(found).data


class Counted:
    """What a queryset is to a paginator."""

    def __init__(self, rows: list[int]) -> None:
        self.rows = rows
        self.asked: list[str] = []

    def count(self) -> int:
        """How many."""
        self.asked.append("count")
        return len(self.rows)

    def __getitem__(self, part: slice) -> list[int]:
        self.asked.append("slice")
        return self.rows[part]


@given(st.integers(0, 300), st.integers(1, 100))
def test_pages_make_up_the_whole(total: int, limit: int) -> None:
    rows = list(range(total))
    pages = [page_of(rows, page=page, limit=limit)[0] for page in range(1, total // limit + 2)]

    assert [row for page in pages for row in page] == rows
    assert all(len(page) == limit for page in pages[:-1])
    assert page_of(rows, page=len(pages) + 1, limit=limit)[0] == []


@given(st.integers(0, 120), st.integers(1, 2**63 - 1), st.integers(1, 100))
def test_envelope_says_what_it_holds(total: int, page: int, limit: int) -> None:
    rows, envelope = page_of(list(range(total)), page=page, limit=limit)

    assert envelope == {
        "data": rows,
        "count": len(rows),
        "page": page,
        "limit": limit,
        "total": total,
    }


def test_count_and_page_are_asked_for_once() -> None:
    rows = Counted([1, 2, 3])

    assert page_of(rows)[0] == [1, 2, 3]
    assert rows.asked == ["count", "slice"]


def test_default_is_the_first_twenty_five() -> None:
    rows, envelope = page_of(list(range(30)))

    assert rows == list(range(25))
    assert (envelope["page"], envelope["limit"]) == (1, 25)
