"""The caller's own calls: how many, of what, and how they went. Days are those of UTC.

The policies of the log and of its sums show the serving role what the partner that calls has
called, and nothing else.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from dashboard.endpoints import published
from dashboard.models import ApiCall

MOST_DAYS = 92
MOST_ROUTES = 200

# Of all practices (0); '*' is all endpoints.
_USAGE = """
SELECT CASE WHEN endpoint = '*' THEN (at AT TIME ZONE 'UTC')::date END AS day, endpoint,
    sum(calls)::bigint,
    coalesce(sum(calls) FILTER (WHERE status BETWEEN 400 AND 499), 0)::bigint,
    coalesce(sum(calls) FILTER (WHERE status >= 500), 0)::bigint,
    sum(duration_us)::bigint
FROM dashboard_dayusage
WHERE practice_id = 0 AND partner_id = %s AND at >= %s AND at < %s
GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2
"""
_COLUMNS = ("calls", "refused", "failed", "duration_us")


@dataclass(frozen=True, kw_only=True)
class Figures:
    """How calls went: `refused` with 4xx, `failed` with 5xx."""

    calls: int = 0
    refused: int = 0
    failed: int = 0
    duration_us: int = 0

    @property
    def average_ms(self) -> float | None:
        """The mean duration to a tenth; None without any call."""
        return round(self.duration_us / self.calls / 1000, 1) if self.calls else None


@dataclass(frozen=True, kw_only=True)
class Day(Figures):
    """Calls of a day."""

    date: datetime.date


@dataclass(frozen=True, kw_only=True)
class Route(Figures):
    """Calls of one operation; path and method are '' for addresses that there are not."""

    method: str
    path: str


@dataclass(kw_only=True)
class Usage:
    """Calls of some days: in all, by day from the first on, by route from the busiest on."""

    start: datetime.date
    end: datetime.date
    totals: Figures
    days: list[Day] = field(default_factory=list)
    routes: list[Route] = field(default_factory=list)


def usage(*, partner_id: int, start: datetime.date, end: datetime.date) -> Usage:
    """The usage of these days, both inclusive. The partner must be the one that calls."""
    by_day: dict[datetime.date, Day] = {}
    routes: list[Route] = []
    first, after = (_midnight(day) for day in (start, end + datetime.timedelta(days=1)))
    with connection.cursor() as cursor:
        cursor.execute(_USAGE, [partner_id, first, after])
        for day, endpoint, *row in cursor.fetchall():
            figures: dict[str, Any] = dict(zip(_COLUMNS, row, strict=True))
            if day is not None:
                by_day[day] = Day(date=day, **figures)
            else:
                method, _, route = endpoint.partition(" ")
                routes.append(Route(method=method, path=published(route), **figures))
    return Usage(
        start=start,
        end=end,
        totals=_added(list(by_day.values())),
        days=[by_day.get(day) or Day(date=day) for day in _days(start, end)],
        routes=routes[:MOST_ROUTES],
    )


def named(*, partner_id: int, request_id: str) -> ApiCall | None:
    """The call of this request id, the last one if several had it; None if there is none."""
    calls = ApiCall.objects.filter(partner_id=partner_id, request_id=request_id)
    return calls.order_by("-at", "-id").first()


def _added(parts: list[Day]) -> Figures:
    return Figures(**{name: sum(getattr(part, name) for part in parts) for name in _COLUMNS})


def _midnight(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(), datetime.UTC)


def _days(start: datetime.date, end: datetime.date) -> Iterator[datetime.date]:
    for number in range((end - start).days + 1):
        yield start + datetime.timedelta(days=number)
