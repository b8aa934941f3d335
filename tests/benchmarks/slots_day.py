"""The slots of a day, and of 20 providers on 31 days in one call, beside reading those visits.

The baseline only reads: one query by `values_list`. It runs as the staff role, since under the
serving role's policy such a query may not use the index on time.
"""

import datetime
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from tests.benchmarks import calendars, stage

PROVIDERS, DAYS, MINUTES = range(1, 21), 31, 15
ROUNDS = {1: 41, 20: 9}
AT_MOST = 2


def main() -> int:
    """Prints two lines; 1 if one is short."""
    return calendars.run_in(
        "bench_slots_day", "tests.benchmarks.slots_day", dict.fromkeys(PROVIDERS), DAYS + 1
    )


def measure() -> int:
    """In a process of its own: print both lines."""
    import django

    django.setup()
    today = calendars.NOW.date()
    tomorrow, last = today + datetime.timedelta(days=1), today + datetime.timedelta(days=DAYS)
    one = _compare("slots_day one provider", [7], tomorrow, tomorrow)
    many = _compare(f"slots_day {len(PROVIDERS)} x {DAYS}", [*PROVIDERS], tomorrow, last)
    return 0 if one and many else 1


def _compare(
    name: str, providers: Sequence[int], first: datetime.date, last: datetime.date
) -> bool:
    from partners.tenancy import STAFF, acting_as, within_practice

    def as_staff() -> float:
        with acting_as(STAFF):
            return timed(lambda: _visits(providers, first, last))

    with within_practice(calendars.PRACTICE):
        found = _slots(providers, first, last)
        days = (last - first).days + 1
        if {len(starts) for starts in found.values()} != {4 * days}:
            raise RuntimeError("every day has four breaks of 15 minutes")
        ours, baseline = stage.in_turn(
            ROUNDS[len(providers)], lambda: timed(lambda: _slots(providers, first, last)), as_staff
        )
    return stage.report(
        name,
        ours=ours,
        baseline=baseline,
        ratio=baseline / ours,
        target=1 / AT_MOST,
        unit="ms",
    )


def _slots(
    providers: Sequence[int], first: datetime.date, last: datetime.date
) -> dict[int, list[datetime.datetime]]:
    from scheduling.calendars import Asked, find_slots
    from scheduling.hours import to_wall

    asked = Asked(
        practice_id=calendars.PRACTICE, zone=calendars.ZONE, now=calendars.NOW, minutes=MINUTES
    )
    found = find_slots(asked, provider_ids=providers, first=first, last=last)
    return {
        provider: [to_wall(calendars.ZONE, start) for start in starts]
        for provider, starts in found.items()
    }


def _visits(providers: Sequence[int], first: datetime.date, last: datetime.date) -> list[Any]:
    from django.db.models import BigIntegerField, Value
    from django.db.models.functions import Cast

    from scheduling.models import Visit

    start, end = (
        datetime.datetime.combine(date, datetime.time(), calendars.ZONE)
        for date in (first, last + datetime.timedelta(days=1))
    )
    # A number written into SQL is an integer, for which the index of bigints is of no use.
    ids = [Cast(Value(number), BigIntegerField()) for number in (calendars.PRACTICE, *providers)]
    visits = Visit.objects.filter(practice_id=ids[0], provider_busy__overlap=(start, end))
    visits = (
        visits.filter(provider_id=ids[1])
        if len(providers) == 1
        else visits.filter(provider_id__in=providers)
    )
    rows = visits.filter(is_overbooked=False).exclude(status=Visit.Status.CANCELLED)
    found = list(
        rows.values_list("provider_id", "provider_busy__startswith", "provider_busy__endswith")
    )
    if len(found) != len(providers) * calendars.PER_DAY * ((last - first).days + 1):
        raise RuntimeError("these are not the visits that were loaded")
    return found


def timed(work: Callable[[], Any]) -> float:
    """The time of a call, in milliseconds."""
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    sys.exit(measure())
