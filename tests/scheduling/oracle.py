"""Availability by asking every minute: slow, plain, and written unlike the engine.

Time is a table of minutes, each with what the local clock shows; whatever is true of a span is
asked of each of its minutes. Nothing here knows an offset, sorts a span or does arithmetic on one.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from zoneinfo import ZoneInfo

MINUTE, DAY = datetime.timedelta(minutes=1), datetime.timedelta(days=1)

Minutes = frozenset[datetime.datetime]


class Timeline:
    """The minutes around a date, in their order, with the wall clock of a zone."""

    def __init__(self, zone: str, middle: datetime.date) -> None:
        midnight = datetime.datetime.combine(middle, datetime.time(), datetime.UTC)
        count = int(10 * DAY / MINUTE)
        self.minutes = [midnight - 4 * DAY + n * MINUTE for n in range(count)]
        key = ZoneInfo(zone)
        self.walls = [minute.astimezone(key).replace(tzinfo=None) for minute in self.minutes]
        self.wall_at = dict(zip(self.minutes, self.walls, strict=True))
        self.shown_at: dict[datetime.datetime, datetime.datetime] = {}
        for minute, wall in self.wall_at.items():
            self.shown_at.setdefault(wall, minute)

    def reached(self, wall: datetime.datetime) -> datetime.datetime:
        """The first minute at which the clock has come to a time, or jumped over it."""
        if wall in self.shown_at:
            return self.shown_at[wall]
        pairs = zip(self.minutes, self.walls, strict=True)
        return next(minute for minute, shown in pairs if shown >= wall)

    def between(self, start: datetime.datetime, end: datetime.datetime) -> Minutes:
        """The minutes from one to the other, without the other."""
        return frozenset(_minutes(start, end))


@lru_cache(maxsize=64)
def timeline(zone: str, middle: datetime.date) -> Timeline:
    """Made once for all tests."""
    return Timeline(zone, middle)


def _minutes(start: datetime.datetime, end: datetime.datetime) -> Iterator[datetime.datetime]:
    while start < end:
        yield start
        start += MINUTE


@dataclass
class Oracle:
    """One provider's calendar. Whatever takes time up is a set of minutes."""

    line: Timeline
    hours: list[
        tuple[int, datetime.time, datetime.time, datetime.date | None, datetime.date | None]
    ]
    first: datetime.date
    last: datetime.date
    now: datetime.datetime
    off: Minutes = frozenset()
    busy: Minutes = frozenset()
    rooms: list[Minutes] | None = None
    is_allowed: bool = True
    grid: int = 15
    notice: int = 0
    horizon: int = 730
    working: set[datetime.datetime] = field(default_factory=set)

    def __post_init__(self) -> None:
        date = self.first - DAY
        while date <= self.last + DAY:
            for weekday, opens, closes, valid_from, valid_until in self.hours:
                is_valid = (not valid_from or valid_from <= date) and (
                    not valid_until or date <= valid_until
                )
                if date.weekday() == weekday and is_valid:
                    ends_on = date if closes > opens else date + DAY
                    self.working |= self.line.between(
                        self.line.reached(datetime.datetime.combine(date, opens)),
                        self.line.reached(datetime.datetime.combine(ends_on, closes)),
                    )
            date += DAY

    def check(
        self,
        start: datetime.datetime,
        *,
        length: int,
        offset: int,
        part: int,
        around: tuple[int, int],
    ) -> bool:
        """Whether a visit of `length` minutes can start there; see `Need` for the rest."""
        begins = start + offset * MINUTE
        ends = begins + part * MINUTE
        today = self.now.astimezone(datetime.UTC).replace(second=0)
        last_day = self.line.wall_at[today].date() + self.horizon * DAY
        return (
            self.is_allowed
            and start >= self.now + self.notice * MINUTE
            and self.line.wall_at[start].date() <= last_day
            and all(m in self.working and m not in self.off for m in _minutes(begins, ends))
            and not any(
                minute in self.busy
                for minute in _minutes(begins - around[0] * MINUTE, ends + around[1] * MINUTE)
            )
            and (self.rooms is None or self._has_room(start, start + length * MINUTE))
        )

    def slots(self, date: datetime.date, **visit: object) -> list[datetime.datetime]:
        """Every grid time of the date that the clock shows, at its first showing, if it is free."""
        found = []
        wall = datetime.datetime.combine(date, datetime.time())
        while wall.date() == date:
            shown = self.line.shown_at.get(wall)
            if shown is not None and self.check(shown, **visit):  # type: ignore[arg-type]
                found.append(shown)
            wall += self.grid * MINUTE
        return found

    def _has_room(self, start: datetime.datetime, end: datetime.datetime) -> bool:
        return any(
            not any(minute in taken for minute in _minutes(start, end))
            for taken in self.rooms or ()
        )
