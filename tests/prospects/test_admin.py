"""The staff pages of people and tags."""

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from partners.models import ApiKey
from prospects.models import Person, PersonEvent, Tag
from tests.client import Client
from tests.factories import ProviderFactory
from tests.prospects.factories import PersonFactory, TagFactory, put_on
from tests.staff_pages import fields, signed_in

PEOPLE = "/admin/prospects/person/"
TAGS = "/admin/prospects/tag/"


@pytest.fixture
def browser(staff: Any) -> Browser:
    """Somebody who may do everything, signed in."""
    return signed_in(staff)


def _events(staff: Any) -> list[tuple[str, int]]:
    from webhooks.models import LogEntry

    with staff():
        return list(LogEntry.objects.order_by("id").values_list("event", "object_id"))


def test_list_shows_people_of_all_practices_and_of_one(
    browser: Browser, our_practice: Any, other_practice: Any
) -> None:
    PersonFactory.create(practice=our_practice, first_name="Ann", last_name="Ours")
    PersonFactory.create(practice=other_practice, first_name="Ann", last_name="Theirs")

    everybody = browser.get(PEOPLE).content.decode()
    ours = browser.get(PEOPLE, {"ppass": "demooffice"}).content.decode()
    found = browser.get(PEOPLE, {"q": "ann theirs"}).content.decode()
    both = browser.get(PEOPLE, {"q": "ann theirs", "ppass": "DemoOffice"}).content.decode()

    assert "Ann Ours" in everybody
    assert "Ann Theirs" in everybody
    assert "Ann Ours" in ours
    assert "Ann Theirs" not in ours
    assert "Ann Theirs" in found
    assert "Ann Ours" not in found
    assert "Ann Theirs" not in both


def test_list_takes_as_many_queries_for_many_as_for_one(
    browser: Browser, our_practice: Any
) -> None:
    counts = []
    for size in (1, 2, 22):
        for person in PersonFactory.create_batch(size, practice=our_practice):
            put_on(person, TagFactory.create(practice=our_practice))
        for path in (PEOPLE, TAGS):
            with CaptureQueriesContext(connection) as captured:
                browser.get(path, {"q": "a"})
            counts.append(len([q for q in captured if "prospects_" in q["sql"]]))

    assert counts == counts[:2] * 3


def test_person_is_added_as_the_api_adds_one(
    browser: Browser, our_practice: Any, staff: Any
) -> None:
    empty = fields(browser.get(f"{PEOPLE}add/"))

    answer = browser.post(
        f"{PEOPLE}add/",
        {
            **empty,
            "practice": our_practice.pk,
            "first_name": "John",
            "last_name": "Doe",
            "phone": "(212) 555-0100",
        },
    )

    assert answer.status_code == 302, answer.context["errors"]
    with staff():
        person = Person.objects.get()
        assert (person.full_name, person.normalized_phones) == ("John Doe", "12125550100")
        assert [event.pgh_context["staff"] for event in PersonEvent.objects.all()] == ["maria"]
    assert _events(staff) == [("patient.created", person.pk)]


def test_person_is_changed_with_event_and_history(
    browser: Browser, ours: Client, our_practice: Any, staff: Any
) -> None:
    provider = ProviderFactory.create(practice=our_practice)
    created = ours.post("/prospects", {"FirstName": "John", "LastName": "Doe"}).json()["data"]
    page = f"{PEOPLE}{created['PatientID']}/"

    answer = browser.post(
        f"{page}change/",
        {**fields(browser.get(f"{page}change/")), "city": "Albany", "provider": provider.pk},
    )

    assert answer.status_code == 302, answer.context["errors"]
    after = ours.get(f"/prospects/{created['PatientID']}").json()["data"]
    assert after == {
        **created,
        "City": "Albany",
        "ProviderID": provider.pk,
        "UpdatedAt": after["UpdatedAt"],
    }
    assert [event for event, _ in _events(staff)] == ["patient.created", "patient.updated"]
    history = browser.get(f"{page}history/").content.decode()
    assert "maria" in history
    assert "Albany" in history
    assert "request" in history


