"""Figures of what was called, read off the sums and never off the calls.

A span is a half-open pair of instants at whole minutes. It is taken apart: whole days are read by
day, what is left by hour, and its ends by minute, so that a quarter of a year is as quick as a day.
"""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from dashboard import latency
from dashboard.ranges import DAY, HOUR, MINUTE, Span, floor

# From here on a status is an error: of the caller below 500, ours from there.
ERROR = 400
_NOTHING = (0,) * latency.BUCKETS


@dataclass(frozen=True, kw_only=True)
class Whose:
    """Calls of one practice, of one partner, of both together; 0 is all of them."""

    practice_id: int = 0
    partner_id: int = 0


EVERYBODY = Whose()


@dataclass(frozen=True, kw_only=True)
class Figures:
    """How some calls went."""

    calls: int = 0
    errors: int = 0
    duration_us: int = 0
    histogram: Sequence[int] = field(default=_NOTHING, repr=False)

    @property
    def success_rate(self) -> float | None:
        """Per cent of the calls that were no error; None without any call."""
        return 100 * (self.calls - self.errors) / self.calls if self.calls else None

    @property
    def average_ms(self) -> float | None:
        """The mean duration; None without any call."""
        return self.duration_us / self.calls / 1000 if self.calls else None

    def percentile(self, percent: int) -> float | None:
        """The duration that so many per cent did not exceed, to within its bucket."""
        return latency.percentile(self.histogram, percent)


@dataclass(frozen=True, kw_only=True)
class Step:
    """Calls of one step of a range."""

    at: datetime.datetime
    calls: int = 0
    errors: int = 0


@dataclass(frozen=True, kw_only=True)
class Fault:
    """How often an endpoint answered with an error."""

    endpoint: str
    status: int
    calls: int


_SUMS = ", ".join(f"sum(histogram[{number}])" for number in range(1, latency.BUCKETS + 1))
_TOTALS = (
    f"sum(calls)::bigint, coalesce(sum(calls) FILTER (WHERE status >= {ERROR}), 0)::bigint,"
    " sum(duration_us)::bigint"
)
_FIGURES = f"{_TOTALS}, ARRAY[{_SUMS}]"

_PART = """
SELECT %s::text AS name, endpoint, status, calls, duration_us, histogram FROM dashboard_{table}usage
WHERE practice_id = %s AND partner_id = %s AND at >= %s AND at < %s AND {condition}
"""
_OF_PARTNERS = """
SELECT partner_id, status, calls, duration_us FROM dashboard_{table}usage
WHERE practice_id = %s AND partner_id = ANY (%s::bigint[]) AND at >= %s AND at < %s
  AND endpoint = '*'
"""
# The many sums of a histogram are made for the few endpoints alone that are wanted.
_BUSIEST = f"""
WITH part AS MATERIALIZED ({{parts}}),
busiest AS (SELECT endpoint FROM part GROUP BY endpoint ORDER BY sum(calls) DESC, endpoint LIMIT %s)
SELECT endpoint, {_FIGURES} FROM part JOIN busiest USING (endpoint)
GROUP BY endpoint ORDER BY 2 DESC, 1
"""  # noqa: S608 - made of constants


def figures(whose: Whose, spans: Mapping[str, Span]) -> dict[str, Figures]:
    """The figures of each span."""
    parts, values = _parts(whose, spans, "endpoint = '*'")
    query = f"SELECT name, {_FIGURES} FROM ({parts}) AS part GROUP BY name"  # noqa: S608 - made of constants
    found = {name: _figures(*sums) for name, *sums in _rows(query, values)}
    return {name: found.get(name, Figures()) for name in spans}


