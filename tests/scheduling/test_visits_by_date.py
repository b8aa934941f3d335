"""Visits are found by their day through an index, though row-level security hides most of them."""

import datetime
import json
import os
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partners.tenancy import within_practice
from tests.client import Client
from tests.scheduling.factories import Calendar, VisitFactory, at, open_calendar, span

# As many as take a planner a choice to make; SCHEDULE_VISITS=200000 is a big practice.
VISITS = int(os.environ.get("SCHEDULE_VISITS", "20000"))
_FILL = """
INSERT INTO scheduling_visit (practice_id, person_id, provider_id, visit_type_id, during,
    provider_during, provider_busy, status, complaint, notes, cancel_reason, is_overbooked,
    created_at, updated_at)
SELECT %(practice)s, %(person)s, %(provider)s, %(type)s, x.during, x.during, x.during,
    'completed', '', '', '', false, now(), now()
FROM generate_series(1, %(number)s) AS n,
    LATERAL (SELECT timestamptz '2010-01-04 14:00Z' + n * interval '20 min' AS start) AS s,
    LATERAL (SELECT tstzrange(s.start, s.start + interval '20 min') AS during) AS x
"""


@pytest.fixture
def both(our_practice: Any, other_practice: Any, owner: Any) -> list[Calendar]:
    """A practice with very many visits, one after the other, and one with a hundredth of that."""
    calendars = [open_calendar(practice) for practice in (our_practice, other_practice)]
    with owner.transaction():
        # What history would keep of them is of no interest here.
        owner.execute("ALTER TABLE scheduling_visit DISABLE TRIGGER USER")
        owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
        owner.execute("SET LOCAL ROLE emr_staff")
        for calendar, number in zip(calendars, (VISITS, VISITS // 100), strict=True):
            owner.execute(
                _FILL,
                {
                    "practice": calendar.practice.pk,
                    "person": calendar.person.pk,
                    "provider": calendar.provider.pk,
                    "type": calendar.visit_type.pk,
                    "number": number,
                },
            )
        owner.execute("RESET ROLE")
        owner.execute("ALTER TABLE scheduling_visit ENABLE TRIGGER USER")
    owner.execute("ANALYZE scheduling_visit")
    return calendars


def indexes(plan: Any) -> set[str]:
    """The names of those that a plan asks."""
    found = {plan["Index Name"]} if "Index Name" in plan else set()
    return found.union(*(indexes(part) for part in plan.get("Plans", ())))


def asked_for(client: Client, practice: Any, **filters: Any) -> tuple[Any, int, list[set[str]]]:
    """The answer, the number of statements, and the indexes that those about visits ask."""
    with CaptureQueriesContext(connection) as captured:
        answer = client.get("/visits", filters)
    about = [q["sql"] for q in captured if 'FROM "scheduling_visit"' in q["sql"]]
    plans = []
    with within_practice(practice.pk), connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("emr_web",)
        for sql in about:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
            [[described]] = cursor.fetchall()
            described = json.loads(described) if isinstance(described, str) else described
            plans.append(indexes(described[0]["Plan"]))
    return answer.json(), len(captured), plans


@pytest.mark.usefixtures("fresh_tables")
def test_days_are_found_by_an_index(ours: Client, theirs: Client, both: list[Calendar]) -> None:
    # The day on which the clocks go forward.
    day = {"startDate": "2010-03-14", "endDate": "2010-03-14"}
    _, usual, _ = asked_for(ours, both[0].practice)

    found, number, plans = asked_for(ours, both[0].practice, **day)
    of_provider, _, with_provider = asked_for(
        ours, both[0].practice, ProviderID=both[0].provider.pk, status="completed", **day
    )
    of_month, _, with_month = asked_for(
        ours, both[0].practice, startDate="2010-01-10", endDate="2010-02-09"
    )
    elsewhere, _, of_others = asked_for(theirs, both[1].practice, **day)

    assert (found["total"], of_provider["total"]) == (69, 69)
    assert (of_month["total"], elsewhere["total"]) == (31 * 72, 0)
    numbers = [each["VisitID"] for each in of_month["data"]]
    assert numbers == sorted(numbers, reverse=True)
    assert number == usual
    for plan in (*plans, *with_provider, *with_month, *of_others):
        assert "visit_by_start" in plan
    assert [len(plans), len(with_provider)] == [2, 2]


def test_days_are_those_of_the_practice(ours: Client, our_practice: Any) -> None:
    calendar = open_calendar(our_practice)
    facts = {"provider": calendar.provider, "visit_type": calendar.visit_type}
    times = ("2026-03-08T23:59", "2026-03-09T00:00", "2026-03-09T23:59", "2026-03-10T00:00")
    ids = [
        VisitFactory.create(**facts, during=span(at(our_practice, *time.split("T")), 1)).pk
        for time in times
    ]

    for first, last, known in (
        ("2026-03-09", "2026-03-09", ids[1:3]),
        ("2026-03-09", None, ids[1:]),
        (None, "2026-03-09", ids[:3]),
    ):
        asked = {"startDate": first, "endDate": last}
        answer = ours.get("/visits", {name: day for name, day in asked.items() if day})
        assert sorted(each["VisitID"] for each in answer.json()["data"]) == known


def test_beginning_moves_with_the_visit(our_practice: Any, staff: Any) -> None:
    calendar = open_calendar(our_practice)
    start = datetime.datetime(2026, 3, 9, 14, tzinfo=datetime.UTC)
    visit = VisitFactory.create(
        provider=calendar.provider, visit_type=calendar.visit_type, during=span(start, 30)
    )
    later = span(start + datetime.timedelta(days=1), 30)

    with staff():
        visit.during = visit.provider_during = visit.provider_busy = later
        visit.save()
        visit.refresh_from_db()

    assert visit.starts_at == later.lower
