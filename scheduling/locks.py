"""Bookings for the same provider or room on the same day wait for each other, never in a circle."""

import hashlib
from collections.abc import Iterable, Iterator

from django.db import connection

from scheduling.hours import DAY
from scheduling.spans import Span


def take(
    *, practice_id: int, provider_id: int, busy: Span, room_ids: Iterable[int], visit: Span
) -> None:
    """Wait for all who book this provider or one of these rooms on the same days.

    Held until the transaction ends, or the savepoint in which they were taken is rolled back. Two
    visits that overlap have a UTC day in common, so one of the two waits and then sees the other.
    All locks of a booking are taken here, in one statement and in the same order by everybody:
    nobody who has one waits for one that comes before it.
    """
    wanted = [f"provider {provider_id} {day}" for day in _days(busy)]
    wanted += [f"room {room_id} {day}" for room_id in room_ids for day in _days(visit)]
    keys = sorted({_key(f"visits {practice_id} {name}") for name in wanted})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_advisory_xact_lock(key)) FROM unnest(%s::bigint[]) AS key", [keys]
        )


def _days(span: Span) -> Iterator[int]:
    yield from range(span[0] // DAY, (span[1] - 1) // DAY + 1)


def _key(name: str) -> int:
    digest = hashlib.blake2b(name.encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
