"""History: who changed what, through which key, however it was changed."""

from typing import Any

import pytest
from django.db import DatabaseError, transaction

from partners import tenancy
from prospects.models import Person, PersonEvent, PersonTagEvent, TagEvent
from tests.client import Client
from tests.prospects.factories import PersonFactory

JOHN = {"FirstName": "John", "LastName": "Doe"}


def _history(staff: Any, model: Any, *fields: str) -> list[Any]:
    with staff():
        return list(model.objects.order_by("pgh_id").values_list("pgh_label", *fields))


def test_change_through_the_api_names_key_partner_and_request(
    our_practice: Any, make_key: Any, client_for: Any, staff: Any
) -> None:
    key = make_key(our_practice)
    client = client_for(key)

    number = client.post("/prospects", JOHN, X_Request_Id="first").json()["data"]["PatientID"]
    client.put(f"/prospects/{number}", {"LastName": "Roe"}, X_Request_Id="second")

    who = {"key": key.pk, "partner": key.partner_id}
    assert _history(staff, PersonEvent, "id", "practice_id", "last_name", "pgh_context") == [
        ("insert", number, our_practice.pk, "Doe", {**who, "request": "first"}),
        ("update", number, our_practice.pk, "Roe", {**who, "request": "second"}),
    ]
    contexts = {context for _, context in _history(staff, PersonEvent, "pgh_context_id")}
    assert len(contexts) == 2
    assert None not in contexts


def test_changes_of_one_request_share_their_context(ours: Client, staff: Any) -> None:
    number = ours.post("/prospects", JOHN).json()["data"]["PatientID"]
    ours.put(f"/prospects/{number}/tags", {"Tags": ["A", "B"]})

    people = _history(staff, PersonEvent, "pgh_context_id")
    tags = _history(staff, TagEvent, "pgh_context_id", "name")
    links = _history(staff, PersonTagEvent, "pgh_context_id", "person_id")
    assert [label for label, _ in people] == ["insert", "update"]
    assert {context for _, context, *_ in [*tags, *links]} == {people[1][1]}
    assert [(label, name) for label, _, name in tags] == [("insert", "A"), ("insert", "B")]
    assert [(label, who) for label, _, who in links] == [("insert", number)] * 2


def test_tags_taken_off_stay_in_history(ours: Client, staff: Any) -> None:
    number = ours.post("/prospects", JOHN).json()["data"]["PatientID"]
    ours.put(f"/prospects/{number}/tags", {"Tags": ["A"]})
    tag = ours.get("/tags").json()["data"][0]["TagID"]

    ours.delete(f"/tags/{tag}")

    assert _history(staff, PersonTagEvent, "person_id", "tag_id") == [
        ("insert", number, tag),
        ("delete", number, tag),
    ]
    assert _history(staff, TagEvent, "name") == [("insert", "A"), ("delete", "A")]


def test_staff_are_named(our_practice: Any, staff: Any) -> None:
    with tenancy.acting_as(tenancy.STAFF, staff="maria"):
        Person.objects.create(practice=our_practice, full_name="John")

    assert _history(staff, PersonEvent, "pgh_context") == [("insert", {"staff": "maria"})]


@pytest.mark.parametrize("how", ["update()", "bulk_create()", "SQL"])
def test_no_way_of_writing_passes_history(
    our_practice: Any, staff: Any, owner: Any, how: str
) -> None:
    people = PersonFactory.create_batch(2, practice=our_practice)
    before = len(_history(staff, PersonEvent))

    if how == "update()":
        with tenancy.within_practice(our_practice.pk):
            Person.objects.filter(practice_id=our_practice.pk).update(city="Albany")
    elif how == "bulk_create()":
        with tenancy.within_practice(our_practice.pk):
            Person.objects.bulk_create(
                [Person(practice=our_practice, full_name=name) for name in "AB"]
            )
    else:
        owner.execute(
            "UPDATE prospects_person SET city = 'Albany' WHERE id = ANY (%s)",
            [[person.pk for person in people]],
        )

    label = "insert" if how == "bulk_create()" else "update"
    assert [each[0] for each in _history(staff, PersonEvent)[before:]] == [label] * 2


def test_update_that_changes_nothing_leaves_no_trace(
    our_practice: Any, owner: Any, staff: Any
) -> None:
    PersonFactory.create(practice=our_practice)

    owner.execute("UPDATE prospects_person SET city = city")

    assert [label for (label,) in _history(staff, PersonEvent)] == ["insert"]


def test_nobody_changes_history(our_practice: Any, staff: Any, owner: Any) -> None:
    PersonFactory.create(practice=our_practice)

    for statement in (
        "UPDATE prospects_personevent SET full_name = 'x'",
        "DELETE FROM prospects_personevent",
    ):
        with pytest.raises(Exception, match="Cannot update or delete"):
            owner.execute(statement)
    with staff(), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        PersonEvent.objects.all().delete()
    with (
        tenancy.within_practice(our_practice.pk),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
    ):
        list(PersonEvent.objects.all())
