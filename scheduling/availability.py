"""When a provider can be booked: arithmetic over spans of time, without a database or a clock.

Everything is said of *starts*, the instants at which a visit may begin. Whatever stands against a
visit (the past, the hours, time off, other visits, rooms) forbids a span of starts; what no
obstacle forbids is open. Check, slots, next slot, search and booking ask this one question, so they
cannot disagree:

    calendar = Calendar(week=(WeeklySpan.between(0, nine, five), …),
                        closures=…, time_off=…, visits=…, holds=…)       # see calendars.load
    need = Need.of_minutes(30, before=5, after=10, rooms=((101, busy), (102, busy)))
    when = Bounds(now=now, zone=zone, rules=Rules(grid_minutes=15, …))

    openings(calendar, need, when, within)         # spans of starts that are open
    reasons(calendar, need, when, start)           # [] if it can be booked, else ["visit", "room"]
    slots(calendar, need, when, days(zone, a, b))  # starts on the grid, lazily: next() is the first
    free_rooms(need, start)                        # ids of rooms, in the order of the type

A visit of which the provider attends a part only: Need(length=3600, offset=900,
provider_length=1800). The start is always that of the visit. Lengths and instants are seconds; a
span is half-open; the spans of a calendar and of a room are sorted by their start. A calendar is
right for the window that it was loaded for: ask for no start outside of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from scheduling.hours import MINUTE, WeeklySpan, day_start, grid, to_wall, working_spans
from scheduling.spans import BEGINNING, END, Span, Spans, common, complement, overlap, union


class Rules(NamedTuple):
    """How a practice lets itself be booked."""

    grid_minutes: int = 15
    minimum_notice_minutes: int = 0
    horizon_days: int = 730


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """What takes up a provider's time. `visits` and `holds` are widened by their own buffers."""

    week: Sequence[WeeklySpan] = ()
    closures: Spans = ()
    time_off: Spans = ()
    visits: Spans = ()
    holds: Spans = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """The shape of a visit. The provider attends `provider_length` from `offset` after its start.

    `before` and `after` keep the provider free of other visits around that part. `rooms` are pairs
    of id and busy spans, one of which must be free for the whole visit; None: no room is needed.
    `is_allowed`: whether the provider may take such visits at all.
    """

    length: int
    offset: int = 0
    provider_length: int
    before: int = 0
    after: int = 0
    rooms: Sequence[tuple[int, Spans]] | None = None
    is_allowed: bool = True

    @classmethod
    def of_minutes(
        cls,
        duration: int,
        *,
        before: int = 0,
        after: int = 0,
        rooms: Sequence[tuple[int, Spans]] | None = None,
        is_allowed: bool = True,
    ) -> "Need":
        """A visit that the provider attends from beginning to end."""
        return cls(
            length=duration * MINUTE,
            provider_length=duration * MINUTE,
            before=before * MINUTE,
            after=after * MINUTE,
            rooms=rooms,
            is_allowed=is_allowed,
        )

    def around(self, starts: Span) -> Span:
        """The time, with the buffers, that a visit could take that begins in the span `starts`."""
        ends = max(self.length, self.offset + self.provider_length + self.after)
        return starts[0] + min(0, self.offset - self.before), starts[1] + ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Between which instants a visit may start, by the practice's rules and the clock.

    `now` is the present second, rounded up.
    """

    now: int
    zone: ZoneInfo
    rules: Rules

    @property
    def earliest(self) -> int:
        """The first instant that keeps the minimum notice."""
        return self.now + self.rules.minimum_notice_minutes * MINUTE

    @property
    def end(self) -> int:
        """The end of the last local day that can be booked."""
        today = to_wall(self.zone, self.now).date()
        return day_start(self.zone, today + timedelta(days=self.rules.horizon_days + 1))


def openings(calendar: Calendar, need: Need, when: Bounds, within: Span) -> list[Span]:
    """The starts in `within` that nothing forbids, as sorted spans that do not touch."""
    obstacles = _obstacles(calendar, need, when, within)
    return complement(union(*(forbidden for _, forbidden in obstacles)), within)


def slots(calendar: Calendar, need: Need, when: Bounds, within: Span) -> Iterator[int]:
    """The open starts in `within` that are on the practice's grid, in order, as they are asked."""
    step = when.rules.grid_minutes * MINUTE
    for opening in openings(calendar, need, when, within):
        yield from grid(when.zone, step, opening)


def reasons(calendar: Calendar, need: Need, when: Bounds, start: int) -> list[str]:
    """What stands against a start, on the grid or not; nothing if it can be booked.

    Out of: past, notice, horizon, provider, hours, closure, timeOff, visit, hold, room.
    """
    obstacles = _obstacles(calendar, need, when, (start, start + 1))
    return [name for name, forbidden in obstacles if overlap(forbidden, (start, start + 1))]


def free_rooms(need: Need, start: int) -> list[int]:
    """The rooms that are free for the whole visit, in the order in which the need names them."""
    visit = (start, start + need.length)
    return [room for room, busy in need.rooms or () if not overlap(busy, visit)]


def _obstacles(
    calendar: Calendar, need: Need, when: Bounds, within: Span
) -> Iterator[tuple[str, Spans]]:
    """Each thing that may stand against a visit, with the spans of starts that it forbids."""
    begins, ends = need.offset, need.offset + need.provider_length
    yield "past", [(BEGINNING, when.now)]
    yield "notice", [(when.now, when.earliest)]
    yield "horizon", [(when.end, END)]
    yield "provider", [] if need.is_allowed else [(BEGINNING, END)]
    working = working_spans(when.zone, calendar.week, (within[0] + begins, within[1] + ends))
    inside = [(start - begins, end - ends + 1) for start, end in union(working)]
    yield "hours", complement([span for span in inside if span[0] < span[1]], (BEGINNING, END))
    yield "closure", _starts_that_touch(calendar.closures, begins, ends)
    yield "timeOff", _starts_that_touch(calendar.time_off, begins, ends)
    yield "visit", _starts_that_touch(calendar.visits, begins - need.before, ends + need.after)
    yield "hold", _starts_that_touch(calendar.holds, begins - need.before, ends + need.after)
    if need.rooms is not None:
        yield "room", common(*(_starts_that_touch(busy, 0, need.length) for _, busy in need.rooms))


def _starts_that_touch(busy: Spans, begins: int, ends: int) -> Spans:
    """The starts of which [start + begins, start + ends) overlaps a busy span."""
    return [(start - ends + 1, end - begins) for start, end in busy]
