"""A prospect is made: what is answered, composed, and refused."""

import datetime
from typing import Any

import pytest

from partners import tenancy
from prospects.models import Person
from prospects.serializers import PersonSerializer
from tests.client import Client, faults
from tests.factories import ProviderFactory
from tests.prospects.calls import JOHN, create
from webhooks.models import LogEntry


def _people(practice: Any) -> list[Person]:
    with tenancy.within_practice(practice.pk):
        return list(Person.objects.filter(practice_id=practice.pk).order_by("id"))


def test_create_answers_the_row_and_its_etag(ours: Client) -> None:
    created = ours.post("/prospects", JOHN)
    read = ours.get(f"/prospects/{created.json()['data']['PatientID']}")

    assert read.status_code == 200
    assert read.json() == {"data": created.json()["data"]}
    assert read["ETag"] == created["ETag"]


@pytest.mark.parametrize(
    ("sent", "full_name"),
    [
        ({"FirstName": "John", "LastName": "Doe"}, "John Doe"),
        ({"FirstName": "John", "MI": "Q.", "LastName": "Doe"}, "John Q. Doe"),
        ({"FullName": "Cher"}, "Cher"),
        ({"FullName": "Doe, John", "FirstName": "John"}, "Doe, John"),
        ({"FullName": "", "FirstName": "John", "LastName": "Doe"}, "John Doe"),
        ({"FullName": None, "FirstName": "John", "LastName": "Doe"}, "John Doe"),
    ],
)
def test_full_name_is_composed_when_not_sent(
    ours: Client, sent: dict[str, Any], full_name: str
) -> None:
    answer = ours.post("/prospects", sent)

    assert answer.status_code == 201
    assert answer.json()["data"]["FullName"] == full_name


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "FullName"),
        ({"EMail": "john@example.com"}, "FullName"),
        ({"FirstName": "John"}, "LastName"),
        ({"LastName": "Doe"}, "FirstName"),
        ({"FirstName": "  ", "LastName": "Doe"}, "FirstName"),
        ({"FullName": " "}, "FullName"),
    ],
)
def test_create_without_a_name_is_refused(
    ours: Client, our_practice: Any, sent: dict[str, Any], field: str
) -> None:
    answer = ours.post("/prospects", sent)

    assert faults(answer) == {field: "required"}
    assert _people(our_practice) == []


def test_prospect_is_one_unless_sent(ours: Client) -> None:
    assert create(ours)["Prospect"] == 1
    assert create(ours, Prospect=0)["Prospect"] == 0
    assert create(ours, Prospect=1)["Prospect"] == 1


@pytest.mark.parametrize(
    ("sent", "fault"),
    [
        ({"Prospect": True}, {"Prospect": "choice"}),
        ({"Prospect": 2}, {"Prospect": "choice"}),
        ({"Prospect": None}, {"Prospect": "null"}),
        ({"Gender": "male"}, {"Gender": "choice"}),
        ({"LifeStage": "adult"}, {"LifeStage": "choice"}),
        ({"Type": 1}, {"Type": "choice"}),
        ({"DOB": "2026-02-30"}, {"DOB": "invalid"}),
        ({"DOB": "17.05.1990"}, {"DOB": "invalid"}),
        ({"DOB": ""}, {"DOB": "invalid"}),
        ({"EMail": "john.example.com"}, {"EMail": "invalid"}),
        ({"EMail": "john doe@example.com"}, {"EMail": "invalid"}),
        ({"EMail": "a@" + "b" * 253}, {"EMail": "max_length"}),
        ({"Phone": "call me"}, {"Phone": "invalid"}),
        ({"CellPhone": "1"}, {"CellPhone": "invalid"}),
        ({"SMSPhone": "5" * 51}, {"SMSPhone": "max_length"}),
        ({"Zip": "<script>"}, {"Zip": "invalid"}),
        ({"Sh_Zip": "1" * 21}, {"Sh_Zip": "max_length"}),
        ({"FirstName": "x" * 101}, {"FirstName": "max_length"}),
        ({"Notes": "x" * 10_001}, {"Notes": "max_length"}),
        ({"FirstName": 7}, {"FirstName": "invalid"}),
        ({"NickName": "a\0b"}, {"NickName": "invalid"}),
        ({"ProviderID": "1"}, {"ProviderID": "invalid"}),
        ({"ProviderID": 2**63}, {"ProviderID": "out_of_range"}),
        ({"ProviderID": 0}, {"ProviderID": "not_found"}),
        ({"PatientID": 1}, {"PatientID": "read_only"}),
        ({"CreatedAt": "2026-03-09T10:00:00Z"}, {"CreatedAt": "read_only"}),
        ({"Tags": ["VIP"]}, {"Tags": "read_only"}),
        ({"Firstname": "John"}, {"Firstname": "unknown"}),
        ({"practice": 1}, {"practice": "unknown"}),
        ({"search_text": "x"}, {"search_text": "unknown"}),
        ({"Gender": "x", "Zip": "?"}, {"Gender": "choice", "Zip": "invalid"}),
    ],
)
def test_bad_field_is_named_and_nothing_is_written(
    ours: Client, our_practice: Any, sent: dict[str, Any], fault: dict[str, str]
) -> None:
    answer = ours.post("/prospects", {**JOHN, **sent})

    assert faults(answer) == fault
    assert _people(our_practice) == []


