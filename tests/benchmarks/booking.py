"""Booking by 16 clients at once: one provider, 200 providers, one hour that everybody wants.

Baseline: the usual way, on the same tables through the same role, keeping the same promises (see
`row_lock`): lock the provider's row, look, write. Who loses is offered the next five free starts,
by the same code on either side, and once no lock is held. In the hot hour all ask for one
provider's four quarters of the same hour of a day, hour after hour, so that most attempts are lost.
"""

import datetime
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from tests.benchmarks import stage

PRACTICE, CLIENTS, PROCESSES, ROUNDS, SECONDS = 1, 16, 4, 5, 2.0
PROVIDERS, ROOMS = range(1, 201), range(1, 5)
ZONE = ZoneInfo("America/New_York")
NOW = datetime.datetime(2026, 11, 23, 7, 30, tzinfo=ZONE)
FIRST = NOW.date() + datetime.timedelta(days=1)
AT_LEAST, TAIL = 2.0, 20.0
SIDES = ("ours", "baseline")

Attempt = tuple[int, datetime.date, datetime.time]


def main() -> int:
    """Fill a database, then measure with processes that are set up as the server is."""
    url = stage.make_database("bench_booking")
    with psycopg.connect(url, autocommit=True) as owner:
        _fill(owner)
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "DATABASE_ROLE": "emr_web",
        "DJANGO_SETTINGS_MODULE": "emrapi.settings",
    }
    results: dict[tuple[str, str], list[tuple[float, float, float]]] = {}
    deadlocks = dict.fromkeys(SIDES, 0)
    # Four processes of four clients each: one process would measure Python's lock.
    processes = [_start(environment, part) for part in range(PROCESSES)]
    try:
        for number in range(ROUNDS):
            for scene in SCENES:
                for side in SIDES:
                    measured, circles = _together(processes, scene, side, number)
                    results.setdefault((scene, side), []).append(measured)
                    deadlocks[side] += circles
    finally:
        for process in processes:
            process.communicate()
    is_reached = [
        _report(scene, results[scene, "ours"], results[scene, "baseline"]) for scene in SCENES
    ]
    found = deadlocks["ours"]
    print(
        f"{'booking deadlocks':<34} {found:>10}       {deadlocks['baseline']:>10}"
        f"   target 0   {'SHORT' if found else 'ok'}"
    )
    return 0 if all(is_reached) and not found else 1


