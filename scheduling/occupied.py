"""What visits and holds take of providers' and rooms' time: read once, for whoever asks.

Availability and booking read by the same function in the database, so that they cannot disagree.
Whoever is about to write gives `lock_keys` and waits first, in the same round trip, for others who
have those locks; what is read then is what they have left.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db import connection

from scheduling.availability import Calendar, Need
from scheduling.spans import BEGINNING, END, Span, complement

_ROWS = (
    "%s, %s::bigint[], %s::bigint[], to_timestamp(%s), to_timestamp(%s),"
    " make_interval(secs => %s), %s, %s, %s)"
)
_LOOK = f"SELECT * FROM scheduling_occupied({_ROWS}"  # noqa: S608 - made of constants
_WAIT_AND_LOOK = f"SELECT * FROM scheduling_wait_and_look(%s::bigint[], {_ROWS}"  # noqa: S608


@dataclass(frozen=True, slots=True, kw_only=True)
class Owners:
    """Whose time is looked at. The rows `but_visit` and `but_hold` count as not there."""

    practice_id: int
    provider_ids: Sequence[int]
    room_ids: Sequence[int]
    but_visit: int | None = None
    but_hold: int | None = None


@dataclass(frozen=True, slots=True)
class Occupied:
    """Busy spans by the id of the provider or the room, those of visits and those of holds."""

    visits: defaultdict[int, list[Span]]
    holds: defaultdict[int, list[Span]]
    rooms: defaultdict[int, list[Span]]
    held_rooms: defaultdict[int, list[Span]]

    def fill(self, calendar: Calendar, provider_id: int) -> Calendar:
        """A provider's calendar with what takes it."""
        return replace(calendar, visits=self.visits[provider_id], holds=self.holds[provider_id])

    def of_rooms(self, room_ids: Iterable[int]) -> list[tuple[int, list[Span]]]:
        """What takes each room, sorted, as `availability.Need` wants it."""
        return [(room, sorted(self.rooms[room] + self.held_rooms[room])) for room in room_ids]


def load(
    owners: Owners,
    *,
    need: Need,
    starts: Span,
    now: datetime.datetime,
    lock_keys: Sequence[int] = (),
) -> Occupied:
    """All that may stand against a visit of the need's shape that begins in the span `starts`.

    Gaps between visits that are too short for the need are as good as taken.
    """
    values = [
        owners.practice_id,
        list(owners.provider_ids),
        list(owners.room_ids),
        *need.around(starts),
        need.before + need.provider_length + need.after,
        now,
        owners.but_visit,
        owners.but_hold,
    ]
    taken: defaultdict[str, defaultdict[int, list[Span]]] = defaultdict(lambda: defaultdict(list))
    with connection.cursor() as cursor:
        if lock_keys:
            cursor.execute(_WAIT_AND_LOOK, [list(lock_keys), *values])
        else:
            cursor.execute(_LOOK, values)
        for what, owner, start, end in cursor.fetchall():
            taken[what][owner].append((start, end))
    for provider, gaps in taken["gap"].items():
        free = sorted(
            (BEGINNING if start is None else start, END if end is None else end)
            for start, end in gaps
        )
        taken["visit"][provider] += complement(free, (BEGINNING, END))
    return Occupied(taken["visit"], taken["hold"], taken["room"], taken["heldRoom"])
