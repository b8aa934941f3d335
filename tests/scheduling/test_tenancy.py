"""The database keeps calendars and visits of practices apart, whatever the application forgets."""

import datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, transaction

from partners import tenancy
from scheduling import booking
from scheduling.models import Visit, VisitEvent, WeeklyHours
from scheduling.refusals import Refused, Unknown
from tests.prospects.factories import PersonFactory
from tests.scheduling.bookings import NOW, book, wish
from tests.scheduling.factories import (
    Calendar,
    CalendarRulesFactory,
    ClosureFactory,
    HoldFactory,
    TimeOffFactory,
    VisitFactory,
    open_calendar,
    span,
)

TABLES = (
    "CalendarRules Closure Hold Provider Resource TimeOff Visit VisitType VisitTypeProvider"
    " VisitTypeResource WeeklyHours"
).split()
NINE = datetime.datetime(2026, 3, 9, 13, tzinfo=datetime.UTC)


@pytest.fixture
def both(our_practice: Any, other_practice: Any) -> list[Calendar]:
    """In each practice a row of everything."""
    calendars = [open_calendar(practice) for practice in (our_practice, other_practice)]
    for each in calendars:
        CalendarRulesFactory.create(practice=each.practice)
        ClosureFactory.create(practice=each.practice, during=span(NINE, 60))
        TimeOffFactory.create(provider=each.provider, during=span(NINE, 60))
        facts = {"provider": each.provider, "visit_type": each.visit_type, "room": each.room}
        VisitFactory.create(**facts, person=each.person, during=span(NINE, 30))
        HoldFactory.create(**facts, during=span(NINE, 30))
    return calendars


@pytest.mark.parametrize("name", TABLES)
def test_query_without_its_filter_shows_one_practice_or_none(
    both: list[Calendar], name: str
) -> None:
    model: Any = apps.get_model("scheduling", name)

    assert list(model.objects.all()) == []
    for each in both:
        with tenancy.within_practice(each.practice.pk):
            rows = list(model.objects.all())
        assert {row.practice_id for row in rows} == {each.practice.pk}
    assert list(model.objects.all()) == []


@pytest.mark.parametrize("name", TABLES)
def test_row_cannot_move_to_another_practice(both: list[Calendar], name: str) -> None:
    ours, theirs = (each.practice.pk for each in both)
    model: Any = apps.get_model("scheduling", name)

    with (
        tenancy.within_practice(ours),
        pytest.raises(DatabaseError, match=r"row-level security|permission denied"),
        transaction.atomic(),
    ):
        model.objects.filter(practice_id=ours).update(practice_id=theirs)


