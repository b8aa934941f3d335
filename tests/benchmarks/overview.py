"""Staff pages over ten million calls: the overview's figures, single calls, and the counting.

Baseline of the overview: the same figures from the calls, through the index by time. Baseline of
recent activity: Django's usual list, which counts and then skips to its page, on the same table
with the same indexes. Baseline of the counting: the five seconds in which the calls came.

BENCH_CALLS says how many calls (10,000,000); it takes minutes to make them.
"""

import datetime
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import psycopg

from tests.benchmarks import api_calls, stage

CALLS = int(os.environ.get("BENCH_CALLS") or 10_000_000)
ROUNDS = int(os.environ.get("BENCH_ROUNDS") or 5)
PAGE = 50
# A page of the middle of the list.
DEEP = CALLS // 20

# A practice's day is some thousand calls, which are read quickly too.
OVERVIEW, SMALL = 50.0, 8.0
WIDE, DEEPER, NEVER_SLOWER = 5.0, 20.0, 0.5
KEEPS_UP = 3.0


def main() -> int:
    """Fill a database of our own, then measure in a process that is set up as a staff page is."""
    url = stage.make_database("bench_overview")
    until = datetime.datetime.now(datetime.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    with psycopg.connect(url, autocommit=True) as owner:
        stage.add_practices(owner, api_calls.PRACTICES)
        api_calls.load(owner, calls=CALLS, until=until)
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "DATABASE_ROLE": "emr_staff",
        "DJANGO_SETTINGS_MODULE": "emrapi.settings",
    }
    return subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.overview", until.isoformat()],
        env=environment,
        check=False,
    ).returncode


def measure(until: datetime.datetime) -> int:
    """Print a line for each; 1 if one of them falls short."""
    import django

    django.setup()
    now = until - datetime.timedelta(seconds=1)
    reached = [
        _overview(name, practice, now) for name in ("24h", "7d", "30d") for practice in (0, 7)
    ]
    reached += _activity(now)
    reached += _counting(now)
    return 0 if all(reached) else 1


def _overview(name: str, practice: int, now: datetime.datetime) -> bool:
    from dashboard import usage
    from dashboard.ranges import RANGES

    chosen, whose = RANGES[name], usage.Whose(practice_id=practice)
    span, (over, before) = chosen.span(now), chosen.compared(now)

    def ours() -> tuple[Any, ...]:
        figures = usage.figures(whose, {"now": span, "over": over, "before": before})
        return (
            (figures["now"].calls, figures["now"].errors, figures["before"].calls),
            [(step.calls, step.errors) for step in usage.steps(whose, span, chosen.step)],
            [(endpoint, found.calls) for endpoint, found in usage.endpoints(whose, span, most=8)],
            [(one.endpoint, one.status, one.calls) for one in usage.faults(whose, span, most=8)],
            [figures["now"].percentile(percent) for percent in (50, 95)],
        )

    def theirs() -> tuple[Any, ...]:
        return _from_calls(practice, span, before, chosen)

    same = ours(), theirs()
    assert same[0][:4] == same[1][:4], same
    target = SMALL if practice and name == "24h" else OVERVIEW
    return _compare(
        f"overview {name}{', a practice' if practice else ''}", ours, theirs, target, best_of=5
    )


def _from_calls(practice: int, span: Any, before: Any, chosen: Any) -> tuple[Any, ...]:
    where = "at >= %s AND at < %s" + (f" AND practice_id = {practice}" if practice else "")
    calls, errors, *_, percentiles = _row(
        "SELECT count(*), count(*) FILTER (WHERE status >= 400), avg(duration_ms),"
        " percentile_disc(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY duration_ms)"
        f" FROM dashboard_apicall WHERE {where}",
        span,
    )[0]
    earlier = _row(
        "SELECT count(*), count(*) FILTER (WHERE status >= 400), avg(duration_ms)"
        f" FROM dashboard_apicall WHERE {where}",
        before,
    )[0][0]
    found = {
        number: (count, failed)
        for number, count, failed in _row(
            "SELECT floor(extract(epoch FROM at - %s) / %s)::int, count(*),"
            " count(*) FILTER (WHERE status >= 400)"
            f" FROM dashboard_apicall WHERE {where} GROUP BY 1",
            [span[0], chosen.step.total_seconds(), *span],
        )
    }
    endpoint = "CASE route WHEN '' THEN '' ELSE method || ' ' || route END"
    busiest = _row(
        f"SELECT {endpoint}, count(*) FROM dashboard_apicall WHERE {where}"
        " GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 8",
        span,
    )
    faults = _row(
        f"SELECT {endpoint}, status, count(*) FROM dashboard_apicall"
        f" WHERE {where} AND status >= 400 GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 8",
        span,
    )
    steps = [found.get(number, (0, 0)) for number in range(chosen.steps)]
    return (calls, errors, earlier), steps, busiest, faults, percentiles


