"""Made-up calendars: twenty visits a day that fill 91 % of it and leave no half hour free."""

import datetime
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from tests.benchmarks import stage

PRACTICE = 1
ZONE = ZoneInfo("America/New_York")
NOW = datetime.datetime(2026, 11, 23, 7, 30, tzinfo=ZONE)
TODAY = NOW.date()
PER_DAY = 20


def run_in(name: str, module: str, providers: Mapping[int, int | None], days: int) -> int:
    """Fill a database, then run the module in a process that is set up as the server is.

    `providers` are ids with the day, counted from today, on which they are free; None: never.
    """
    url = stage.make_database(name)
    with psycopg.connect(url, autocommit=True) as owner:
        stage.add_practices(owner, 1, zone=ZONE.key)
        load(owner, providers, days)
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "DATABASE_ROLE": "emr_web",
        "DJANGO_SETTINGS_MODULE": "emrapi.settings",
    }
    command = [sys.executable, "-m", module]
    return subprocess.run(command, env=environment, check=False).returncode


def load(
    owner: psycopg.Connection[Any],
    providers: Mapping[int, int | None],
    days: int,
    *,
    first: datetime.date = TODAY,
) -> None:
    """Work from 08:00 to 19:00; a visit each half hour, and a break of 15 minutes after five.

    So many days from the first on. The practice is there.
    """
    constraints = owner.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = 'scheduling_visit'::regclass AND contype = 'x'"
    ).fetchall()
    for name, _ in constraints:
        owner.execute(f"ALTER TABLE scheduling_visit DROP CONSTRAINT {name}")
    owner.execute("ALTER TABLE scheduling_visit DISABLE TRIGGER USER")
    owner.execute("SET ROLE emr_staff")
    values = {
        "practice": PRACTICE,
        "zone": ZONE.key,
        "first": first,
        "days": days,
        "providers": list(providers),
        "free": [-1 if day is None else day for day in providers.values()],
        "per_day": PER_DAY,
    }
    for statement in _ROWS.split(";"):
        owner.execute(statement, values)
    owner.execute("RESET ROLE")
    for name, definition in constraints:
        owner.execute(f"ALTER TABLE scheduling_visit ADD CONSTRAINT {name} {definition}")
    owner.execute("ALTER TABLE scheduling_visit ENABLE TRIGGER USER")
    owner.execute("VACUUM ANALYZE")


_ROWS = """
INSERT INTO scheduling_provider (id, practice_id, name, title, specialty, is_active)
SELECT n, %(practice)s, 'Provider ' || n, '', '', true FROM unnest(%(providers)s::bigint[]) AS n;

INSERT INTO scheduling_weeklyhours (practice_id, provider_id, weekday, opens, closes)
SELECT %(practice)s, n, weekday, '08:00', '19:00'
FROM unnest(%(providers)s::bigint[]) AS n, generate_series(0, 6) AS weekday;

INSERT INTO scheduling_visittype (id, practice_id, name, is_active, default_duration_minutes,
    buffer_before_minutes, buffer_after_minutes)
VALUES (1, %(practice)s, 'Consult', true, 30, 0, 0);

INSERT INTO prospects_person (practice_id, first_name, last_name, full_name)
VALUES (%(practice)s, 'Some', 'Body', 'Some Body');

INSERT INTO scheduling_visit (practice_id, person_id, provider_id, visit_type_id, during,
    provider_during, provider_busy, status, complaint, notes, cancel_reason, is_overbooked,
    created_at, updated_at)
SELECT %(practice)s, person.id, provider, 1, part, part, part, 'booked', '', '', '', false, now(),
    now()
FROM (SELECT max(id) AS id FROM prospects_person WHERE practice_id = %(practice)s) AS person,
    unnest(%(providers)s::bigint[], %(free)s::int[]) AS p (provider, free),
    generate_series(0, %(days)s - 1) AS day, generate_series(0, %(per_day)s - 1) AS n,
    LATERAL (SELECT (%(first)s::date + day + time '08:00'
        + (n * 30 + n / 5 * 15) * interval '1 minute') AT TIME ZONE %(zone)s) AS s (start),
    LATERAL (SELECT tstzrange(start, start + interval '30 minutes')) AS r (part)
WHERE day <> free
ORDER BY day, n, provider
"""