def _report(
    name: str, ours: list[tuple[float, float, float]], baseline: list[tuple[float, float, float]]
) -> bool:
    rate, usual = (sorted(row[0] for row in side)[ROUNDS // 2] for side in (ours, baseline))
    is_fast = stage.report(
        f"booking {name}",
        ours=rate,
        baseline=usual,
        ratio=rate / usual,
        target=AT_LEAST,
        unit="1/s",
    )
    if name != "hot hour":
        return is_fast
    tail = sorted(row[2] / row[1] for row in ours)[ROUNDS // 2]
    is_short = tail > TAIL
    print(
        f"{'booking hot hour p99 / p50':<34} {tail:>10.2f}"
        f"   target <= {TAIL:g}   {'SHORT' if is_short else 'ok'}"
    )
    return is_fast and not is_short


def _start(environment: dict[str, str], part: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.booking", str(part)],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _together(
    processes: "list[subprocess.Popen[str]]", scene: str, side: str, number: int
) -> tuple[tuple[float, float, float], int]:
    """Of all clients: attempts a second, their median and 99th percentile in ms; and deadlocks."""
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(f"{side} {number} {scene}\n")
        process.stdin.flush()
    took: list[float] = []
    circles = 0
    for process in processes:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line.startswith("took"):
            raise RuntimeError(f"a client of {side} failed")
        first, *others = line.split()[1:]
        circles += int(first)
        took += [float(each) for each in others]
    took.sort()
    median, tail = (1000 * took[len(took) * percent // 100] for percent in (50, 99))
    return (len(took) / SECONDS, median, tail), circles


def client(part: int) -> int:
    """One process of four clients: told what to do, it tells how long each attempt took."""
    import django

    django.setup()
    threads = CLIENTS // PROCESSES
    with ThreadPoolExecutor(threads) as pool:
        for line in sys.stdin:
            side, number, scene = line.strip().split(" ", 2)
            run = int(number) * 2 + (side == "ours")
            seeds = [run * CLIENTS + part * threads + thread for thread in range(threads)]
            act = _ours if side == "ours" else _row_lock
            parts = [*pool.map(lambda seed: _try(act, SCENES[scene](seed, run)), seeds)]  # noqa: B023
            circles = sum(found for _, found in parts)
            print("took", circles, *(each for took, _ in parts for each in took), flush=True)
    return 0


def _try(act: Callable[..., bool], wanted: Iterator[Attempt]) -> tuple[list[float], int]:
    """How long each attempt took, and how many PostgreSQL ended because of a deadlock."""
    # The first attempt opens the connection and imports what is imported late.
    circles = _ends_in_a_circle(act, next(wanted))
    took = []
    end = time.perf_counter() + SECONDS
    while (start := time.perf_counter()) < end:
        circles += _ends_in_a_circle(act, next(wanted))
        took.append(time.perf_counter() - start)
    return took, circles


def _ends_in_a_circle(act: Callable[..., bool], attempt: Attempt) -> bool:
    from django.db import OperationalError

    try:
        act(*attempt)
    except OperationalError as error:
        if not isinstance(error.__cause__, psycopg.errors.DeadlockDetected):
            raise
        return True
    return False


def _one_provider(seed: int, _: int) -> Iterator[Attempt]:
    return _anywhere(seed, [1])


def _many_providers(seed: int, _: int) -> Iterator[Attempt]:
    return _anywhere(seed, PROVIDERS)


def _anywhere(seed: int, providers: Any) -> Iterator[Attempt]:
    order = random.Random(seed)
    while True:
        date = FIRST + datetime.timedelta(days=order.randrange(600))
        yield order.choice(providers), date, datetime.time(order.randrange(9, 17), 0)


def _hot_hour(_: int, run: int) -> Iterator[Attempt]:
    """Everybody goes through the same hours; each run has a provider of its own."""
    for hour in range(10**6):
        date = FIRST + datetime.timedelta(days=hour // 8 % 700)
        for minute in (0, 15, 30, 45):
            yield 100 + run, date, datetime.time(9 + hour % 8, minute)


SCENES: dict[str, Callable[[int, int], Iterator[Attempt]]] = {
    "one provider": _one_provider,
    "200 providers": _many_providers,
    "hot hour": _hot_hour,
}


def _ours(provider: int, date: datetime.date, at: datetime.time) -> bool:
    from partners.tenancy import within_practice
    from scheduling import booking
    from scheduling.refusals import SlotTaken

    try:
        with within_practice(PRACTICE):
            booking.book(
                practice_id=PRACTICE,
                person_id=1,
                provider_id=provider,
                visit_type="Bench",
                date=date,
                time=at,
                duration_minutes=15,
                now=NOW,
                time_zone=ZONE.key,
            )
    except SlotTaken:
        return False
    return True


def _row_lock(provider: int, date: datetime.date, at: datetime.time) -> bool:
    from tests.benchmarks import row_lock

    start = datetime.datetime.combine(date, at, ZONE)
    return row_lock.book(practice_id=PRACTICE, provider_id=provider, start=start, now=NOW)


def _fill(owner: psycopg.Connection[Any]) -> None:
    """A type that 200 providers give, every day from nine to five, in one of enough rooms."""
    stage.add_practices(owner, 1, zone=ZONE.key)
    owner.execute("SET ROLE emr_staff")
    for statement in _ROWS.split(";"):
        owner.execute(
            statement,
            {"practice": PRACTICE, "providers": list(PROVIDERS), "rooms": list(ROOMS)},
        )
    owner.execute("RESET ROLE")
    # The baseline locks rows; the product's serving role needs no such right.
    owner.execute("GRANT UPDATE ON scheduling_provider TO emr_web")
    owner.execute("VACUUM ANALYZE")


_ROWS = """
INSERT INTO prospects_person (id, practice_id, full_name) VALUES (1, %(practice)s, 'Bench');

INSERT INTO scheduling_provider (id, practice_id, name, title, specialty, is_active)
SELECT n, %(practice)s, 'Provider ' || n, '', '', true FROM unnest(%(providers)s::bigint[]) AS n;

INSERT INTO scheduling_weeklyhours (practice_id, provider_id, weekday, opens, closes)
SELECT %(practice)s, n, weekday, '09:00', '17:00'
FROM unnest(%(providers)s::bigint[]) AS n, generate_series(0, 6) AS weekday;

INSERT INTO scheduling_visittype (id, practice_id, name, is_active, default_duration_minutes,
    buffer_before_minutes, buffer_after_minutes) VALUES (1, %(practice)s, 'Bench', true, 15, 0, 0);

INSERT INTO scheduling_visittypeprovider (practice_id, visit_type_id, provider_id)
SELECT %(practice)s, 1, n FROM unnest(%(providers)s::bigint[]) AS n;

INSERT INTO scheduling_resource (id, practice_id, name, kind, is_active)
SELECT n, %(practice)s, 'Room ' || n, 'room', true FROM unnest(%(rooms)s::bigint[]) AS n;

INSERT INTO scheduling_visittyperesource (practice_id, visit_type_id, resource_id, position)
SELECT %(practice)s, 1, n, n FROM unnest(%(rooms)s::bigint[]) AS n
"""


if __name__ == "__main__":
    sys.exit(client(int(sys.argv[1])))
