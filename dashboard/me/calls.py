"""The caller's own calls: how many, of what, and how they went. Days are those of UTC.

The call log's policy shows the serving role the calls of the partner that calls and no others.
"""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from dashboard.models import ApiCall

MOST_DAYS = 31
MOST_ROUTES = 200

_COLUMNS = ("calls", "refused", "failed", "average_ms")
_FIGURES = """
    count(*), count(*) FILTER (WHERE status BETWEEN 400 AND 499),
    count(*) FILTER (WHERE status >= 500), round(avg(duration_ms)::numeric, 1)::float8
"""
_USAGE = f"""
SELECT (at AT TIME ZONE 'UTC')::date AS day, method, route, {_FIGURES}
FROM dashboard_apicall
WHERE partner_id = %s AND at >= %s AND at < %s
GROUP BY GROUPING SETS ((), (1), (method, route))
ORDER BY 1, 4 DESC, 2, 3
"""  # noqa: S608 - made of constants
# What the parameters of paths are called outside.
_NAMES = {"ppass": "PPass"}
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Figures:
    """How calls went: `refused` by us, `failed` on our side; the mean of their durations."""

    calls: int = 0
    refused: int = 0
    failed: int = 0
    average_ms: float | None = None


@dataclass(frozen=True)
class Day(Figures):
    """Calls of a day."""

    date: datetime.date = datetime.date.min


@dataclass(frozen=True)
class Route(Figures):
    """Calls of one operation; the path is '' where there is none such."""

    method: str = ""
    path: str = ""


@dataclass
class Usage:
    """Calls of some days: in all, by day from the first on, by route from the busiest on."""

    start: datetime.date
    end: datetime.date
    totals: Figures = field(default_factory=Figures)
    days: list[Day] = field(default_factory=list)
    routes: list[Route] = field(default_factory=list)


def usage(*, partner_id: int, start: datetime.date, end: datetime.date) -> Usage:
    """The usage of these days, both inclusive. The partner must be the one that calls."""
    made = Usage(start, end)
    by_day: dict[datetime.date, Day] = {}
    first, after = (_midnight(day) for day in (start, end + datetime.timedelta(days=1)))
    with connection.cursor() as cursor:
        cursor.execute(_USAGE, [partner_id, first, after])
        for day, method, route, *row in cursor.fetchall():
            figures: dict[str, Any] = dict(zip(_COLUMNS, row, strict=True))
            if day is not None:
                by_day[day] = Day(date=day, **figures)
            elif method is not None:
                made.routes.append(Route(method=method, path=_published(route), **figures))
            else:
                made.totals = Figures(**figures)
    made.days = [by_day.get(day) or Day(date=day) for day in _days(start, end)]
    del made.routes[MOST_ROUTES:]
    return made


def named(*, partner_id: int, request_id: str) -> ApiCall | None:
    """The call of this request id, the last one if several had it; None if there is none."""
    calls = ApiCall.objects.filter(partner_id=partner_id, request_id=request_id)
    return calls.order_by("-at", "-id").first()


def _midnight(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(), datetime.UTC)


def _days(start: datetime.date, end: datetime.date) -> Iterator[datetime.date]:
    for number in range((end - start).days + 1):
        yield start + datetime.timedelta(days=number)


def _published(route: str) -> str:
    """A route of ours as the reference spells it."""
    if not route:
        return ""
    path = _PARAMETER.sub(lambda found: f"{{{_NAMES.get(found[1], found[1])}}}", route)
    return f"/{path}"
