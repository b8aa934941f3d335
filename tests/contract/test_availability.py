"""The documented examples of providers and availability, replayed key by key in both practices."""

from typing import Any

import pytest

from tests.client import Client
from tests.contract.reference import PUBLISHED
from tests.factories import ProviderFactory
from tests.scheduling.clock import Clock, clock
from tests.scheduling.factories import (
    CalendarRulesFactory,
    TimeOffFactory,
    VisitFactory,
    VisitTypeFactory,
    VisitTypeProviderFactory,
    at,
    open_hours,
    span,
)

__all__ = ["clock"]

MORNING, EVENING = "2026-03-09T07:00:00-04:00", "2026-03-09T18:00:00-04:00"
PUBLISHED_ANSWERS = {
    each.operation.rpartition("/")[2]: each.response for each in PUBLISHED if each.response
}


@pytest.fixture(params=["ours", "theirs"])
def client(request: pytest.FixtureRequest, clock: Clock) -> Client:
    """A client of either practice, while the other has rows of its own."""
    clock.set(MORNING)
    for name in ("ours", "theirs"):
        request.getfixturevalue(name)
    found: Client = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def practice(client: Client, our_practice: Any, other_practice: Any) -> Any:
    return our_practice if client.ppass == our_practice.ppass else other_practice


@pytest.fixture
def jane(practice: Any, our_practice: Any, other_practice: Any) -> Any:
    """Jane Smith, as documented, on a day with three or four gaps; a namesake in the other one."""
    made = {each.pk: _jane(each) for each in (our_practice, other_practice)}
    return made[practice.pk]


def _jane(practice: Any) -> Any:
    provider = ProviderFactory.create(practice=practice, name="Jane Smith")
    CalendarRulesFactory.create(practice=practice, grid_minutes=30)
    open_hours(provider, weekdays=range(5))
    for start, minutes in (("09:30", 45), ("10:45", 45), ("12:00", 120), ("14:30", 150)):
        begin = at(practice, "2026-03-09", start)
        TimeOffFactory.create(provider=provider, during=span(begin, minutes))
    return provider


def as_published(name: str, provider: Any) -> Any:
    """The published answer, with the ids that these rows happen to have."""
    return _renumbered(PUBLISHED_ANSWERS[name], provider.pk)


def _renumbered(node: Any, number: int) -> Any:
    """A copy all the way down: the reference is shared with every other test."""
    if isinstance(node, list):
        return [_renumbered(each, number) for each in node]
    if not isinstance(node, dict):
        return node
    made = {name: _renumbered(each, number) for name, each in node.items()}
    for name, each in made.items():
        if name in ("ProviderID", "id"):
            made[name] = str(number) if isinstance(each, str) else number
    return made


def test_providers_are_listed(client: Client, jane: Any) -> None:
    answer = client.get("/availability/providers")

    facts = {"id": jane.pk, "name": "Jane Smith", "title": "PA-C", "specialty": "Aesthetics"}
    assert answer.status_code == 200
    assert answer.json() == {"data": [facts], "count": 1}


def test_provider_is_told_in_detail(client: Client, practice: Any, jane: Any) -> None:
    kind = VisitTypeFactory.create(practice=practice, name="Consult")
    VisitTypeProviderFactory.create(practice=practice, visit_type=kind, provider=jane)
    days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")

    answer = client.get(f"/availability/providers/{jane.pk}")

    assert answer.status_code == 200
    assert answer.json() == {
        "data": {
            "id": jane.pk,
            "name": "Jane Smith",
            "title": "PA-C",
            "specialty": "Aesthetics",
            "timezone": "America/New_York",
            "hours": [
                {
                    "weekday": day,
                    "opens": "09:00:00",
                    "closes": "17:00:00",
                    "validFrom": None,
                    "validUntil": None,
                }
                for day in days
            ],
            "visitTypes": ["Consult"],
        }
    }


def test_schedule_as_documented(client: Client, practice: Any, jane: Any) -> None:
    kind = VisitTypeFactory.create(practice=practice, name="FOLLOWUP")
    visit = VisitFactory.create(
        provider=jane, visit_type=kind, during=span(at(practice, "2026-03-09", "09:00"), 30)
    )

    answer = client.get(
        f"/availability/providers/{jane.pk}/schedule",
        {"startDate": "2026-03-09", "endDate": "2026-03-15"},
    )

    expected = as_published("schedule", jane)
    expected["data"]["schedule"]["2026-03-09"][0]["VisitID"] = visit.pk
    assert answer.status_code == 200
    assert answer.json() == expected
    assert list(answer.json()["data"]) == list(expected["data"])


def test_check_as_documented(client: Client, jane: Any) -> None:
    answer = client.get(
        f"/availability/providers/{jane.pk}/check",
        {"date": "2026-03-09", "time": "10:15:00", "duration": "30"},
    )

    assert (answer.status_code, answer.json()) == (200, as_published("check", jane))
    assert list(answer.json()["data"]) == list(PUBLISHED_ANSWERS["check"]["data"])


def test_slots_as_documented(client: Client, jane: Any) -> None:
    answer = client.get(
        f"/availability/providers/{jane.pk}/slots", {"date": "2026-03-09", "duration": "30"}
    )

    assert (answer.status_code, answer.json()) == (200, as_published("slots", jane))


def test_next_slot_as_documented(client: Client, jane: Any, clock: Clock) -> None:
    clock.set(EVENING)

    answer = client.get(
        f"/availability/providers/{jane.pk}/next-slot", {"duration": "30", "maxDays": "30"}
    )

    expected = as_published("next-slot", jane)
    assert (answer.status_code, answer.json()) == (200, expected)
    assert type(answer.json()["data"]["TheNextSlot"]["ProviderID"]) is str


def test_next_slot_looks_a_year_ahead_and_may_find_none(client: Client, practice: Any) -> None:
    idle = ProviderFactory.create(practice=practice)

    answer = client.get(f"/availability/providers/{idle.pk}/next-slot", {"duration": "30"})

    assert answer.json() == {
        "data": {
            "ProviderID": idle.pk,
            "Duration": 30,
            "SearchWindowDays": 365,
            "TheNextSlot": None,
        }
    }