def _activity(now: datetime.datetime) -> list[bool]:
    from dashboard import activity
    from dashboard.activity import Filters
    from dashboard.models import ApiCall

    one = ApiCall.objects.order_by("-at")[CALLS // 3]
    cases: list[tuple[str, Filters, int, float]] = [
        ("all", Filters(), 0, WIDE),
        ("all, far back", Filters(), DEEP, DEEPER),
        ("a practice", Filters(practice_id=7), 0, WIDE),
        ("a partner", Filters(partner_id=3), 0, WIDE),
        ("an endpoint", Filters(endpoint="GET v1/kb"), 0, WIDE),
        ("an endpoint of a practice", Filters(endpoint="GET v1/me", practice_id=7), 0, WIDE),
        ("4xx", Filters(status="4"), 0, WIDE),
        ("4xx of a practice", Filters(status="4", practice_id=7), 0, WIDE),
        ("5xx", Filters(status="5"), 0, NEVER_SLOWER),
        ("429", Filters(status="429"), 0, NEVER_SLOWER),
        ("a status that there is not", Filters(status="503"), 0, NEVER_SLOWER),
        ("until two weeks ago", Filters(until=now - datetime.timedelta(days=14)), 0, WIDE),
        ("an address", Filters(found=str(one.ip)), 0, NEVER_SLOWER),
        ("a request id", Filters(found=one.request_id), 0, NEVER_SLOWER),
        ("a request id that there is not", Filters(found="none"), 0, NEVER_SLOWER),
    ]
    reached = []
    for name, filters, skip, target in cases:
        rows = filters.calls().order_by("-at", "-id")
        if filters.until:
            rows = rows.filter(at__lt=filters.until + datetime.timedelta(minutes=1))
        before = activity.place(rows[skip - 1]) if skip else None

        def ours(filters: Filters = filters, before: Any = before) -> list[int]:
            found = activity.page(filters, before=before, size=PAGE, now=now)
            return [row.pk for row in found]

        def theirs(rows: Any = rows, skip: int = skip) -> list[int]:
            rows.count()
            return [row.pk for row in rows[skip : skip + PAGE]]

        assert ours() == theirs(), name
        reached.append(_compare(f"activity: {name}", ours, theirs, target, best_of=3))
    return reached


def _counting(now: datetime.datetime) -> list[bool]:
    from dashboard import counting
    from dashboard.calls import CallWriter

    writer, chance = CallWriter(), random.Random(1)

    def count() -> float:
        for _ in range(20):
            writer._waiting.extend(api_calls.made_up(chance, now) for _ in range(250))
            writer.flush()
        started = time.perf_counter()
        assert counting.count() == 5000
        return time.perf_counter() - started

    count()
    (seconds,) = stage.in_turn(ROUNDS, count)
    return [
        stage.report(
            "counting 5,000 calls of 5 s",
            ours=seconds * 1000,
            baseline=5000,
            ratio=5 / seconds,
            target=KEEPS_UP,
            unit="ms",
        )
    ]


def _compare(
    name: str, ours: Callable[[], Any], theirs: Callable[[], Any], target: float, *, best_of: int
) -> bool:
    from django.db import transaction

    from dashboard import pages

    def timed(work: Callable[[], Any], tries: int) -> Callable[[], float]:
        def run() -> float:
            times = []
            for _ in range(tries):
                started = time.perf_counter()
                work()
                times.append((time.perf_counter() - started) * 1000)
            return min(times)

        return run

    def as_a_page() -> Any:
        with transaction.atomic():
            pages.read_alone()
            return ours()

    fast, slow = stage.in_turn(ROUNDS, timed(as_a_page, best_of), timed(theirs, 1))
    return stage.report(name, ours=fast, baseline=slow, ratio=slow / fast, target=target, unit="ms")


def _row(query: str, values: Any) -> list[tuple[Any, ...]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


if __name__ == "__main__":
    sys.exit(measure(datetime.datetime.fromisoformat(sys.argv[1])))
