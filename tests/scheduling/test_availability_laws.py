"""The engine agrees with an oracle that asks every minute, and keeps the laws that it promises.

Calendars are random; dates lie around clock changes of every kind that zones have made: by an hour,
half an hour, two hours and a whole day, at night, at midnight and a minute after it, on both halves
of the globe.
"""

import dataclasses
import datetime
from collections.abc import Callable
from functools import cached_property
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling.availability import Bounds, Calendar, Need, Rules, openings, reasons, slots
from scheduling.hours import WeeklySpan, days, to_wall
from scheduling.spans import union
from tests.scheduling.oracle import DAY, MINUTE, Minutes, Oracle, Timeline, timeline

CHANGES = [
    (zone, datetime.date.fromisoformat(date))
    for zone, date in (
        line.split()
        for line in """
        America/New_York 2026-03-08
        America/New_York 2026-11-01
        Europe/Dublin 2026-03-29
        Europe/London 2026-10-25
        Australia/Lord_Howe 2026-04-05
        Australia/Lord_Howe 2026-10-04
        Australia/Adelaide 2026-04-05
        Australia/Adelaide 2026-10-04
        Pacific/Chatham 2026-04-05
        Pacific/Chatham 2026-09-27
        America/St_Johns 2006-10-29
        America/St_Johns 2007-03-11
        America/Sao_Paulo 2018-02-18
        America/Sao_Paulo 2018-11-04
        America/Santiago 2026-04-05
        America/Santiago 2026-09-06
        America/Havana 2026-03-08
        America/Havana 2026-11-01
        Asia/Beirut 2026-03-29
        Africa/Cairo 2026-04-24
        Africa/Casablanca 2026-02-15
        Asia/Pyongyang 2015-08-15
        Asia/Pyongyang 2018-05-05
        America/Caracas 2016-05-01
        Antarctica/Troll 2026-03-29
        Antarctica/Troll 2026-10-25
        Pacific/Apia 2011-12-30
        Pacific/Kwajalein 1993-08-21
        Asia/Kathmandu 2026-05-05
        UTC 2026-02-28
        """.strip().splitlines()
    )
]
ROUGHLY = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@dataclasses.dataclass
class Case:
    """The same calendar and question, for the engine and for the oracle."""

    line: Timeline
    zone: ZoneInfo
    middle: datetime.date
    calendar: Calendar
    need: Need
    when: Bounds
    make_oracle: Callable[[], Oracle]
    visit: dict[str, Any]

    @cached_property
    def oracle(self) -> Oracle:
        """Made when it is asked: it is slow."""
        return self.make_oracle()

    @property
    def dates(self) -> list[datetime.date]:
        """The day of the change, that before and that after."""
        return [self.middle - DAY, self.middle, self.middle + DAY]

    def span(self, *dates: datetime.date) -> tuple[int, int]:
        """From the first of the dates to the last."""
        return days(self.zone, dates[0], dates[-1])

    def engine_slots(self, *dates: datetime.date) -> list[int]:
        """The engine's slots on the dates."""
        return list(slots(self.calendar, self.need, self.when, self.span(*dates)))

    def oracle_slots(self, *dates: datetime.date) -> list[int]:
        """The oracle's."""
        return [stamp(slot) for date in dates for slot in self.oracle.slots(date, **self.visit)]


def stamp(moment: datetime.datetime) -> int:
    """Seconds since the epoch."""
    return int(moment.timestamp())


_MINUTES = st.integers(0, 3 * 1440)
_CLOCK = st.one_of(
    st.integers(0, 47).map(lambda n: n * 30), st.integers(0, 1439), st.sampled_from([0, 60, 120])
)


