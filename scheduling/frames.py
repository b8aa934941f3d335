"""What frames days: rules, hours, closures, time off, and a type of visit with its rooms.

Availability and booking read it by the same function in the database (`scheduling_frame`), so that
they cannot disagree. What visits and holds then take of it is read by `occupied`.
"""

import datetime
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import orjson

from scheduling.availability import Calendar, Rules
from scheduling.hours import WeeklySpan
from scheduling.spans import Span


@dataclass(frozen=True, slots=True)
class Frame:
    """What the function told of several providers at once, and of a period.

    `active` and `allowed` are those of them that are in use, and that may give the type. `buffers`
    are the type's, before and after in minutes; None: it is not in use. `room_ids` are those in use
    in the order of the type; None: it needs no room.
    """

    rules: Rules
    active: set[int]
    allowed: set[int]
    buffers: tuple[int, int] | None
    room_ids: list[int] | None
    closures: list[Span]
    weeks: defaultdict[int, list[WeeklySpan]]
    time_off: defaultdict[int, list[Span]]

    def calendar(self, provider_id: int) -> Calendar:
        """A provider's calendar without anybody's visits."""
        return Calendar(
            week=self.weeks[provider_id],
            closures=self.closures,
            time_off=self.time_off[provider_id],
        )


def parse(told: str) -> Frame:
    """The frame, of what the function returned."""
    read = orjson.loads(told)
    rooms, buffers = read["rooms"], read["buffers"]
    return Frame(
        rules=Rules(*read["rules"]) if read["rules"] else Rules(),
        active=set(read["active"] or ()),
        allowed=set(read["allowed"] or ()),
        buffers=tuple(buffers) if buffers else None,
        room_ids=None if rooms is None else [room for room, is_active in rooms if is_active],
        closures=sorted(map(tuple, read["closures"] or ())),
        weeks=_weeks(read["hours"]),
        time_off=_spans(read["time_off"]),
    )


def _weeks(rows: list[list[Any]] | None) -> defaultdict[int, list[WeeklySpan]]:
    weeks = defaultdict(list)
    for provider, weekday, opens, closes, *validity in rows or ():
        valid_from, valid_until = (
            datetime.date.fromisoformat(date) if date else None for date in validity
        )
        start, end = (datetime.time.fromisoformat(time) for time in (opens, closes))
        weeks[provider].append(WeeklySpan.between(weekday, start, end, valid_from, valid_until))
    return weeks


def _spans(rows: list[list[Any]] | None) -> defaultdict[int, list[Span]]:
    spans = defaultdict(list)
    for owner, (start, end) in sorted(rows or ()):
        spans[owner].append((start, end))
    return spans
