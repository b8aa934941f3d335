"""The bounds of booking: wrong wishes, notice and horizon, midnight, and what is not there."""

import datetime
from typing import Any

import pytest

from scheduling.models import Provider, VisitType
from scheduling.refusals import (
    BadDuration,
    BadWallTime,
    NotAllowed,
    OutOfBounds,
    PartOutside,
    Refused,
    SlotTaken,
    Unknown,
)
from tests.scheduling.bookings import NOW, against, book, events, visits
from tests.scheduling.factories import (
    Calendar,
    CalendarRulesFactory,
    VisitTypeFactory,
    at,
    open_calendar,
    span,
)


@pytest.mark.parametrize(
    ("facts", "error", "field", "code"),
    [
        ({"duration_minutes": 0}, BadDuration, "VisitDuration", "out_of_range"),
        ({"duration_minutes": 1441}, BadDuration, "VisitDuration", "out_of_range"),
        ({"provider_duration_minutes": 0}, BadDuration, "ProviderDuration", "out_of_range"),
        ({"provider_duration_minutes": 31}, PartOutside, "ProviderDuration", "outside"),
        ({"provider_time": datetime.time(9, 59)}, PartOutside, "ProviderTime", "outside"),
        ({"provider_time": datetime.time(10, 15)}, PartOutside, "ProviderTime", "outside"),
        ({"provider_time": datetime.time(10, 30)}, PartOutside, "ProviderTime", "outside"),
        ({"visit_type": "Surgery"}, Unknown, "VisitType", "does_not_exist"),
        ({"person_id": 2**62}, Unknown, "PatientID", "does_not_exist"),
        ({"provider_id": 2**62}, Unknown, "ProviderID", "does_not_exist"),
        ({"date": datetime.date(2026, 3, 1)}, OutOfBounds, "VisitTime", "past"),
        ({"date": datetime.date.min}, OutOfBounds, "VisitTime", "past"),
        ({"date": datetime.date.max}, OutOfBounds, "VisitDate", "horizon"),
        (
            {"date": datetime.date.max, "provider_time": datetime.time(9)},
            PartOutside,
            "ProviderTime",
            "outside",
        ),
        # Clocks go forward at two.
        (
            {"date": datetime.date(2026, 3, 8), "time": datetime.time(2, 30)},
            BadWallTime,
            "VisitTime",
            "skipped",
        ),
        (
            {
                "date": datetime.date(2026, 3, 8),
                "time": datetime.time(1, 30),
                "duration_minutes": 240,
                "provider_time": datetime.time(2, 30),
            },
            BadWallTime,
            "ProviderTime",
            "skipped",
        ),
    ],
)
def test_what_cannot_be_names_its_field_and_writes_nothing(
    calendar: Calendar, facts: dict[str, Any], error: type[Refused], field: str, code: str
) -> None:
    with pytest.raises(error) as refused:
        book(calendar, **facts)

    assert (refused.value.field, refused.value.code) == (field, code)
    assert refused.value.message.endswith(".")
    assert visits() == []
    assert events() == []


def test_notice_and_horizon_are_to_the_second(our_practice: Any) -> None:
    calendar = open_calendar(our_practice, opens="00:00", closes="00:00")
    CalendarRulesFactory.create(
        practice=our_practice, minimum_notice_minutes=60, horizon_days=1, grid_minutes=60
    )
    # Seven in the morning in New York.
    soon = {"date": NOW.date(), "time": datetime.time(7, 59, 59)}

    with pytest.raises(OutOfBounds) as early:
        book(calendar, **soon)
    with pytest.raises(OutOfBounds) as late:
        book(calendar, date=datetime.date(2026, 3, 4), time=datetime.time(0))

    assert (early.value.code, late.value.code) == ("notice", "horizon")
    book(calendar, **{**soon, "time": datetime.time(8)})
    book(calendar, date=datetime.date(2026, 3, 3), time=datetime.time(23, 30))


def test_second_that_has_begun_is_past(our_practice: Any) -> None:
    calendar = open_calendar(our_practice, opens="00:00", closes="00:00")
    seven = {"date": NOW.date(), "time": datetime.time(7)}

    with pytest.raises(OutOfBounds):
        book(calendar, now=NOW + datetime.timedelta(microseconds=1), **seven)
    book(calendar, **seven)


def test_inactive_provider_or_type_is_not_there(calendar: Calendar, staff: Any) -> None:
    for model, field in ((Provider, "ProviderID"), (VisitType, "VisitType")):
        with staff():
            model.objects.update(is_active=False)
        with pytest.raises(Unknown) as refused:
            book(calendar)
        assert refused.value.field == field
        with staff():
            model.objects.update(is_active=True)


def test_provider_must_give_the_type(calendar: Calendar) -> None:
    other = VisitTypeFactory.create(practice=calendar.practice, name="Laser")

    with pytest.raises(NotAllowed) as refused:
        book(calendar, visit_type=other.name)

    assert refused.value.field == "ProviderID"


def test_across_midnight_if_the_hours_allow_it(our_practice: Any) -> None:
    calendar = open_calendar(our_practice, opens="22:00", closes="02:00")

    visit = book(
        calendar,
        "23:45",
        provider_time=datetime.time(0, 5),
        provider_duration_minutes=10,
    )

    assert visit.during == span(at(our_practice, "2026-03-09", "23:45"), 30)
    assert visit.provider_during == span(at(our_practice, "2026-03-10", "00:05"), 10)
    # The lock of either day is the other's too.
    with pytest.raises(SlotTaken):
        book(calendar, "00:10", date=datetime.date(2026, 3, 10))


def test_across_midnight_is_refused_when_the_hours_end_there(our_practice: Any) -> None:
    calendar = open_calendar(our_practice, opens="20:00", closes="00:00")

    with pytest.raises(SlotTaken) as taken:
        book(calendar, "23:45")

    assert against(taken) == [("hours", "hours")]


def test_autumn_hour_is_the_first_and_lengths_are_true(our_practice: Any) -> None:
    calendar = open_calendar(our_practice, opens="00:00", closes="00:00")

    visit = book(calendar, "01:30", date=datetime.date(2026, 11, 1), duration_minutes=90)

    start = datetime.datetime(2026, 11, 1, 5, 30, tzinfo=datetime.UTC)
    assert visit.during == span(start, 90)