@pytest.mark.parametrize(
    ("table", "column", "target"),
    [
        ("weeklyhours", "provider_id", "provider"),
        ("timeoff", "provider_id", "provider"),
        ("visittypeprovider", "visit_type_id", "visittype"),
        ("visittypeprovider", "provider_id", "provider"),
        ("visittyperesource", "visit_type_id", "visittype"),
        ("visittyperesource", "resource_id", "resource"),
        ("visit", "provider_id", "provider"),
        ("visit", "visit_type_id", "visittype"),
        ("visit", "room_id", "resource"),
        ("hold", "provider_id", "provider"),
        ("hold", "visit_type_id", "visittype"),
        ("hold", "room_id", "resource"),
    ],
)
def test_row_cannot_point_at_another_practice(
    both: list[Calendar], staff: Any, table: str, column: str, target: str
) -> None:
    theirs = apps.get_model("scheduling", target)
    with staff():
        foreign = theirs._default_manager.get(practice_id=both[1].practice.pk).pk

    # Even staff, who see both: of theirs and of nobody's it says the same.
    for pk in (foreign, foreign + 999):
        with (
            staff(),
            pytest.raises(IntegrityError, match="same_practice"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                f"UPDATE scheduling_{table} SET {column} = %s WHERE practice_id = %s",
                [pk, both[0].practice.pk],
            )


def test_visit_cannot_be_of_another_practices_person(both: list[Calendar], staff: Any) -> None:
    with staff(), pytest.raises(IntegrityError, match="same_practice"), transaction.atomic():
        Visit.objects.filter(practice=both[0].practice).update(person=both[1].person)


@pytest.mark.parametrize("what", ["person_id", "provider_id", "visit_type"])
def test_booking_with_a_row_of_another_practice_is_as_with_none(
    our_practice: Any, other_practice: Any, what: str
) -> None:
    ours, theirs = open_calendar(our_practice), open_calendar(other_practice, type_name="Laser")
    foreign = wish(theirs)[what]

    with pytest.raises(Refused) as refused:
        book(ours, **{what: foreign})

    assert type(refused.value) is Unknown
    with tenancy.acting_as(tenancy.STAFF):
        assert not Visit.objects.exists()


def test_booking_for_another_practice_than_the_transactions_writes_nothing(
    our_practice: Any, other_practice: Any
) -> None:
    theirs = open_calendar(other_practice)

    with pytest.raises(Unknown), tenancy.within_practice(our_practice.pk):
        booking.book(**wish(theirs))
    for function in ("scheduling_occupied(", "scheduling_wait_and_look('{}',"):
        with (
            pytest.raises(DatabaseError, match="not that of the transaction"),
            tenancy.within_practice(our_practice.pk),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                f"SELECT {function} %s, %s, '{{}}', %s, %s, '0', %s, 0, 0)",
                [other_practice.pk, [theirs.provider.pk], NOW, NINE, NOW],
            )


def test_same_hour_in_two_practices_is_no_conflict(our_practice: Any, other_practice: Any) -> None:
    for practice in (our_practice, other_practice):
        book(open_calendar(practice))


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM scheduling_visit",
        "UPDATE scheduling_hold SET expires_at = now()",
        "INSERT INTO scheduling_closure (practice_id, during, reason) VALUES (1, 'empty', '')",
        "UPDATE scheduling_weeklyhours SET opens = '00:00'",
        "DELETE FROM scheduling_timeoff",
        "UPDATE scheduling_provider SET is_active = true",
        "SELECT * FROM scheduling_visitevent",
        "SELECT * FROM scheduling_hoursevent",
        "SELECT scheduling_forget_holds(now())",
    ],
)
def test_serving_role_may_not(both: list[Calendar], statement: str) -> None:
    with (
        tenancy.within_practice(both[0].practice.pk),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.parametrize(
    "values",
    [
        {"during": span(NINE, 10)},
        {"provider_busy": span(NINE, 10)},
        {"provider_during": "empty"},
        {"during": "[2026-03-09,)"},
        {"provider_busy": "(,2027-01-01)"},
        {"status": "lost"},
    ],
)
def test_database_refuses_what_no_visit_can_be(
    both: list[Calendar], staff: Any, values: dict[str, Any]
) -> None:
    [(column, value)] = values.items()
    with (
        staff(),
        pytest.raises(IntegrityError, match="check constraint"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE scheduling_visit SET {column} = %s", [value])


@pytest.mark.parametrize("what", ["provider", "room"])
def test_database_refuses_visits_that_overlap(both: list[Calendar], staff: Any, what: str) -> None:
    ours = both[0]
    other = open_calendar(ours.practice, type_name="Other")
    facts = {
        "visit_type": ours.visit_type,
        "provider": ours.provider if what == "provider" else other.provider,
        "room": ours.room if what == "room" else other.room,
        "person": PersonFactory.create(practice=ours.practice),
    }
    overlapping = span(NINE + datetime.timedelta(minutes=29), 30)
    touching = span(NINE + datetime.timedelta(minutes=30), 30)

    with pytest.raises(IntegrityError, match="one_at_a_time"):
        VisitFactory.create(**facts, during=overlapping)
    VisitFactory.create(**facts, during=overlapping, status="cancelled")
    VisitFactory.create(**facts, during=overlapping, is_overbooked=True)
    VisitFactory.create(**facts, during=touching)


def test_history_tells_who_whatever_way_it_was_written(
    both: list[Calendar], staff: Any, owner: Any
) -> None:
    with tenancy.acting_as(tenancy.STAFF, staff="maria"):
        Visit.objects.update(status="arrived")
        WeeklyHours.objects.filter(weekday=0).update(opens=datetime.time(8))
    owner.execute("SET ROLE emr_staff")
    owner.execute("UPDATE scheduling_visit SET notes = 'by hand'")
    owner.execute("RESET ROLE")

    with staff():
        ours = VisitEvent.objects.filter(practice=both[0].practice).order_by("pgh_id")
        told = list(ours.values_list("pgh_label", "status", "notes", "pgh_context"))
    assert told == [
        ("insert", "booked", "", {"staff": "tests"}),
        ("update", "arrived", "", {"staff": "maria"}),
        ("update", "arrived", "by hand", None),
    ]


@pytest.mark.parametrize("table", ["visitevent", "hoursevent"])
def test_nobody_changes_history(both: list[Calendar], owner: Any, table: str) -> None:
    owner.execute("SET ROLE emr_staff")
    try:
        for statement in (f"DELETE FROM scheduling_{table}", f"UPDATE scheduling_{table} SET id=1"):
            with pytest.raises(Exception, match="permission denied"):
                owner.execute(statement)
    finally:
        owner.execute("RESET ROLE")
