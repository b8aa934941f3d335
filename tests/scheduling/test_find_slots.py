"""`find_slots`: what support sees is what partners are told."""

import datetime
import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.scheduling.factories import (
    Calendar,
    ClosureFactory,
    HoldFactory,
    TimeOffFactory,
    VisitFactory,
    at,
    open_calendar,
    span,
)

# A Monday far enough ahead to be in nobody's past, and within the two years that can be booked.
MONDAY = datetime.date.today() + datetime.timedelta(days=35 - datetime.date.today().weekday())  # noqa: DTZ011


@pytest.fixture
def calendar(our_practice: Any, other_practice: Any) -> Calendar:
    """One provider, from nine to eleven, in each of two practices; the other one is full."""
    theirs = open_calendar(other_practice, closes="11:00")
    VisitFactory.create(
        provider=theirs.provider,
        visit_type=theirs.visit_type,
        room=theirs.room,
        during=span(at(other_practice, str(MONDAY), "09:00"), 120),
    )
    return open_calendar(our_practice, closes="11:00", buffer_after_minutes=10)


@pytest.fixture
def run(staff: Any) -> Any:
    """Run it as operators do, and read its JSON; `text=True` for what it shows to eyes."""

    def run(*arguments: str, text: bool = False) -> Any:
        out = StringIO()
        with staff():
            call_command(
                "find_slots", "--from", str(MONDAY), *arguments, *[] if text else ["--json"],
                stdout=out,
            )  # fmt: skip
        return out.getvalue() if text else json.loads(out.getvalue())

    return run


def ours(calendar: Calendar) -> tuple[str, ...]:
    """Who is asked about."""
    return "--ppass", "demooffice", "--provider", str(calendar.provider.pk)


def take(calendar: Calendar, time: str, minutes: int, **facts: Any) -> Any:
    """Put a visit into our calendar."""
    return VisitFactory.create(
        provider=calendar.provider,
        visit_type=calendar.visit_type,
        person=calendar.person,
        during=span(at(calendar.practice, str(MONDAY), time), minutes),
        **facts,
    )


def test_slots_of_a_day(calendar: Calendar, run: Any) -> None:
    take(calendar, "09:30", 30)

    said = run(*ours(calendar), "--days", "1", "--duration", "30")

    assert said == {
        "provider": {"id": calendar.provider.pk, "name": calendar.provider.name},
        "timezone": "America/New_York",
        "duration": 30,
        "startDate": str(MONDAY),
        "endDate": str(MONDAY),
        "slots": [{"date": str(MONDAY), "times": ["09:00:00", "10:00:00", "10:15:00", "10:30:00"]}],
    }


def test_provider_by_name_and_type_with_its_buffers(calendar: Calendar, run: Any) -> None:
    take(calendar, "09:30", 30)

    said = run(
        "--ppass", "DemoOffice", "--provider", calendar.provider.name.upper(),
        "--visit-type", "consult", "--days", "1", text=True,
    )  # fmt: skip

    assert said.splitlines()[1] == f"  Mon {MONDAY}  10:00 10:15 10:30"


def test_nothing_free_tells_the_next(calendar: Calendar, run: Any) -> None:
    take(calendar, "09:00", 120)

    said = run(*ours(calendar), "--days", "1")

    assert said["slots"] == []
    assert said["next"]["time"] == "09:00:00" or said["next"]["date"] == str(datetime.date.today())  # noqa: DTZ011


def test_explain_a_time_that_is_free(calendar: Calendar, run: Any) -> None:
    said = run(*ours(calendar), "--explain", "9:07")

    assert (said["available"], said["reasons"]) == (True, [])


def test_explain_names_every_obstacle_and_its_row(calendar: Calendar, run: Any) -> None:
    visit = take(calendar, "09:00", 30, room=calendar.room)
    start = at(calendar.practice, str(MONDAY), "09:00")
    hold = HoldFactory.create(
        provider=calendar.provider, visit_type=calendar.visit_type, during=span(start, 15)
    )
    ClosureFactory.create(practice=calendar.practice, during=span(start, 20), reason="Flood")
    TimeOffFactory.create(provider=calendar.provider, during=span(start, 25), reason="Dentist")

    said = run(*ours(calendar), "--visit-type", "Consult", "--explain", "08:50")

    because = {reason["reason"]: reason["because"] for reason in said["reasons"]}
    assert because.pop("hold")[0].startswith(f"Hold {hold.pk} keeps 09:00–09:15; it expires at ")
    assert because == {
        "hours": ["The hours of that day are 09:00–11:00."],
        "closure": ["The practice is closed 09:00–09:20 (Flood)."],
        "timeOff": ["Time off 09:00–09:25 (Dentist)."],
        "visit": [
            f"Visit {visit.pk} takes the provider 09:00–09:30.",
            "Buffers of the type count, before and after.",
        ],
        "room": [f"{calendar.room.name} has visit {visit.pk}."],
    }


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--ppass", "DemoOfice", "--provider", "1"], 1, "Did you mean DemoOffice?"),
        (["--ppass", "DemoOffice", "--provider", "Nobody"], 1, "has no provider 'Nobody'"),
        (["--ppass", "DemoOffice", "--provider", "9" * 30], 1, "has no provider '999"),
    ],
)
def test_what_there_is_not(
    calendar: Calendar, run: Any, options: list[str], code: int, message: str
) -> None:
    with pytest.raises(CommandError) as refused:
        run(*options)

    assert refused.value.returncode == code
    assert message in str(refused.value)


def test_provider_of_another_practice_is_not_there(
    calendar: Calendar, other_practice: Any, run: Any
) -> None:
    with pytest.raises(CommandError, match="OtherOffice has no provider"):
        run("--ppass", "OtherOffice", "--provider", str(calendar.provider.pk))


@pytest.mark.parametrize(
    "options",
    [
        ("--duration", "0"),
        ("--duration", "1441"),
        ("--duration", "1.5"),
        ("--days", "367"),
        ("--from", "2026-02-30"),
        ("--explain", "25:61"),
    ],
)
def test_nonsense_is_named(calendar: Calendar, run: Any, options: tuple[str, str]) -> None:
    with pytest.raises(CommandError, match=options[0]):
        run(*ours(calendar), *options)
