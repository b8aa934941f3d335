"""Bookings for the same provider or room on the same day wait for each other, never in a circle."""

import hashlib
from collections.abc import Iterable, Iterator

from scheduling.hours import DAY
from scheduling.spans import Span


def keys(
    *,
    practice_id: int,
    provider_id: int,
    busy: Span,
    room_ids: Iterable[int],
    visit: Span,
    holder: int | None = None,
) -> list[int]:
    """The advisory locks of a booking: of its provider and of every room it may get, by UTC day.

    With `holder`, an API key, also the one under which that key's holds are counted.

    Two visits that overlap have a UTC day in common, so one of the two waits and then sees the
    other. They are to be taken in one statement and in the order they come in here: nobody who has
    one then waits for one that comes before it. They are held until the transaction ends, or the
    savepoint in which they were taken is rolled back.
    """
    wanted = [f"provider {provider_id} {day}" for day in _days(busy)]
    wanted += [f"room {room_id} {day}" for room_id in room_ids for day in _days(visit)]
    if holder is not None:
        wanted.append(f"holds of {holder}")
    return sorted({_key(f"visits {practice_id} {name}") for name in wanted})


def _days(span: Span) -> Iterator[int]:
    yield from range(span[0] // DAY, (span[1] - 1) // DAY + 1)


def _key(name: str) -> int:
    digest = hashlib.blake2b(name.encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
