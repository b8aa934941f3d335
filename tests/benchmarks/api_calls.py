"""Millions of made-up calls of thirty days, and their figures, made by SQL in a few minutes."""

import datetime
import random
from typing import Any

import psycopg

from dashboard import counting, latency
from dashboard.calls import Call

DAYS = 30
PRACTICES, PARTNERS = 50, 20

# The endpoints, each with its weight and its usual duration.
_ENDPOINTS = [
    ("GET", "v1/<ppass:ppass>/prospects", 24, 9),
    ("POST", "v1/<ppass:ppass>/prospects", 8, 24),
    ("GET", "v1/<ppass:ppass>/prospects/<id:prospect_id>", 9, 5),
    ("PUT", "v1/<ppass:ppass>/prospects/<id:prospect_id>", 5, 21),
    ("GET", "v1/<ppass:ppass>/tags", 7, 3),
    ("GET", "v1/<ppass:ppass>/providers", 5, 3),
    ("GET", "v1/<ppass:ppass>/availability/slots", 9, 41),
    ("GET", "v1/<ppass:ppass>/availability/providers/<id:provider_id>/check", 8, 11),
    ("GET", "v1/<ppass:ppass>/availability/providers/<id:provider_id>/next-slot", 10, 14),
    ("POST", "v1/<ppass:ppass>/visits/book", 5, 33),
    ("POST", "v1/<ppass:ppass>/auth/token", 5, 4),
    ("GET", "v1/products", 2, 60),
    ("GET", "v1/kb", 1, 18),
    ("GET", "v1/me", 1, 2),
    ("GET", "", 1, 1),
]

# hashint8extended gives numbers that look random and are the same in every run. A practice works
# with two partners; every 25th call is an error, and every 2,000th our own.
_CALLS = """
INSERT INTO dashboard_apicall (at, method, route, path, status, duration_ms, key_id, partner_id,
                               practice_id, ip, request_id, bytes_in, bytes_out)
SELECT %(day)s + (a %% 86400000) * interval '1 millisecond', e.method, e.route,
    '/' || replace(e.route, '<ppass:ppass>', 'Bench' || practice_id),
    CASE WHEN e.route = '' THEN 404 WHEN b %% 2000 = 0 THEN 500
         WHEN b %% 25 = 0 THEN (ARRAY[400, 401, 404, 409, 422, 429])[1 + c %% 6]
         WHEN e.method = 'POST' THEN 201 ELSE 200 END,
    round((e.usual * exp(((b %% 1000) + (c %% 1000) - 1000) / 500.0))::numeric, 3),
    practice_id * 2 + b %% 2, 1 + (practice_id + b %% 2) %% %(partners)s, practice_id,
    ('203.0.' || c %% 250 || '.' || a %% 250)::inet, md5(numbers.n::text), 0, b %% 4000
FROM (
    SELECT n, abs(hashint8extended(n, 1) %% 1000000007) AS a,
        abs(hashint8extended(n, 2) %% 1000000007) AS b,
        abs(hashint8extended(n, 3) %% 1000000007) AS c,
        1 + abs(hashint8extended(n, 4) %% %(practices)s) AS practice_id
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
) AS numbers JOIN bench_endpoint e ON e.n = a / 7 %% %(weights)s
"""

_USAGE = """
INSERT INTO dashboard_{span}usage
SELECT CASE GROUPING(practice_id) WHEN 1 THEN 0 ELSE practice_id END,
    CASE GROUPING(partner_id) WHEN 1 THEN 0 ELSE partner_id END, date_trunc('{span}', at, 'UTC'),
    CASE GROUPING(endpoint) WHEN 1 THEN '*' ELSE endpoint END, status, count(*),
    sum(round(duration_ms * 1000)::bigint), ARRAY[{buckets}]
FROM (SELECT at, practice_id, partner_id, status, duration_ms,
          dashboard_endpoint(method, route) AS endpoint, dashboard_bucket(duration_ms) AS bucket
      FROM dashboard_apicall WHERE at >= %s AND at < %s) AS calls
GROUP BY 3, status, CUBE (practice_id, partner_id, endpoint)
"""


