"""A prospect is changed: only what is sent, and only by who saw the latest."""

from typing import Any

import pytest

from tests.client import Client, faults
from tests.factories import ProviderFactory
from tests.prospects.calls import JOHN, create
from webhooks.models import LogEntry


@pytest.mark.parametrize(
    "field",
    ["EMail", "Phone", "CellPhone", "SMSPhone", "Zip", "Sh_Zip", "FirstName", "Notes", "Gender"],
)
def test_null_and_blank_clear_text(ours: Client, field: str) -> None:
    values = {"Gender": "f", "EMail": "a@b"}
    given = {field: values.get(field, "12345")}
    path = f"/prospects/{create(ours, FullName='J', **given)['PatientID']}"

    for nothing in (None, ""):
        ours.put(path, given)
        assert ours.put(path, {field: nothing}).json()["data"][field] == ""


def test_dob_and_provider_are_cleared_by_null(ours: Client, our_practice: Any) -> None:
    provider = ProviderFactory.create(practice=our_practice)
    person = create(ours, DOB="1990-05-17", ProviderID=provider.pk)
    assert (person["DOB"], person["ProviderID"]) == ("1990-05-17", provider.pk)

    cleared = ours.put(f"/prospects/{person['PatientID']}", {"DOB": None, "ProviderID": None})

    assert (cleared.json()["data"]["DOB"], cleared.json()["data"]["ProviderID"]) == (None, None)


def test_put_and_patch_change_only_what_is_sent(ours: Client) -> None:
    person = create(ours, EMail="john@example.com", Phone="555-0123", Notes="n", DOB="1990-05-17")
    path = f"/prospects/{person['PatientID']}"

    put = ours.put(path, {"City": "Albany"})
    patched = ours.patch(path, {"State": "NY"})

    assert put.status_code == patched.status_code == 200
    assert put.json() == {
        "message": "Prospect updated successfully",
        "data": {**person, "City": "Albany", "UpdatedAt": put.json()["data"]["UpdatedAt"]},
    }
    after = patched.json()["data"]
    assert after == {**put.json()["data"], "State": "NY", "UpdatedAt": after["UpdatedAt"]}
    assert person["UpdatedAt"] < put.json()["data"]["UpdatedAt"] < after["UpdatedAt"]


def test_full_name_follows_its_parts_only_if_it_was_composed(ours: Client) -> None:
    composed = create(ours)
    given = create(ours, FullName="Dr. John Doe")

    after = [
        ours.put(f"/prospects/{person['PatientID']}", {"LastName": "Roe"}).json()["data"][
            "FullName"
        ]
        for person in (composed, given)
    ]

    assert after == ["John Roe", "Dr. John Doe"]


def test_full_name_can_be_composed_anew_but_not_lost(ours: Client) -> None:
    john = f"/prospects/{create(ours, FullName='Johnny')['PatientID']}"
    cher = f"/prospects/{ours.post('/prospects', {'FullName': 'Cher'}).json()['data']['PatientID']}"

    assert ours.put(john, {"FullName": ""}).json()["data"]["FullName"] == "John Doe"
    assert faults(ours.put(cher, {"FullName": None})) == {"FullName": "required"}
    assert faults(ours.put(john, {"FirstName": "", "LastName": ""})) == {"FullName": "required"}


def test_change_of_nothing_is_no_change(ours: Client, staff: Any) -> None:
    person = create(ours)

    for body in ({}, {"FirstName": "John"}, {"PtImg": None}, {"DOB": None}):
        answer = ours.put(f"/prospects/{person['PatientID']}", body)
        assert answer.json()["data"] == person
    with staff():
        assert [entry.event for entry in LogEntry.objects.all()] == ["patient.created"]


def test_stale_if_match_is_refused_and_changes_nothing(ours: Client) -> None:
    created = ours.post("/prospects", JOHN)
    path = f"/prospects/{created.json()['data']['PatientID']}"
    changed = ours.put(path, {"City": "Albany"}, If_Match=created["ETag"])

    stale = ours.put(path, {"City": "Boston"}, If_Match=created["ETag"])

    assert changed.status_code == 200
    assert stale.status_code == 412
    assert ours.get(path).json()["data"]["City"] == "Albany"
    assert ours.put(path, {"City": "Boston"}, If_Match=changed["ETag"]).status_code == 200
    assert ours.put(path, {"City": "Troy"}, If_Match="*").status_code == 200
    assert ours.get(path, None, If_None_Match=ours.get(path)["ETag"]).status_code == 304