def by_partner(
    partner_ids: Sequence[int], span: Span, *, practice_id: int = 0
) -> dict[int, Figures]:
    """The figures of each partner that called, without their percentiles, in one query."""
    parts, values = [], []
    for table, piece in pieces(span):
        parts.append(_OF_PARTNERS.format(table=table))
        values += [practice_id, list(partner_ids), *piece]
    query = f"SELECT partner_id, {_TOTALS} FROM ({' UNION ALL '.join(parts)}) AS part GROUP BY 1"  # noqa: S608 - made of constants
    return {
        partner_id: Figures(calls=calls, errors=errors, duration_us=duration_us)
        for partner_id, calls, errors, duration_us in _rows(query, values)
    }


def steps(whose: Whose, span: Span, step: datetime.timedelta) -> list[Step]:
    """The calls of each step of a span, also of those without any."""
    table = "day" if step >= DAY else "hour" if step >= HOUR else "minute"
    rows = _rows(
        f"""
        SELECT date_bin(%s, at, %s), sum(calls)::bigint,
               coalesce(sum(calls) FILTER (WHERE status >= {ERROR}), 0)::bigint
        FROM dashboard_{table}usage
        WHERE practice_id = %s AND partner_id = %s AND endpoint = '*' AND at >= %s AND at < %s
        GROUP BY 1
        """,  # noqa: S608 - made of constants
        [step, span[0], whose.practice_id, whose.partner_id, *span],
    )
    found = {at: Step(at=at, calls=calls, errors=errors) for at, calls, errors in rows}
    count = (span[1] - span[0]) // step
    return [found.get(at) or Step(at=at) for at in (span[0] + n * step for n in range(count))]


def endpoints(whose: Whose, span: Span, *, most: int) -> list[tuple[str, Figures]]:
    """The endpoints that were called most, from the busiest on."""
    parts, values = _parts(whose, {"": span}, "endpoint <> '*'")
    rows = _rows(_BUSIEST.format(parts=parts), [*values, most])
    return [(endpoint, _figures(*sums)) for endpoint, *sums in rows]


def faults(whose: Whose, span: Span, *, most: int) -> list[Fault]:
    """The errors that were answered most, from the commonest on."""
    parts, values = _parts(whose, {"": span}, f"endpoint <> '*' AND status >= {ERROR}")
    query = f"SELECT endpoint, status, sum(calls)::bigint AS calls FROM ({parts}) AS part"  # noqa: S608 - made of constants
    ending = "GROUP BY endpoint, status ORDER BY 3 DESC, 1, 2 LIMIT %s"
    rows = _rows(f"{query} {ending}", [*values, most])
    return [
        Fault(endpoint=endpoint, status=status, calls=calls) for endpoint, status, calls in rows
    ]


def waiting_seconds() -> float:
    """For how long the oldest calls that are in no figures yet have waited; 0 if there are none."""
    ((seconds,),) = _rows(
        "SELECT extract(epoch FROM clock_timestamp() - (SELECT written_at"
        " FROM dashboard_uncountedcalls ORDER BY id LIMIT 1))::float8",
        [],
    )
    return max(0.0, seconds or 0.0)


def pieces(span: Span) -> Iterator[tuple[str, Span]]:
    """The tables, by their length of time, that a span is read from, and what of it from each."""
    start, end = span
    for table, longer in (("minute", HOUR), ("hour", DAY)):
        first, last = floor(start + longer - MINUTE, longer), floor(end, longer)
        if first >= last:
            yield table, (start, end)
            return
        if start < first:
            yield table, (start, first)
        if last < end:
            yield table, (last, end)
        start, end = first, last
    yield "day", (start, end)


def _parts(whose: Whose, spans: Mapping[str, Span], condition: str) -> tuple[str, list[Any]]:
    """A query for the rows of all pieces of the spans, and its values."""
    parts, values = [], []
    for name, span in spans.items():
        for table, piece in pieces(span):
            parts.append(_PART.format(table=table, condition=condition))
            values += [name, whose.practice_id, whose.partner_id, *piece]
    return " UNION ALL ".join(parts), values


def _rows(query: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def _figures(calls: int, errors: int, duration_us: int, histogram: Sequence[Any]) -> Figures:
    return Figures(
        calls=calls, errors=errors, duration_us=duration_us, histogram=[int(n) for n in histogram]
    )
