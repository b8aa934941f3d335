"""Drawing the calendar: what of it is in which column, and where its blocks lie.

By the practice's clock: a block lies where the clock shows it. In the hour that occurs twice in
autumn blocks may therefore lie side by side that follow each other; the times written on them are
right.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from dashboard import grid
from dashboard.board import Block, Board, Column, HourMark
from dashboard.calendar import Days, Entry, Kind
from scheduling.hours import days, to_wall
from scheduling.models import Provider
from scheduling.spans import Span, union

_ONE_DAY = datetime.timedelta(days=1)
# A block is at least so many rows high, or nobody could read or click it.
_LOWEST = 3
_SMALLEST_WINDOW = (8 * grid.HOUR, 18 * grid.HOUR)
# What lies side by side; the rest is behind it.
_BESIDE = {Kind.VISIT, Kind.HOLD}
# More lanes than this on the whole page are too narrow for all of a block's text.
_MOST_WIDE_LANES = 6


@dataclass(frozen=True, kw_only=True)
class _Slice:
    """What a column is of."""

    title: str
    date: datetime.date
    providers: Sequence[Provider]
    is_of_one: bool


def day(calendar: Days, *, date: datetime.date, provider: Provider | None, now: int) -> Board:
    """One day, a column for each provider."""
    providers = [provider] if provider else calendar.providers
    return _board(
        calendar,
        [_Slice(title=str(p), date=date, providers=[p], is_of_one=True) for p in providers],
        now,
    )


def week(calendar: Days, *, monday: datetime.date, provider: Provider | None, now: int) -> Board:
    """A week, a column for each day; Saturday and Sunday only if there is something in them."""
    slices = []
    for number in range(7):
        date = monday + number * _ONE_DAY
        part = _Slice(
            title=f"{date:%a} {date.day} {date:%b}",
            date=date,
            providers=[provider] if provider else calendar.providers,
            is_of_one=provider is not None,
        )
        if number < 5 or _entries(calendar, part) or _hours(calendar, part):
            slices.append(part)
    return _board(calendar, slices, now)


def _board(calendar: Days, slices: Sequence[_Slice], now: int) -> Board:
    top, bottom = _window(calendar, slices)
    wall = to_wall(calendar.zone, now)
    return Board(
        columns=[_column(calendar, part, (top, bottom), now, len(slices)) for part in slices],
        rows=bottom - top,
        hours=[
            HourMark(row - top + 1, f"{row // grid.HOUR:02}:00")
            for row in range(top, bottom, grid.HOUR)
        ],
        now=f"{wall:%H:%M}",
    )


def _column(calendar: Days, part: _Slice, window: grid.Rows, now: int, columns: int) -> Column:
    wall = to_wall(calendar.zone, now)
    is_today = wall.date() == part.date
    now_row = _row(calendar, part.date, now)
    entries = _entries(calendar, part)
    beside = [entry for entry in entries if entry.kind in _BESIDE]
    off = [entry for entry in entries if entry.kind is Kind.TIME_OFF]
    behind = [entry for entry in entries if entry.kind is Kind.CLOSURE]
    # Who of several is off does not fill their column: it is said above it.
    behind += (off if part.is_of_one else []) + _free(calendar, part, now)
    blocks = _drawn(calendar, part, window, behind) + _buffers(calendar, part, window, beside)
    # In the order of time: it is what is read aloud, and what a phone shows as a list.
    blocks += _side_by_side(_drawn(calendar, part, window, beside), columns)
    blocks.sort(key=lambda block: block.row)
    return Column(
        title=part.title,
        date=part.date,
        provider=part.providers[0] if part.is_of_one else None,
        hours=", ".join(_times(calendar, part.date, span) for span in _hours(calendar, part)),
        off=[] if part.is_of_one else _said(calendar, part, off),
        visits=sum(entry.kind is Kind.VISIT for entry in entries),
        blocks=blocks,
        now=now_row - window[0] + 1 if is_today and window[0] <= now_row < window[1] else None,
        is_today=is_today,
    )


def _entries(calendar: Days, part: _Slice) -> list[Entry]:
    wanted = {provider.pk for provider in part.providers} | {None}
    start, end = days(calendar.zone, part.date, part.date)
    return [
        entry
        for entry in calendar.entries
        if entry.provider_id in wanted and entry.span[0] < end and entry.span[1] > start
    ]


def _free(calendar: Days, part: _Slice, now: int) -> list[Entry]:
    """Free time; what of it is over has no title, since nobody can have it any more."""
    within = days(calendar.zone, part.date, part.date)
    spans = union(*(calendar.free(provider.pk, within) for provider in part.providers))
    over = [(start, min(end, now)) for start, end in spans if start < now]
    to_come = [(max(start, now), end) for start, end in spans if end > now]
    return [Entry(kind=Kind.FREE, span=span) for span in over] + [
        Entry(kind=Kind.FREE, span=span, title="Free") for span in to_come
    ]


def _hours(calendar: Days, part: _Slice) -> list[Span]:
    within = days(calendar.zone, part.date, part.date)
    return union(*(calendar.working(provider.pk, within) for provider in part.providers))


def _said(calendar: Days, part: _Slice, off: Iterable[Entry]) -> list[str]:
    names = {provider.pk: provider.name for provider in part.providers}
    return [
        f"{names[entry.provider_id]} off {_times(calendar, part.date, entry.span)}"
        for entry in off
        if entry.provider_id in names
    ]


def _drawn(
    calendar: Days, part: _Slice, window: grid.Rows, entries: Iterable[Entry]
) -> list[Block]:
    names = {provider.pk: provider.name for provider in part.providers}
    blocks = []
    for entry in entries:
        lowest = _LOWEST if entry.kind in _BESIDE else 1
        start, end = _placed(calendar, part.date, window, entry.span, lowest)
        if start < end:
            details = entry.details
            if not part.is_of_one and entry.provider_id in names:
                details = (names[entry.provider_id], *details)
            if entry.part:
                details += (f"provider {_times(calendar, part.date, entry.part)}",)
            if entry.until:
                details += (f"until {to_wall(calendar.zone, entry.until):%H:%M}",)
            block = Block(
                kind=entry.kind,
                row=start - window[0] + 1,
                rows=end - start,
                times=_times(calendar, part.date, entry.span),
                entry=entry if entry.title else None,
                title=entry.title,
                details=details,
                opens=_opens(calendar, part.date, entry),
            )
            blocks.append(block)
    return blocks


def _opens(calendar: Days, date: datetime.date, entry: Entry) -> str:
    """The first full five minutes of free time that is to come, on that day; '' of other things."""
    if entry.kind is not Kind.FREE or not entry.title:
        return ""
    step = grid.MINUTES * 60
    first = max(entry.span[0], days(calendar.zone, date, date)[0])
    first += -first % step
    return f"{to_wall(calendar.zone, first):%H:%M}" if first < entry.span[1] else ""


def _side_by_side(blocks: Sequence[Block], columns: int) -> list[Block]:
    lanes = grid.lanes([(block.row, block.row + block.rows) for block in blocks])
    return [
        replace(
            block,
            lane=f"lane-{lane}-{count}",
            is_narrow=count > 1 and count * columns > _MOST_WIDE_LANES,
        )
        for block, (lane, count) in zip(blocks, lanes, strict=True)
    ]


def _buffers(
    calendar: Days, part: _Slice, window: grid.Rows, entries: Iterable[Entry]
) -> list[Block]:
    """For what the provider is taken beyond visits, where the column is his own."""
    blocks = []
    for entry in entries if part.is_of_one else ():
        if entry.busy and not (entry.span[0] <= entry.busy[0] and entry.busy[1] <= entry.span[1]):
            start, end = _placed(calendar, part.date, window, entry.busy, 1)
            if start < end:
                blocks.append(Block(kind="buffer", row=start - window[0] + 1, rows=end - start))
    return blocks


def _window(calendar: Days, slices: Sequence[_Slice]) -> grid.Rows:
    """The full hours from the first to the last that has work in it, in any of the columns."""
    rows = [_SMALLEST_WINDOW]
    for part in slices:
        visits = [e.span for e in _entries(calendar, part) if e.kind in (Kind.VISIT, Kind.HOLD)]
        rows += [
            (_row(calendar, part.date, start), _row(calendar, part.date, end, up=True))
            for start, end in [*visits, *_hours(calendar, part)]
        ]
    top, bottom = min(start for start, _ in rows), max(end for _, end in rows)
    return top // grid.HOUR * grid.HOUR, -(-bottom // grid.HOUR) * grid.HOUR


def _placed(
    calendar: Days, date: datetime.date, window: grid.Rows, span: Span, lowest: int
) -> grid.Rows:
    """The rows of a span, within the window; empty if it is outside."""
    start = max(_row(calendar, date, span[0]), window[0])
    end = max(_row(calendar, date, span[1], up=True), start + 1)
    if start >= window[1] or _row(calendar, date, span[1], up=True) <= window[0]:
        return window[0], window[0]
    end = min(max(end, start + lowest), window[1])
    return min(start, max(end - lowest, window[0])), end


def _row(calendar: Days, date: datetime.date, instant: int, *, up: bool = False) -> int:
    """The row of an instant, counted from midnight of the day and no further than its end."""
    wall = to_wall(calendar.zone, instant).replace(tzinfo=None)
    seconds = int((wall - datetime.datetime.combine(date, datetime.time())).total_seconds())
    length = grid.MINUTES * 60
    return min(max(-(-seconds // length) if up else seconds // length, 0), grid.ROWS)


def _times(calendar: Days, date: datetime.date, span: Span) -> str:
    """From when to when, with the date of what is on another day."""
    start, end = (to_wall(calendar.zone, instant) for instant in span)
    is_midnight = end.date() == date + _ONE_DAY and end.time() == datetime.time()
    said = [
        f"{wall:%H:%M}" if wall.date() == date else f"{wall.day} {wall:%b} {wall:%H:%M}"
        for wall in (start, end)
    ]
    return f"{said[0]}–{'24:00' if is_midnight else said[1]}"
