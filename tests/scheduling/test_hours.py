"""Wall clocks, in words: what each kind of clock change does to times, days and hours."""

import datetime
from zoneinfo import ZoneInfo

import pytest

from scheduling.hours import (
    SkippedTime,
    WeeklySpan,
    day_start,
    days,
    grid,
    to_instant,
    to_wall,
    working_spans,
)

HOUR = 3600


def instant(zone: str, moment: str) -> int:
    """The first showing of a wall time."""
    local = datetime.datetime.fromisoformat(moment)
    return to_instant(ZoneInfo(zone), local.date(), local.time())


def utc(moment: str) -> int:
    """Seconds since the epoch."""
    return int(datetime.datetime.fromisoformat(f"{moment}+00:00").timestamp())


@pytest.mark.parametrize(
    ("zone", "wall", "expected"),
    [
        ("America/New_York", "2026-03-08 01:59:59", "2026-03-08 06:59:59"),
        ("America/New_York", "2026-03-08 03:00", "2026-03-08 07:00"),
        ("America/New_York", "2026-11-01 01:30", "2026-11-01 05:30"),
        ("America/New_York", "2026-11-01 02:00", "2026-11-01 07:00"),
        ("Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-04 14:45"),
        ("Australia/Lord_Howe", "2026-10-04 02:30", "2026-10-03 15:30"),
        ("Asia/Kathmandu", "2026-05-05 00:00", "2026-05-04 18:15"),
        ("America/St_Johns", "2006-10-29 00:00", "2006-10-29 02:30"),
        ("America/St_Johns", "2006-10-28 23:30", "2006-10-29 02:00"),
        ("America/Sao_Paulo", "2018-02-17 23:30", "2018-02-18 01:30"),
        ("America/Sao_Paulo", "2018-02-18 00:00", "2018-02-18 03:00"),
        ("Asia/Pyongyang", "2015-08-14 23:45", "2015-08-14 14:45"),
        ("Asia/Tokyo", "9999-12-31 23:59", "9999-12-31 14:59"),
        ("America/New_York", "0001-01-01 00:00", "0001-01-01 04:56:02"),
    ],
)
def test_to_instant_is_the_first_showing(zone: str, wall: str, expected: str) -> None:
    assert instant(zone, wall) == utc(expected)


@pytest.mark.parametrize(
    ("zone", "wall"),
    [
        ("America/New_York", "2026-03-08 02:00"),
        ("America/New_York", "2026-03-08 02:59:59"),
        ("Australia/Lord_Howe", "2026-10-04 02:15"),
        ("America/Sao_Paulo", "2018-11-04 00:00"),
        ("Asia/Pyongyang", "2018-05-04 23:30"),
        ("Pacific/Apia", "2011-12-30 12:00"),
    ],
)
def test_to_instant_of_a_skipped_time_is_refused(zone: str, wall: str) -> None:
    with pytest.raises(SkippedTime, match=zone):
        instant(zone, wall)


@pytest.mark.parametrize(
    ("zone", "date", "hours"),
    [
        ("America/New_York", "2026-03-08", 23),
        ("America/New_York", "2026-11-01", 25),
        ("Australia/Lord_Howe", "2026-04-05", 24.5),
        ("Australia/Lord_Howe", "2026-10-04", 23.5),
        ("America/Sao_Paulo", "2018-11-04", 23),
        ("America/Sao_Paulo", "2018-02-17", 25),
        ("Pacific/Apia", "2011-12-30", 0),
        ("UTC", "2026-02-28", 24),
    ],
)
def test_days_have_their_true_length(zone: str, date: str, hours: float) -> None:
    day = datetime.date.fromisoformat(date)

    start, end = days(ZoneInfo(zone), day, day)

    assert (end - start) / HOUR == hours


def test_day_start_is_where_the_clock_jumps_when_midnight_is_skipped() -> None:
    zone = ZoneInfo("America/Sao_Paulo")

    start = day_start(zone, datetime.date(2018, 11, 4))

    assert to_wall(zone, start).isoformat() == "2018-11-04T01:00:00-02:00"


def worked(zone: str, date: str, opens: str, closes: str) -> list[float]:
    """Hours that a span of that date's weekday has, for each day on which it begins."""
    day = datetime.date.fromisoformat(date)
    times = (datetime.time.fromisoformat(time) for time in (opens, closes))
    span = WeeklySpan.between(day.weekday(), *times, day, day)
    around = days(ZoneInfo(zone), day, day + datetime.timedelta(days=1))
    return [(end - start) / HOUR for start, end in working_spans(ZoneInfo(zone), [span], around)]


@pytest.mark.parametrize(
    ("zone", "date", "opens", "closes", "expected"),
    [
        ("America/New_York", "2026-03-09", "09:00", "17:00", [8]),
        ("America/New_York", "2026-03-07", "22:00", "06:00", [7]),
        ("America/New_York", "2026-10-31", "22:00", "06:00", [9]),
        ("America/New_York", "2026-10-31", "22:00", "01:30", [3.5]),
        ("America/New_York", "2026-03-08", "02:15", "02:45", []),
        ("America/New_York", "2026-03-08", "02:15", "04:00", [1]),
        ("America/New_York", "2026-03-08", "01:00", "02:30", [1]),
        ("America/New_York", "2026-11-01", "00:00", "00:00", [25]),
        ("Australia/Lord_Howe", "2026-04-05", "01:00", "03:00", [2.5]),
        ("Pacific/Apia", "2011-12-30", "09:00", "17:00", []),
        ("Pacific/Apia", "2011-12-29", "20:00", "06:00", [4]),
    ],
)
def test_hours_have_their_true_length(
    zone: str, date: str, opens: str, closes: str, expected: list[float]
) -> None:
    assert worked(zone, date, opens, closes) == expected


def test_hours_hold_from_the_first_to_the_last_valid_day() -> None:
    zone = ZoneInfo("UTC")
    nine, ten = datetime.time(9), datetime.time(10)
    first, last = datetime.date(2026, 3, 2), datetime.date(2026, 3, 9)
    span = WeeklySpan.between(0, nine, ten, first, last)
    month = days(zone, datetime.date(2026, 2, 1), datetime.date(2026, 4, 1))

    spans = working_spans(zone, [span], month)

    assert [to_wall(zone, start).date() for start, _ in spans] == [first, last]


def test_grid_counts_from_midnight_and_shows_each_time_once() -> None:
    zone = ZoneInfo("America/New_York")
    day = datetime.date(2026, 11, 1)
    start = day_start(zone, day)

    walls = [to_wall(zone, at) for at in grid(zone, 40 * 60, (start + 1, start + 5 * HOUR))]

    assert [wall.strftime("%H:%M %Z") for wall in walls] == [
        "00:40 EDT",
        "01:20 EDT",
        "02:00 EST",
        "02:40 EST",
        "03:20 EST",
    ]


def test_grid_leaves_out_what_the_clock_skips() -> None:
    zone = ZoneInfo("America/New_York")
    start = day_start(zone, datetime.date(2026, 3, 8))

    walls = [to_wall(zone, at) for at in grid(zone, 45 * 60, (start, start + 4 * HOUR))]

    assert [wall.strftime("%H:%M") for wall in walls] == [
        "00:00",
        "00:45",
        "01:30",
        "03:00",
        "03:45",
        "04:30",
    ]