def test_history_tells_of_tags_and_of_sql(browser: Browser, ours: Client, owner: Any) -> None:
    number = ours.post("/prospects", {"FullName": "John"}).json()["data"]["PatientID"]
    ours.put(f"/prospects/{number}/tags", {"Tags": ["VIP"]})
    ours.put(f"/prospects/{number}/tags", {"Tags": []})
    owner.execute("UPDATE prospects_person SET notes = 'by hand'")

    history = browser.get(f"{PEOPLE}{number}/history/").content.decode()

    for words in ("tag VIP put on", "tag VIP taken off", "by hand", "SQL"):
        assert words in history


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"first_name": "", "full_name": ""}, "full_name"),
        ({"birth_date": "2999-01-01"}, "birth_date"),
        ({"email": "nobody"}, "email"),
        ({"phone": "none"}, "phone"),
        ({"gender": "x"}, "gender"),
    ],
)
def test_form_refuses_what_the_api_refuses(
    browser: Browser, our_practice: Any, staff: Any, sent: dict[str, str], field: str
) -> None:
    empty = {**fields(browser.get(f"{PEOPLE}add/")), "practice": our_practice.pk}

    answer = browser.post(f"{PEOPLE}add/", {**empty, "full_name": "John", **sent})

    assert answer.status_code == 200
    assert field in answer.context["adminform"].form.errors
    with staff():
        assert not Person.objects.exists()


def test_form_offers_providers_of_the_practice_only(
    browser: Browser, our_practice: Any, other_practice: Any
) -> None:
    own = ProviderFactory.create(practice=our_practice, name="Dr. Own")
    foreign = ProviderFactory.create(practice=other_practice, name="Dr. Foreign")
    page = f"{PEOPLE}{PersonFactory.create(practice=our_practice).pk}/change/"

    shown = browser.get(page).content.decode()

    assert own.name in shown
    assert foreign.name not in shown
    answer = browser.post(page, {**fields(browser.get(page)), "provider": foreign.pk})
    assert "provider" in answer.context["adminform"].form.errors


def test_today_is_a_birth_date(browser: Browser, our_practice: Any) -> None:
    empty = {**fields(browser.get(f"{PEOPLE}add/")), "practice": our_practice.pk}
    yesterday = datetime.datetime.now(datetime.UTC).date() - datetime.timedelta(days=1)

    answer = browser.post(
        f"{PEOPLE}add/", {**empty, "full_name": "Baby", "birth_date": yesterday.isoformat()}
    )

    assert answer.status_code == 302


def test_people_are_not_deleted(browser: Browser, our_practice: Any) -> None:
    person = PersonFactory.create(practice=our_practice)

    assert browser.post(f"{PEOPLE}{person.pk}/delete/", {"post": "yes"}).status_code == 403


def test_tag_is_renamed_and_deleted_as_the_api_does(
    browser: Browser, our_practice: Any, staff: Any
) -> None:
    tag = TagFactory.create(practice=our_practice, name="VIP")
    person = PersonFactory.create(practice=our_practice)
    put_on(person, tag)
    page = f"{TAGS}{tag.pk}/change/"

    renamed = browser.post(page, {**fields(browser.get(page)), "name": "Gold"})
    deleted = browser.post(f"{TAGS}{tag.pk}/delete/", {"post": "yes"})

    assert (renamed.status_code, deleted.status_code) == (302, 302)
    assert _events(staff) == [("patient.updated", person.pk)] * 2
    with staff():
        assert not Tag.objects.exists()


def test_tags_tell_how_many_wear_them(browser: Browser, our_practice: Any) -> None:
    tag = TagFactory.create(practice=our_practice, name="VIP", color="#b22222")
    people = PersonFactory.create_batch(3, practice=our_practice)
    for person in people:
        put_on(person, tag)

    listed = browser.get(TAGS).content.decode()
    asked = browser.get(f"{TAGS}{tag.pk}/delete/").content.decode()

    assert '<td class="field-worn_by">3</td>' in listed
    assert '<rect fill="#b22222"/>' in listed
    assert "People who lose it: 3" in asked
    assert "VIP (DemoOffice)" in asked
    assert not [person for person in people if f"person {person.pk}" in asked]


def test_history_names_the_key(browser: Browser, ours: Client, staff: Any) -> None:
    number = ours.post("/prospects", {"FullName": "John"}).json()["data"]["PatientID"]
    with staff():
        key = ApiKey.objects.select_related("partner").get(
            pk=PersonEvent.objects.get().pgh_context["key"]
        )

    history = browser.get(f"{PEOPLE}{number}/history/").content.decode()

    assert (
        f'<a href="/admin/partners/apikey/{key.pk}/change/">{key}</a> of {key.partner}' in history
    )
