"""The documented prospects examples, replayed: every key, every type."""

from typing import Any

from tests.client import Client

# What the reference calls the fields of a person, with the type of each on the wire.
REFERENCE_FIELDS = {
    "FirstName": str,
    "MI": str,
    "LastName": str,
    "FullName": str,
    "NickName": str,
    "Gender": str,
    "DOB": str,
    "LifeStage": str,
    "Pronouns": str,
    "SexualIdentity": str,
    "PrimaryLanguage": str,
    "Type": str,
    "Phone": str,
    "CellPhone": str,
    "SMSPhone": str,
    "EMail": str,
    "Address": str,
    "Unit": str,
    "City": str,
    "State": str,
    "Zip": str,
    "Country": str,
    "ProviderID": int,
    "Prospect": int,
    "Sh_Name": str,
    "Sh_Address": str,
    "Sh_Unit": str,
    "Sh_City": str,
    "Sh_State": str,
    "Sh_Zip": str,
    "Sh_Country": str,
    "PtImg": str,
    "Notes": str,
}
OUR_FIELDS = {"PatientID": int, "Tags": list, "CreatedAt": str, "UpdatedAt": str}
NULL_WHEN_ABSENT = {"DOB", "ProviderID", "PtImg"}
EXAMPLE = {
    "FirstName": "John",
    "LastName": "Doe",
    "EMail": "john@example.com",
    "Phone": "555-0123",
}


def _assert_is_person(person: dict[str, Any]) -> None:
    expected = REFERENCE_FIELDS | OUR_FIELDS
    assert set(person) == set(expected)
    for name, kind in expected.items():
        is_absent = person[name] is None and name in NULL_WHEN_ABSENT
        assert is_absent or type(person[name]) is kind, name


def test_create_prospect_as_documented(ours: Client) -> None:
    answer = ours.post("/prospects", EXAMPLE)

    assert answer.status_code == 201
    body = answer.json()
    assert set(body) == {"message", "data"}
    assert body["message"] == "Prospect created successfully"
    _assert_is_person(body["data"])
    assert body["data"] | EXAMPLE == body["data"]
    assert body["data"]["FullName"] == "John Doe"
    assert body["data"]["Prospect"] == 1


def test_list_prospects_as_documented(ours: Client) -> None:
    created = ours.post("/prospects", EXAMPLE).json()["data"]

    answer = ours.get(
        "/prospects", {"search": "doe", "page": "1", "limit": "10", "prospect": "true"}
    )

    assert answer.status_code == 200
    assert answer.json() == {"data": [created], "count": 1, "page": 1, "limit": 10, "total": 1}
    _assert_is_person(answer.json()["data"][0])


def test_update_prospect_takes_every_documented_field(ours: Client, our_practice: Any) -> None:
    from tests.factories import ProviderFactory

    provider = ProviderFactory.create(practice=our_practice)
    person = ours.post("/prospects", EXAMPLE).json()["data"]
    changes = {
        "FirstName": "Jane",
        "MI": "Q",
        "LastName": "Roe",
        "FullName": "Jane Q. Roe",
        "NickName": "Janie",
        "Gender": "f",
        "DOB": "1990-05-17",
        "LifeStage": "Adult",
        "Pronouns": "she/her",
        "SexualIdentity": "straight",
        "PrimaryLanguage": "English",
        "Type": "Patient",
        "Phone": "(212) 555-0100",
        "CellPhone": "212-555-0101",
        "SMSPhone": "+1 212 555 0102",
        "EMail": "Jane@Example.com",
        "Address": "1 Main Street",
        "Unit": "2B",
        "City": "New York",
        "State": "NY",
        "Zip": "10001-1234",
        "Country": "US",
        "ProviderID": provider.pk,
        "Prospect": 0,
        "Sh_Name": "Jane Roe",
        "Sh_Address": "2 Main Street",
        "Sh_Unit": "3C",
        "Sh_City": "Albany",
        "Sh_State": "NY",
        "Sh_Zip": "K1A 0B1",
        "Sh_Country": "CA",
        "Notes": "Prefers mornings.",
    }
    assert set(changes) == set(REFERENCE_FIELDS) - {"PtImg"}

    answer = ours.put(f"/prospects/{person['PatientID']}", changes)

    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"message", "data"}
    _assert_is_person(body["data"])
    assert body["data"] == {**person, **changes, "UpdatedAt": body["data"]["UpdatedAt"]}


def test_documented_enumerations_are_taken_and_others_refused(ours: Client) -> None:
    documented: dict[str, list[Any]] = {
        "Gender": ["m", "f", "o", "u"],
        "LifeStage": ("Infant Toddler Child Adolescent EarlyAdult Adult AllAdults Senior".split()),
        "Type": "Patient Child Cash Insurance Guarantor".split(),
        "Prospect": [1, 0],
    }
    path = f"/prospects/{ours.post('/prospects', EXAMPLE).json()['data']['PatientID']}"

    for name, values in documented.items():
        for value in values:
            assert ours.put(path, {name: value}).json()["data"][name] == value
        refused = ours.put(path, {name: "other"})
        assert refused.status_code == 400
        assert [fault["field"] for fault in refused.json()["errors"]] == [name]
