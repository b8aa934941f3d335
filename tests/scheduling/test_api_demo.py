"""What is published can be pasted: the demo office of a new install answers it to the letter."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from partners import tenancy
from partners.models import ApiKey
from prospects.models import Person
from scheduling.models import Resource, Visit, VisitType
from tests.benchmarks.stage import drop_database, make_database
from tests.client import Client
from tests.contract.reference import PUBLISHED
from tests.scheduling.clock import Clock

PUBLISHED_BY_END = {each.operation.rpartition("/")[2]: each for each in PUBLISHED}
# One install for both.
pytestmark = pytest.mark.xdist_group("demo")
JANE = "/availability/providers/1"


@pytest.fixture(scope="module")
def new_install(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A database that nobody used, with the demo: only there have rows the published numbers."""
    fresh = f"{connection.settings_dict['NAME']}_demo"
    make_database(fresh)
    with django_db_blocker.unblock(), _used(fresh), tenancy.acting_as(tenancy.STAFF, staff="tests"):
        call_command("seed_demo", "--json", stdout=StringIO(), stderr=StringIO())
    yield fresh
    drop_database(fresh)


@contextmanager
def _used(name: str) -> Iterator[None]:
    """Another database instead of the tests' own."""
    own = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    yield
    connection.close()
    connection.settings_dict["NAME"] = own


@pytest.fixture
def office(
    database: None,
    new_install: str,
    staff: Callable[[], AbstractContextManager[None]],
    client_for: Callable[[ApiKey], Client],
    clock: Clock,
) -> Iterator[Client]:
    """A client of the office in an install that is new, on the morning of the examples."""
    with _used(new_install):
        with staff():
            key = ApiKey.objects.select_related("practice").get(practice__ppass="DemoOffice")
        clock.set("2026-03-09T07:00:00-04:00")
        yield client_for(key)


def test_demo_answers_as_published(office: Client, clock: Clock) -> None:
    schedule = office.get(
        f"{JANE}/schedule", {"startDate": "2026-03-09", "endDate": "2026-03-15"}
    ).json()
    check = office.get(
        f"{JANE}/check", {"date": "2026-03-09", "time": "10:15:00", "duration": "30"}
    ).json()
    slots = office.get(f"{JANE}/slots", {"date": "2026-03-09", "duration": "30"}).json()
    types = office.get("/visit-types").json()
    clock.set("2026-03-09T18:00:00-04:00")
    next_slot = office.get(f"{JANE}/next-slot", {"duration": "30", "maxDays": "30"}).json()
    booked = office.post("/visits/book", PUBLISHED_BY_END["book"].request)
    article = office.get("/v1/kb/12").json()["data"]

    assert schedule == PUBLISHED_BY_END["schedule"].response
    assert check == PUBLISHED_BY_END["check"].response
    assert next_slot == PUBLISHED_BY_END["next-slot"].response
    assert types == PUBLISHED_BY_END["visit-types"].response
    assert (booked.status_code, booked.json()) == (201, PUBLISHED_BY_END["book"].response)
    published = next(each for each in PUBLISHED if each.operation == "GET /v1/kb/{id}")
    assert {name: article[name] for name in published.response["data"]} == published.response[
        "data"
    ]
    # The published slots have 09:00 too, when by the published schedule there is a visit.
    published = PUBLISHED_BY_END["slots"].response["data"]
    assert slots == {"data": {**published, "Slots": published["Slots"][1:], "Count": 2}}


def test_demo_has_more_than_the_examples(office: Client, staff: Any) -> None:
    with staff():
        inactive = VisitType.objects.filter(is_active=False)
        assert [(each.practice.ppass, each.name) for each in inactive] == [
            ("DemoOffice", "FOLLOWUP")
        ]
        assert Person.objects.filter(practice__ppass="DemoOffice").count() == 40
        for ppass in ("DemoOffice", "HarborClinic"):
            assert Visit.objects.filter(practice__ppass=ppass).count() > 5
            assert Resource.objects.filter(practice__ppass=ppass).count() > 1