def load(owner: psycopg.Connection[Any], *, calls: int, until: datetime.datetime) -> None:
    """Fill the days before `until`, which begins one; indexes are made after the rows.

    The practices that call are the first `PRACTICES`, which are there.
    """
    indexes = owner.execute(
        "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i"
        " WHERE i.indrelid = 'dashboard_apicall'::regclass AND NOT i.indisprimary"
    ).fetchall()
    for name, _ in indexes:
        owner.execute(f"DROP INDEX {name}")
    owner.execute("ALTER TABLE dashboard_apicall DISABLE TRIGGER note_calls")
    owner.execute("SET maintenance_work_mem = '256MB'; SET work_mem = '128MB'")
    _name_endpoints(owner)
    days = [until - datetime.timedelta(days=n) for n in range(DAYS, 0, -1)]
    for number, day in enumerate(days):
        _add_day(owner, day, first=number * calls // DAYS, last=(number + 1) * calls // DAYS - 1)
    owner.execute("ALTER TABLE dashboard_apicall ENABLE TRIGGER note_calls")
    for _, definition in indexes:
        owner.execute(definition.replace(" ON ONLY ", " ON "))
    for day in days:
        age = until - day
        spans = ["day"]
        spans += ["hour"] * (age <= counting.HOURS_KEPT)
        spans += ["minute"] * (age <= counting.MINUTES_KEPT)
        _sum_up(owner, day, spans)
    owner.execute(
        "VACUUM ANALYZE dashboard_apicall, dashboard_minuteusage, dashboard_hourusage,"
        " dashboard_dayusage"
    )


def made_up(chance: random.Random, now: datetime.datetime) -> Call:
    """A call of the last five seconds, for the call log's own writer."""
    method, route, *_ = chance.choice(_ENDPOINTS)
    practice = chance.randint(1, PRACTICES)
    return Call(
        at=now - datetime.timedelta(seconds=5 * chance.random()),
        method=method,
        route=route,
        path="/" + route,
        status=chance.choice([200] * 24 + [404]),
        duration_ms=round(chance.lognormvariate(2.5, 0.8), 3),
        key_id=None,
        partner_id=1 + (practice + chance.randrange(2)) % PARTNERS,
        practice_id=practice,
        ip="203.0.113.7",
        request_id=f"{chance.getrandbits(128):032x}",
        bytes_in=0,
        bytes_out=1000,
    )


def _name_endpoints(owner: psycopg.Connection[Any]) -> None:
    owner.execute("CREATE TEMP TABLE bench_endpoint (n serial, method text, route text, usual int)")
    owner.execute("ALTER SEQUENCE bench_endpoint_n_seq MINVALUE 0 RESTART 0")
    with owner.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO bench_endpoint (method, route, usual) VALUES (%s, %s, %s)",
            [
                (method, route, usual)
                for method, route, weight, usual in _ENDPOINTS
                for _ in range(weight)
            ],
        )
    owner.execute("GRANT SELECT ON bench_endpoint TO emr_staff")


def _add_day(
    owner: psycopg.Connection[Any], day: datetime.datetime, *, first: int, last: int
) -> None:
    after = day + datetime.timedelta(days=1)
    for table in ("dashboard_apicall", "dashboard_minuteusage", "dashboard_hourusage"):
        owner.execute(
            f"CREATE TABLE {table}_{day:%Y%m%d} PARTITION OF {table}"
            f" FOR VALUES FROM ('{day.isoformat()}') TO ('{after.isoformat()}')"
        )
    facts = {
        "day": day,
        "first": first,
        "last": last,
        "practices": PRACTICES,
        "partners": PARTNERS,
        "weights": sum(weight for *_, weight, _ in _ENDPOINTS),
    }
    with owner.transaction():
        owner.execute("SET LOCAL ROLE emr_staff")
        owner.execute(_CALLS, facts)


def _sum_up(owner: psycopg.Connection[Any], day: datetime.datetime, spans: list[str]) -> None:
    buckets = ", ".join(
        f"count(*) FILTER (WHERE bucket = {number})" for number in range(latency.BUCKETS)
    )
    with owner.transaction():
        owner.execute("SET LOCAL ROLE emr_staff")
        for span in spans:
            owner.execute(
                _USAGE.format(span=span, buckets=buckets), [day, day + datetime.timedelta(days=1)]
            )
