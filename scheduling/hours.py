"""Wall clock and weekly hours, told in instants.

Instants are whole seconds since the epoch; a span is a half-open pair of them. A wall time that a
clock change skips does not exist (`SkippedTime`); one that occurs twice is its first occurrence.
Hours that begin or end in a skipped hour do so at the change itself.
"""

import datetime
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from scheduling.spans import Span

MINUTE, DAY = 60, 86_400
_EPOCH = datetime.date(1970, 1, 1).toordinal()
_LAST = datetime.date.max.toordinal()


class SkippedTime(ValueError):
    """The clock of the practice never shows this time: it was set forward over it."""


class WeeklySpan(NamedTuple):
    """Working hours on a weekday (0 = Monday), in seconds after midnight.

    `closes` is beyond `DAY` when they end on the next day. The dates are inclusive; None: always.
    """

    weekday: int
    opens: int
    closes: int
    valid_from: datetime.date | None = None
    valid_until: datetime.date | None = None

    @classmethod
    def between(
        cls,
        weekday: int,
        opens: datetime.time,
        closes: datetime.time,
        valid_from: datetime.date | None = None,
        valid_until: datetime.date | None = None,
    ) -> "WeeklySpan":
        """As people write it: hours that close no later than they open end on the next day."""
        start, end = _seconds(opens), _seconds(closes)
        return cls(weekday, start, end if end > start else end + DAY, valid_from, valid_until)

    def holds_on(self, date: datetime.date) -> bool:
        """Whether the hours are valid on that date."""
        return (self.valid_from or date) <= date <= (self.valid_until or date)


def to_instant(zone: ZoneInfo, date: datetime.date, time: datetime.time) -> int:
    """The instant at which the clock first shows this; raises SkippedTime if it never does."""
    wall = _midnight(date.toordinal()) + _seconds(time)
    for start, end, offset in _stretches(zone, date.toordinal()):
        if start <= wall < end:
            return wall - offset
    raise SkippedTime(f"On {date} the clock of {zone.key} skips {time}.")


def to_wall(zone: ZoneInfo, instant: int) -> datetime.datetime:
    """What the clock shows at an instant, as a datetime with its zone."""
    return datetime.datetime.fromtimestamp(instant, zone)


def spoken(zone: ZoneInfo, start: datetime.datetime, end: datetime.datetime) -> str:
    """Two moments as people read them by the clock: `Mon 2026-03-09 10:00–10:30`."""
    begins, ends = start.astimezone(zone), end.astimezone(zone)
    days = "" if begins.date() == ends.date() else f"{ends:%a %Y-%m-%d} "
    return f"{begins:%a %Y-%m-%d %H:%M}–{days}{ends:%H:%M}"


def day_start(zone: ZoneInfo, date: datetime.date) -> int:
    """The first instant of a local day, at 00:00 or where a clock change has put it."""
    return _at_or_after(zone, date.toordinal(), 0)


def days(zone: ZoneInfo, first: datetime.date, last: datetime.date) -> Span:
    """The span from the beginning of the first to the end of the last local day."""
    return day_start(zone, first), _at_or_after(zone, last.toordinal(), DAY)


def working_spans(zone: ZoneInfo, week: Iterable[WeeklySpan], within: Span) -> list[Span]:
    """The hours that touch `within`, as sorted spans; the same span may come in several pieces."""
    by_weekday: list[list[WeeklySpan]] = [[] for _ in range(7)]
    for span in week:
        by_weekday[span.weekday].append(span)
    # A day early, for hours that began yesterday; a day late, where offsets are far from zero.
    first, last = (_EPOCH + instant // DAY for instant in within)
    spans = []
    for day in range(max(first - 2, 1), min(last + 2, _LAST)):
        for span in by_weekday[(day - 1) % 7]:
            if span[3] is span[4] is None or span.holds_on(datetime.date.fromordinal(day)):
                start = _at_or_after(zone, day, span.opens)
                end = _at_or_after(zone, day, span.closes)
                if start < within[1] and end > within[0] and start < end:
                    spans.append((start, end))
    spans.sort()
    return spans


def grid(zone: ZoneInfo, step: int, within: Span) -> Iterator[int]:
    """Instants in `within` at which the clock shows a multiple of `step` seconds after midnight."""
    day = to_wall(zone, within[0]).toordinal()
    while day <= _LAST and _at_or_after(zone, day, 0) < within[1]:
        for start, end, offset in _stretches(zone, day):
            first = max(start, within[0] + offset)
            first += (_midnight(day) - first) % step
            yield from range(first - offset, min(end - offset, within[1]), step)
        day += 1


def _seconds(time: datetime.time) -> int:
    return time.hour * 3600 + time.minute * MINUTE + time.second


def _midnight(day: int) -> int:
    """Wall clocks are counted like instants, as if the zone were UTC."""
    return (day - _EPOCH) * DAY


def _at_or_after(zone: ZoneInfo, day: int, seconds: int) -> int:
    """The first occurrence of a wall time, or the change of the clock that skips it."""
    while True:
        more, seconds = divmod(seconds, DAY)
        day += more
        if day > _LAST:
            return _midnight(day) + seconds
        wall = _midnight(day) + seconds
        for start, end, offset in _stretches(zone, day):
            if wall < end:
                return max(wall, start) - offset
        seconds = DAY


@lru_cache(maxsize=16_384)
def _stretches(zone: ZoneInfo, day: int) -> tuple[tuple[int, int, int], ...]:
    """The wall times of a local day that exist, as (start, end, offset from UTC).

    There is one stretch on most days, two around a clock change, and none on a day that a zone
    skipped. No zone is known to change twice within a day.
    """
    start, end = _midnight(day), _midnight(day + 1)
    at_start, at_end = _offsets(zone, day), _offsets(zone, min(day + 1, _LAST))
    if len(at_start | at_end) == 1:
        return ((start, end, at_start.pop()),)
    change, before, after = _change(zone, start - max(at_start), end - min(at_end))
    until, again = change + before, change + max(before, after)
    both = (start, min(until, end), before), (max(again, start), end, after)
    return tuple(stretch for stretch in both if stretch[0] < stretch[1])


def _offsets(zone: ZoneInfo, day: int) -> set[int]:
    """Both readings of midnight: they differ when it is skipped or occurs twice."""
    midnight = datetime.datetime.fromordinal(day).replace(tzinfo=zone)
    return {_offset(midnight), _offset(midnight.replace(fold=1))}


def _offset(moment: datetime.datetime) -> int:
    offset = moment.utcoffset()
    return 0 if offset is None else round(offset.total_seconds())


def _change(zone: ZoneInfo, low: int, high: int) -> tuple[int, int, int]:
    """The instant in (low, high] at which the offset changes, and the offsets around it."""
    before, after = _offset(to_wall(zone, low)), _offset(to_wall(zone, high))
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(to_wall(zone, middle)) == before:
            low = middle
        else:
            high = middle
    return high, before, after
