"""Is this time free, which are, which is the next: answers about a practice's calendars.

The rows are read by two functions in the database, the second (`occupied`) once for each window of
time, and handed to `availability`. To be called within a transaction of the practice (a request, or
`tenancy.within_practice`).

    asked = Asked(practice_id=…, zone=ZoneInfo(…), now=…, minutes=30, visit_type_id=None)
    examine(asked, provider_id=1, start=to_instant(zone, date, time))   # reasons and free rooms
    find_slots(asked, provider_ids=[1, 2], first=date, last=date)       # {1: [instant, …], 2: …}
    find_next(asked, provider_id=1, days=365)                           # instant or None
    find_several(asked, provider_id=1, days=30, count=5)                # up to five instants
"""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from math import ceil
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from scheduling import availability, frames, occupied
from scheduling.availability import Bounds, Calendar, Need
from scheduling.hours import DAY, MINUTE, days, to_wall
from scheduling.occupied import Owners
from scheduling.spans import Span

# Days of the windows in which the next slot is looked for, one after the other.
_WINDOWS = (16, 128, 1024)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is looked for: a visit of so many minutes, of which the provider attends all or a part.

    With a type, the provider must be allowed to give it, one of its rooms must be free, and its
    buffers are kept. `but_visit` and `but_hold` count as not there: they are about to be replaced.
    """

    practice_id: int
    zone: ZoneInfo
    now: datetime.datetime
    minutes: int
    visit_type_id: int | None = None
    provider_offset_minutes: int = 0
    provider_minutes: int | None = None
    but_visit: int | None = None
    but_hold: int | None = None

    @property
    def second(self) -> int:
        """Now; a second that has begun is past."""
        return ceil(self.now.timestamp())

    def need(self, before: int, after: int) -> Need:
        """The shape of the visit, with the buffers of its type in seconds."""
        minutes = self.minutes if self.provider_minutes is None else self.provider_minutes
        return Need(
            length=self.minutes * MINUTE,
            offset=self.provider_offset_minutes * MINUTE,
            provider_length=minutes * MINUTE,
            before=before,
            after=after,
        )


class Examined(NamedTuple):
    """What stands against a start (see `availability.reasons`), and the rooms free at it."""

    reasons: list[str]
    rooms: list[int]


def examine(asked: Asked, *, provider_id: int, start: int) -> Examined:
    """Whether a visit can start at an instant, on the grid or not."""
    frame = _Frame(asked, [provider_id], (start, start + 1))
    calendar, need = frame.load((start, start + 1))[provider_id]
    reasons = availability.reasons(calendar, need, frame.bounds, start)
    return Examined(reasons, availability.free_rooms(need, start))


def find_slots(
    asked: Asked, *, provider_ids: Sequence[int], first: datetime.date, last: datetime.date
) -> dict[int, list[int]]:
    """The open starts on the grid of each provider, on the local days from first to last."""
    within = days(asked.zone, first, last)
    frame = _Frame(asked, provider_ids, within)
    return {
        provider: list(availability.slots(calendar, need, frame.bounds, within))
        for provider, (calendar, need) in frame.load(within).items()
    }


def find_next(asked: Asked, *, provider_id: int, days: int) -> int | None:
    """The first slot in that many local days, of which today is the first."""
    return next(_following(asked, provider_id, days), None)


def find_several(asked: Asked, *, provider_id: int, days: int, count: int) -> list[int]:
    """The first few slots in that many local days."""
    return list(islice(_following(asked, provider_id, days), count))


def _following(asked: Asked, provider_id: int, number_of_days: int) -> Iterator[int]:
    today = to_wall(asked.zone, asked.second).date()
    last = today + datetime.timedelta(days=number_of_days - 1)
    start, end = asked.second, days(asked.zone, last, last)[1]
    frame = _Frame(asked, [provider_id], (start, end))
    start, end = max(start, frame.bounds.earliest), min(end, frame.bounds.end)
    for length in _WINDOWS:
        if start >= end:
            return
        window = (start, min(start + length * DAY, end))
        calendar, need = frame.load(window)[provider_id]
        yield from availability.slots(calendar, need, frame.bounds, window)
        start = window[1]


class _Frame:
    """What is read once for a question: see `frames`."""

    def __init__(self, asked: Asked, provider_ids: Sequence[int], starts: Span) -> None:
        self._asked, self._provider_ids = asked, list(provider_ids)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT scheduling_frame(%s, %s::bigint[], %s, to_timestamp(%s), to_timestamp(%s))",
                [
                    asked.practice_id,
                    self._provider_ids,
                    asked.visit_type_id,
                    starts[0],
                    starts[1] + asked.minutes * MINUTE,
                ],
            )
            self._frame = frames.parse(cursor.fetchone()[0])
        self.bounds = Bounds(now=asked.second, zone=asked.zone, rules=self._frame.rules)
        self._need = asked.need(*(minutes * MINUTE for minutes in self._frame.buffers or (0, 0)))

    def load(self, starts: Span) -> dict[int, tuple[Calendar, Need]]:
        """The calendar of each provider, right for visits that start in a span."""
        asked, room_ids = self._asked, self._frame.room_ids
        owners = Owners(
            practice_id=asked.practice_id,
            provider_ids=self._provider_ids,
            room_ids=room_ids or [],
            but_visit=asked.but_visit,
            but_hold=asked.but_hold,
        )
        taken = occupied.load(owners, need=self._need, starts=starts, now=asked.now)
        rooms = None if room_ids is None else taken.of_rooms(room_ids)
        return {
            provider: (
                taken.fill(self._frame.calendar(provider), provider),
                replace(self._need, rooms=rooms, is_allowed=self._may_give(provider)),
            )
            for provider in self._provider_ids
        }

    def _may_give(self, provider_id: int) -> bool:
        """Whether a provider is in use, and so is the type, which is one of the provider's."""
        frame = self._frame
        if provider_id not in frame.active:
            return False
        if self._asked.visit_type_id is None:
            return True
        return frame.buffers is not None and provider_id in frame.allowed