@st.composite
def cases(draw: Any) -> Case:
    """A calendar of three days around a change."""
    zone_name, middle = draw(st.sampled_from(CHANGES))
    line, zone = timeline(zone_name, middle), ZoneInfo(zone_name)
    beginning = line.reached(datetime.datetime.combine(middle - DAY, datetime.time()))

    hours = draw(st.lists(_weekly(middle), min_size=1, max_size=5))
    closures, off, visits, holds, *rooms = (
        draw(st.lists(_stretch(beginning), max_size=most)) for most in (1, 2, 5, 2, 4, 4)
    )
    rooms = rooms[: draw(st.integers(0, 2))]
    needs_room = draw(st.booleans())
    length = draw(st.sampled_from([1, 5, 15, 30, 45, 60, 90, 240, 1440]))
    offset = draw(st.sampled_from([0, 0, length // 3]))
    part = draw(st.sampled_from([length - offset, max(1, (length - offset) // 2)]))
    around = draw(st.tuples(*[st.sampled_from([0, 0, 5, 20])] * 2))
    rules = Rules(
        draw(st.sampled_from([5, 7, 15, 20, 25, 30, 45, 60, 90])),
        draw(st.sampled_from([0, 0, 45, 1500])),
        draw(st.sampled_from([730, 730, 1, 2])),
    )
    now = beginning + datetime.timedelta(
        seconds=draw(st.one_of(st.just(-86_400), st.integers(-86_400, 86_400)))
    )
    is_allowed = draw(st.integers(0, 19)) > 0
    return Case(
        line=line,
        zone=zone,
        middle=middle,
        calendar=Calendar(
            week=[WeeklySpan.between(*span) for span in hours],
            closures=_seconds(closures),
            time_off=_seconds(off),
            visits=_seconds(visits),
            holds=_seconds(holds),
        ),
        need=Need(
            length=length * 60,
            offset=offset * 60,
            provider_length=part * 60,
            before=around[0] * 60,
            after=around[1] * 60,
            rooms=[(n, _seconds(busy)) for n, busy in enumerate(rooms)] if needs_room else None,
            is_allowed=is_allowed,
        ),
        when=Bounds(now=stamp(now), zone=zone, rules=rules),
        make_oracle=lambda: Oracle(
            line=line,
            hours=hours,
            first=middle - 2 * DAY,
            last=middle + 2 * DAY,
            now=now,
            off=_filled(line, closures + off),
            busy=_filled(line, visits + holds),
            rooms=[_filled(line, busy) for busy in rooms] if needs_room else None,
            is_allowed=is_allowed,
            grid=rules.grid_minutes,
            notice=rules.minimum_notice_minutes,
            horizon=rules.horizon_days,
        ),
        visit={"length": length, "offset": offset, "part": part, "around": around},
    )


@st.composite
def _weekly(draw: Any, middle: datetime.date) -> Any:
    weekday = (middle + draw(st.integers(-1, 1)) * DAY).weekday()
    opens, closes = (datetime.time(*divmod(draw(_CLOCK), 60)) for _ in range(2))
    near = st.one_of(st.none(), st.integers(-1, 1).map(lambda n: middle + n * DAY))
    return weekday, opens, closes, draw(near), draw(near)


@st.composite
def _stretch(draw: Any, beginning: datetime.datetime) -> Any:
    start = beginning + draw(_MINUTES) * MINUTE
    return start, start + draw(st.sampled_from([1, 10, 30, 60, 120, 600])) * MINUTE


def _seconds(stretches: list[Any]) -> list[tuple[int, int]]:
    return sorted((stamp(start), stamp(end)) for start, end in stretches)


def _filled(line: Timeline, stretches: list[Any]) -> Minutes:
    return frozenset().union(*(line.between(start, end) for start, end in stretches))


@settings(ROUGHLY, max_examples=700)
@given(cases())
def test_slots_and_next_slot_agree_with_the_oracle(case: Case) -> None:
    expected = case.oracle_slots(*case.dates)

    by_day = [case.engine_slots(date) for date in case.dates]
    lazily = slots(case.calendar, case.need, case.when, case.span(*case.dates))

    assert [*chain(*by_day)] == expected
    assert next(lazily, None) == (expected[0] if expected else None)
    assert [*lazily] == expected[1:]


@settings(ROUGHLY, max_examples=400)
@given(cases(), st.integers(0, 2 * 1440))
def test_check_agrees_with_the_oracle_on_every_minute(case: Case, first: int) -> None:
    beginning = case.line.reached(datetime.datetime.combine(case.dates[0], datetime.time()))
    starts = [beginning + (first + n) * MINUTE for n in range(200)]
    expected = [case.oracle.check(start, **case.visit) for start in starts]

    stamps = [stamp(start) for start in starts]
    within = (stamps[0], stamps[-1] + 1)
    found = openings(case.calendar, case.need, case.when, within)

    assert [any(start <= s < end for start, end in found) for s in stamps] == expected
    assert [not reasons(case.calendar, case.need, case.when, s) for s in stamps] == expected


@settings(ROUGHLY, max_examples=500)
@given(cases())
def test_laws(case: Case) -> None:
    found = case.engine_slots(*case.dates)

    assert found == sorted(set(found))
    assert all(not reasons(case.calendar, case.need, case.when, start) for start in found)
    walls = [to_wall(case.zone, start) for start in found]
    grid = case.when.rules.grid_minutes
    assert all((wall.hour * 60 + wall.minute) % grid == 0 for wall in walls)
    assert len({(wall.date(), wall.time()) for wall in walls}) == len(found)


@settings(ROUGHLY, max_examples=500)
@given(cases(), st.data())
def test_another_visit_never_adds_a_slot(case: Case, data: Any) -> None:
    before = case.engine_slots(*case.dates)
    beginning, end = case.span(*case.dates)
    start = data.draw(st.one_of(st.integers(beginning, end), st.sampled_from(before or [end])))
    busy = (start, start + data.draw(st.integers(1, 7200)))

    calendar = dataclasses.replace(case.calendar, visits=sorted([*case.calendar.visits, busy]))
    after = set(slots(calendar, case.need, case.when, (beginning, end)))

    assert after <= set(before)
    part = (case.need.offset - case.need.before, case.need.after + case.need.offset)
    ends = part[1] + case.need.provider_length
    assert not any(s + part[0] < busy[1] and s + ends > busy[0] for s in after)


@settings(ROUGHLY, max_examples=400)
@given(cases(), st.integers(0, 4 * 86_400))
def test_a_window_may_be_cut_anywhere(case: Case, at: int) -> None:
    beginning, end = case.span(*case.dates)
    cut = min(beginning + at, end)
    whole = openings(case.calendar, case.need, case.when, (beginning, end))

    halves = [
        openings(case.calendar, case.need, case.when, part)
        for part in ((beginning, cut), (cut, end))
    ]

    assert union(*halves) == whole


@pytest.mark.parametrize(("zone", "middle"), CHANGES)
def test_the_table_of_minutes_has_the_change(zone: str, middle: datetime.date) -> None:
    line = timeline(zone, middle)

    steps = {later - earlier for earlier, later in zip(line.walls, line.walls[1:], strict=False)}

    assert (steps == {MINUTE}) == (zone in ("UTC", "Asia/Kathmandu"))
