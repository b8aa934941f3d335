"""Adding up what was called: from the rows that the trigger left to minutes, hours and days."""

import datetime
import time

from django.db import connection, transaction

from dashboard import latency
from emrapi.partitions import drop_before

# Rows of uncounted calls that one transaction takes.
BATCH = 20_000
# How long sums by minute and by hour are kept: for longer than dashboard.ranges looks back.
MINUTES_KEPT = datetime.timedelta(days=3)
HOURS_KEPT = datetime.timedelta(days=16)

_BUCKETS = ", ".join(
    f"coalesce(sum(calls) FILTER (WHERE bucket = {number}), 0)::int"
    for number in range(latency.BUCKETS)
)
_SUMS = ", ".join(f"sum(histogram[{number}])::int" for number in range(1, latency.BUCKETS + 1))
_ADDED = ", ".join(
    f"kept.histogram[{number}] + excluded.histogram[{number}]"
    for number in range(1, latency.BUCKETS + 1)
)


def _insert(span: str, source: str) -> str:
    return f"""
        INSERT INTO dashboard_{span}usage AS kept (practice_id, partner_id, at, endpoint, status,
                                                   calls, duration_us, histogram)
        {source}
        ON CONFLICT (practice_id, partner_id, at, endpoint, status) DO UPDATE SET
            calls = kept.calls + excluded.calls,
            duration_us = kept.duration_us + excluded.duration_us,
            histogram = ARRAY[{_ADDED}]
    """


def _summed(span: str) -> str:
    return f"""
        SELECT practice_id, partner_id, date_trunc('{span}', at, 'UTC'), endpoint, status,
               sum(calls), sum(duration_us), ARRAY[{_SUMS}]
        FROM cube GROUP BY 1, 2, 3, 4, 5
    """  # noqa: S608 - made of constants


# One statement: what is taken away is added up, or neither. Who does not get the lock takes
# nothing; who gets it from somebody that was just ready finds that one's rows gone.
_COUNT = f"""
WITH turn AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(hashtext('counting')) AS is_ours),
taken AS (
    DELETE FROM dashboard_uncountedcalls WHERE id IN (
        SELECT id FROM dashboard_uncountedcalls WHERE (SELECT is_ours FROM turn)
        ORDER BY id LIMIT %s)
    RETURNING *
),
cube AS MATERIALIZED (
    SELECT CASE GROUPING(practice_id) WHEN 1 THEN 0 ELSE practice_id END AS practice_id,
           CASE GROUPING(partner_id) WHEN 1 THEN 0 ELSE partner_id END AS partner_id,
           minute AS at, CASE GROUPING(endpoint) WHEN 1 THEN '*' ELSE endpoint END AS endpoint,
           status, sum(calls) AS calls, sum(duration_us) AS duration_us,
           ARRAY[{_BUCKETS}] AS histogram
    FROM taken
    GROUP BY minute, status, CUBE (practice_id, partner_id, endpoint)
    HAVING (GROUPING(practice_id) = 1 OR practice_id IS NOT NULL)
       AND (GROUPING(partner_id) = 1 OR partner_id IS NOT NULL)
),
minutes AS ({
    _insert(
        "minute",
        "SELECT practice_id, partner_id, at, endpoint, status, calls, duration_us, histogram"
        " FROM cube",
    )
}),
hours AS ({_insert("hour", _summed("hour"))}),
days AS ({_insert("day", _summed("day"))})
SELECT count(*), coalesce(sum(calls), 0) FROM taken
"""  # noqa: S608 - made of constants


def count(*, seconds: float = 60.0) -> int:
    """Count what waits, in one transaction after the other; returns how many calls that were.

    Stops when next to nothing is left, and at the latest after `seconds`. If another process is at
    it, that one will do it all, and this one returns.
    """
    until = time.monotonic() + seconds
    counted = 0
    while True:
        rows, calls = count_batch()
        counted += calls
        if rows < BATCH or time.monotonic() > until:
            return counted


def count_batch() -> tuple[int, int]:
    """Count what waits, up to BATCH rows of it; returns how many rows and calls that were."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_COUNT, [BATCH])
        rows, calls = cursor.fetchone()
        return int(rows), int(calls)


def forget(*, calls_kept: datetime.timedelta, now: datetime.datetime) -> int:
    """Drop the calls' partitions that are too old, and the sums' that nothing reads any more."""
    return (
        drop_before("dashboard_apicall", cut_by="at", before=now - calls_kept)
        + drop_before("dashboard_minuteusage", cut_by="at", before=now - MINUTES_KEPT)
        + drop_before("dashboard_hourusage", cut_by="at", before=now - HOURS_KEPT)
    )