@pytest.mark.parametrize(
    ("zone", "instant", "today"),
    [
        ("Pacific/Auckland", "2026-03-09T12:00:00Z", datetime.date(2026, 3, 10)),
        ("Pacific/Honolulu", "2026-03-09T09:00:00Z", datetime.date(2026, 3, 8)),
    ],
)
def test_dob_is_not_in_the_future_of_the_practice(
    our_practice: Any,
    make_key: Any,
    client_for: Any,
    staff: Any,
    zone: str,
    instant: str,
    today: Any,
) -> None:
    class Caller:
        now = datetime.datetime.fromisoformat(instant)
        time_zone = zone
        practice_id = our_practice.pk

    class Request:
        user = Caller

    def faults_of(day: datetime.date) -> Any:
        data = {**JOHN, "DOB": day.isoformat()}
        serializer = PersonSerializer(data=data, context={"request": Request})
        serializer.is_valid()
        return {name: errors[0].code for name, errors in serializer.errors.items()}

    assert faults_of(today) == {}
    assert faults_of(today + datetime.timedelta(days=1)) == {"DOB": "future"}


def test_text_is_kept_as_sent_and_found_in_normal_form(ours: Client, our_practice: Any) -> None:
    sent = {"EMail": " John@Example.COM ", "Phone": "(212) 555.0100", "Zip": " k1a  0b1"}

    person = create(ours, **sent)

    assert person | sent == person
    (stored,) = _people(our_practice)
    assert stored.normalized_phones == "12125550100"
    assert stored.normalized_postal_code == "K1A 0B1"
    assert stored.identities == ["email:john@example.com", "phone:12125550100"]


def test_provider_of_another_practice_is_refused_like_an_unknown_one(
    ours: Client, our_practice: Any, other_practice: Any
) -> None:
    own = ProviderFactory.create(practice=our_practice)
    foreign = ProviderFactory.create(practice=other_practice)

    answers = [
        ours.post("/prospects", {**JOHN, "ProviderID": pk}) for pk in (foreign.pk, own.pk + 999)
    ]

    assert [faults(answer) for answer in answers] == [{"ProviderID": "not_found"}] * 2
    assert len({answer.json()["errors"][0]["message"] for answer in answers}) == 1
    assert create(ours, ProviderID=own.pk)["ProviderID"] == own.pk


def test_row_of_another_practice_is_not_there(ours: Client, theirs: Client) -> None:
    path = f"/prospects/{create(theirs)['PatientID']}"

    for method, body in (("GET", None), ("PUT", {"City": "X"}), ("PATCH", {"City": "X"})):
        answer = ours.send(method, path, body)
        assert answer.status_code == 404
        assert answer["Content-Type"] == "application/problem+json"
    assert theirs.get(path).json()["data"]["City"] == ""


def test_every_write_is_in_the_log_once(ours: Client, our_practice: Any, staff: Any) -> None:
    number = create(ours)["PatientID"]
    ours.put(f"/prospects/{number}", {"City": "Albany"})
    ours.put(f"/prospects/{number}/tags", {"Tags": ["VIP"]})
    ours.put(f"/prospects/{number}", {"Gender": "x"})

    with staff():
        entries = LogEntry.objects.order_by("id").values(
            "practice_id", "scope", "event", "object_id", "data"
        )
        assert list(entries) == [
            {
                "practice_id": our_practice.pk,
                "scope": "Patients",
                "event": event,
                "object_id": number,
                "data": {"PatientID": number},
            }
            for event in ("patient.created", "patient.updated", "patient.updated")
        ]
