"""The next free half hour in a calendar of a year that is 91 % full, free at day 7, 90, 360, never.

Measured in gets: reading one visit by its primary key through the ORM. And beside the loop that is
usual: ask for the visits of a day, look for a gap among them, go on to the next day.
"""

import datetime
import sys
import time
from collections.abc import Callable
from typing import Any

from tests.benchmarks import calendars, stage

FREE = {1: 7, 2: 90, 3: 360, 4: None}
DAYS, MINUTES = 365, 30
ROUNDS, LOOP_ROUNDS = 25, 5
MOST_GETS, FASTER_THAN_LOOP = 8, 20


def main() -> int:
    """Prints five lines; 1 if one is short."""
    return calendars.run_in("bench_next_slot", "tests.benchmarks.next_slot", FREE, DAYS)


def measure() -> int:
    """In a process of its own: print a line for each calendar."""
    import django

    django.setup()
    from partners.tenancy import within_practice

    with within_practice(calendars.PRACTICE):
        reached = [_in_gets(provider) for provider in FREE] + [_beside_the_loop(3)]
    return 0 if all(reached) else 1


def _in_gets(provider: int) -> bool:
    ours, get = stage.in_turn(ROUNDS, _timed(lambda: _next(provider)), _timed(_get))
    free = FREE[provider]
    return stage.report(
        f"next_slot {'never' if free is None else f'day {free}'}: beside a get",
        ours=ours,
        baseline=get,
        ratio=get / ours,
        target=1 / MOST_GETS,
        unit="ms",
    )


def _beside_the_loop(provider: int) -> bool:
    if _next(provider) != _by_day_loop(provider):
        raise RuntimeError("the two do not find the same slot")
    sides = _timed(lambda: _next(provider)), _timed(lambda: _by_day_loop(provider))
    ours, loop = stage.in_turn(LOOP_ROUNDS, *sides)
    return stage.report(
        f"next_slot day {FREE[provider]}: day loop",
        ours=ours,
        baseline=loop,
        ratio=loop / ours,
        target=FASTER_THAN_LOOP,
        unit="ms",
    )


def _next(provider: int) -> datetime.datetime | None:
    from scheduling.calendars import Asked, find_next
    from scheduling.hours import to_wall

    asked = Asked(
        practice_id=calendars.PRACTICE, zone=calendars.ZONE, now=calendars.NOW, minutes=MINUTES
    )
    found = find_next(asked, provider_id=provider, days=DAYS)
    return None if found is None else to_wall(calendars.ZONE, found)


def _get() -> Any:
    from scheduling.models import Visit

    return Visit.objects.get(pk=5000)


def _by_day_loop(provider: int) -> datetime.datetime | None:
    """Once the hours, then a query a day, without an ORM object among them.

    As the staff role and with numbers cast to bigint, so that it may use the index on time.
    """
    from partners.tenancy import STAFF, acting_as

    with acting_as(STAFF):
        return _day_after_day(provider)


def _day_after_day(provider: int) -> datetime.datetime | None:
    from django.db.models import BigIntegerField, Value
    from django.db.models.functions import Cast

    from scheduling.models import Visit, WeeklyHours

    bigint = BigIntegerField()

    hours: dict[int, list[tuple[datetime.time, datetime.time]]] = {}
    of_provider = WeeklyHours.objects.filter(
        practice_id=calendars.PRACTICE, provider_id=provider
    ).order_by("opens")
    for weekday, opens, closes in of_provider.values_list("weekday", "opens", "closes"):
        hours.setdefault(weekday, []).append((opens, closes))
    length = datetime.timedelta(minutes=MINUTES)
    for number in range(DAYS):
        date = calendars.NOW.date() + datetime.timedelta(days=number)
        midnight = datetime.datetime.combine(date, datetime.time(), calendars.ZONE)
        busy = list(
            Visit.objects.filter(
                practice_id=Cast(Value(calendars.PRACTICE), bigint),
                provider_id=Cast(Value(provider), bigint),
                is_overbooked=False,
                provider_busy__overlap=(midnight, midnight + datetime.timedelta(days=1)),
            )
            .exclude(status=Visit.Status.CANCELLED)
            .order_by("provider_busy")
            .values_list("provider_busy__startswith", "provider_busy__endswith")
        )
        for opens, closes in hours.get(date.weekday(), []):
            free = datetime.datetime.combine(date, opens, calendars.ZONE)
            free = max(free, calendars.NOW)
            end = datetime.datetime.combine(date, closes, calendars.ZONE)
            for starts, ends in [*busy, (end, end)]:
                if starts - free >= length:
                    return free
                free = max(free, ends)
    return None


def _timed(work: Callable[[], Any]) -> Callable[[], float]:
    """The time of a call, in milliseconds."""

    def run() -> float:
        started = time.perf_counter()
        work()
        return (time.perf_counter() - started) * 1000

    return run


if __name__ == "__main__":
    sys.exit(measure())
