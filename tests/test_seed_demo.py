"""Demo data: complete, repeatable, and made of rows like those that the API makes."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client as DjangoClient

from catalog.models import Product, ProductEvent
from partners.models import ApiKey, Partner, Practice
from prospects.models import Person, PersonEvent, PersonTag, Tag
from scheduling.models import Provider
from tests.client import Client
from webhooks.models import LogEntry

Staff = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def seed(staff: Staff) -> Callable[..., dict[str, Any]]:
    def seed(*arguments: str) -> dict[str, Any]:
        out = StringIO()
        with staff():
            call_command("seed_demo", "--json", *arguments, stdout=out, stderr=StringIO())
        facts: dict[str, Any] = json.loads(out.getvalue())
        return facts

    return seed


def client_of(ppass: str, key: str) -> Client:
    answer = Client(ppass=ppass).post("/auth/token", {"apiKey": key})
    assert answer.status_code == 200
    return Client(ppass=ppass, token=answer.json()["accessToken"])


def rows() -> dict[str, int]:
    models = (
        Practice,
        Partner,
        ApiKey,
        Provider,
        Person,
        Tag,
        PersonTag,
        PersonEvent,
        LogEntry,
        Product,
        ProductEvent,
    )
    return {model.__name__: model.objects.count() for model in models}


def test_seed_demo_can_be_used_at_once(seed: Any, staff: Staff) -> None:
    facts = seed()

    assert facts["ppass"] == "DemoOffice"
    assert facts["partner"] == "Demo Partner"
    assert facts["people"] == {"DemoOffice": 40, "HarborClinic": 40}
    assert facts["hints"] == []
    assert facts["key"].startswith("emr_live_")
    assert facts["sandbox"]["key"].startswith("emr_test_")
    ours = client_of("DemoOffice", facts["key"])
    theirs = client_of("HarborClinic", facts["sandbox"]["key"])
    assert ours.get("/prospects").json()["total"] == 40
    assert theirs.get("/prospects").json()["total"] == 40
    assert ours.get("/v1/HarborClinic/prospects").status_code == 403
    names = {tag["Tag"] for tag in ours.get("/tags").json()["data"]}
    assert facts["products"] == 19
    for client in (ours, theirs):
        answer = client.get("/v1/products", {"vendorCode": "V001", "search": "serum"}).json()
        assert [row["ProductCode"] for row in answer["data"]] == ["SER-10", "SER-15"]
    assert names == {"VIP", "New lead", "Referral", "Newsletter", "Laser", "Do not call"}


def test_seed_demo_makes_an_administrator(seed: Any) -> None:
    sign_in = seed()["staff"]

    answer = DjangoClient().post("/admin/login/?next=/admin/", sign_in)

    assert sign_in["username"] == "admin"
    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/")


def test_seed_demo_of_a_new_install_begins_with_jane_smith(
    seed: Any, staff: Staff, owner: psycopg.Connection[Any]
) -> None:
    owner.execute("ALTER TABLE scheduling_provider ALTER COLUMN id RESTART")

    seed()

    with staff():
        first = Provider.objects.select_related("practice").get(pk=1)
    assert (first.name, first.title, first.specialty) == ("Jane Smith", "PA-C", "Aesthetics")
    assert (first.practice.ppass, first.practice.time_zone) == ("DemoOffice", "America/New_York")


def test_seed_demo_twice(seed: Any, staff: Staff) -> None:
    first = seed()
    with staff():
        before = rows()

    second = seed()

    with staff():
        assert rows() == before
    assert (second["key"], second["sandbox"]["key"]) == (None, None)
    assert second["staff"] == {"username": "admin", "password": None}
    assert second["people"] == first["people"]
    assert "--new-key" in second["hints"][0]
    assert "changepassword admin" in second["hints"][1]


def test_seed_demo_new_key(seed: Any) -> None:
    first = seed()

    second = seed("--new-key")

    assert second["key"] not in {None, first["key"]}
    assert second["staff"]["password"] is None
    client_of("DemoOffice", first["key"])
    client_of("DemoOffice", second["key"])


def test_seed_demo_makes_rows_as_the_api_does(seed: Any, staff: Staff) -> None:
    seed()

    with staff():
        people = list(Person.objects.select_related("practice", "provider"))
        events = LogEntry.objects.filter(event="patient.created", scope="Patients")
        assert sorted(events.values_list("object_id", flat=True)) == sorted(p.pk for p in people)
        history = PersonEvent.objects.filter(pgh_label="insert")
        assert {entry.pgh_context["command"] for entry in history} == {"seed_demo"}
        assert history.count() == len(people)
    for person in people:
        assert person.email.endswith("@example.com")
        assert " 555-" in person.cell_phone
        if person.provider is not None:
            assert person.provider.practice_id == person.practice_id
    assert {person.is_prospect for person in people} == {True, False}


def test_seed_demo_crowd(seed: Any, staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emrapi.management.crowd.BATCH", 40)

    facts = seed("--people", "100", "--ppass", "harborclinic")

    assert facts["people"] == {"DemoOffice": 40, "HarborClinic": 140}
    with staff():
        crowd = list(Person.objects.filter(practice__ppass="HarborClinic").order_by("id"))[40:]
        events = LogEntry.objects.filter(event="patient.created", practice__ppass="HarborClinic")
        assert set(events.values_list("object_id", flat=True)) >= {p.pk for p in crowd}
        assert events.count() == 140
        history = PersonEvent.objects.filter(pgh_obj_id__in=[person.pk for person in crowd])
        assert {entry.pgh_context["command"] for entry in history} == {"seed_demo"}
        assert history.count() == 100
    derived = ("full_name", "normalized_phones", "normalized_postal_code", "identities")
    for person in crowd:
        stored = {name: getattr(person, name) for name in derived}
        person.derive()
        assert {name: getattr(person, name) for name in derived} == stored
        assert person.email in person.search_text
    assert len({person.email for person in crowd}) == 100


def test_seed_demo_crowd_grows(seed: Any, staff: Staff) -> None:
    seed("--people", "50")

    assert seed("--people", "50")["people"]["DemoOffice"] == 140

    with staff():
        people = Person.objects.filter(practice__ppass="DemoOffice")
        assert people.values("email").distinct().count() == 140


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--people", "0"], "is not a number of people"),
        (["--people", "many"], "is not a number of people"),
        (["--people", "1", "--ppass", "HarborClinik"], "Did you mean HarborClinic?"),
    ],
)
def test_seed_demo_refused(seed: Any, arguments: list[str], told: str) -> None:
    with pytest.raises(CommandError) as refusal:
        seed(*arguments)

    assert told in str(refusal.value)


def test_seed_demo_is_not_for_production(seed: Any, staff: Staff, settings: Any) -> None:
    settings.IN_PRODUCTION = True

    with pytest.raises(CommandError, match="not for production"):
        seed()

    with staff():
        assert not Practice.objects.exists()
