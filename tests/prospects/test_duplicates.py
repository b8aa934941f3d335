"""Possible duplicates: told, refused on request, and never missed because of a race."""

import threading
from typing import Any

import pytest
from django.db import connection

from partners import tenancy
from prospects import duplicates, people
from prospects.models import Person
from tests.client import Client

JOHN = {
    "FirstName": "John",
    "LastName": "Doe",
    "EMail": "john@example.com",
    "Phone": "(212) 555-0100",
    "DOB": "1990-05-17",
}


def _matches(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 201, answer.json()
    return answer.json().get("possibleDuplicates", [])  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("sent", "reasons"),
    [
        ({"FullName": "X", "EMail": "JOHN@Example.com "}, ["email"]),
        ({"FullName": "X", "Phone": "+1 212.555.0100"}, ["phone"]),
        ({"FullName": "X", "CellPhone": "2125550100"}, ["phone"]),
        ({"FullName": "X", "SMSPhone": "212-555-0100"}, ["phone"]),
        ({"FullName": "JOHN  DOE", "DOB": "1990-05-17"}, ["name+dob"]),
        ({"FirstName": "john", "MI": "Q", "LastName": "doe", "DOB": "1990-05-17"}, ["name+dob"]),
        (JOHN, ["email", "name+dob", "phone"]),
    ],
)
def test_shared_identity_is_told_with_its_reason(
    ours: Client, sent: dict[str, Any], reasons: list[str]
) -> None:
    known = ours.post("/prospects", JOHN).json()["data"]["PatientID"]

    answer = ours.post("/prospects", sent)

    assert _matches(answer) == [{"PatientID": known, "reasons": reasons}]
    assert set(answer.json()) == {"message", "data", "possibleDuplicates"}


@pytest.mark.parametrize(
    "sent",
    [
        {"FullName": "John Doe"},
        {"FullName": "John Doe", "DOB": "1990-05-18"},
        {"FullName": "X", "DOB": "1990-05-17"},
        {"FullName": "X", "EMail": "john@example.org", "Phone": "(212) 555-0101"},
        {"FullName": "X", "Phone": "(212) 555-0100 ext. 5"},
    ],
)
def test_what_others_share_too_is_no_duplicate(ours: Client, sent: dict[str, Any]) -> None:
    ours.post("/prospects", JOHN)

    answer = ours.post("/prospects", sent)

    assert _matches(answer) == []
    assert set(answer.json()) == {"message", "data"}


def test_people_of_another_practice_are_never_told(ours: Client, theirs: Client) -> None:
    theirs.post("/prospects", JOHN)

    assert _matches(ours.post("/prospects?onDuplicate=reject", JOHN)) == []


def test_people_written_before_a_change_match_what_they_are_now(ours: Client) -> None:
    number = ours.post("/prospects", JOHN).json()["data"]["PatientID"]
    ours.put(f"/prospects/{number}", {"EMail": "j@example.com", "Phone": "", "DOB": None})

    assert _matches(ours.post("/prospects", JOHN)) == []
    assert [
        match["reasons"]
        for match in _matches(ours.post("/prospects", {"FullName": "X", "EMail": "j@example.com"}))
    ] == [["email"]]


def test_newest_matches_are_told_and_not_too_many(ours: Client) -> None:
    numbers = [
        ours.post("/prospects", {"FullName": "X", "EMail": "x@example.com"}).json()["data"][
            "PatientID"
        ]
        for _ in range(duplicates.MOST_MATCHES + 2)
    ]

    told = _matches(ours.post("/prospects", {"FullName": "Y", "EMail": "x@example.com"}))

    assert [match["PatientID"] for match in told] == numbers[: -duplicates.MOST_MATCHES - 1 : -1]


def test_reject_answers_409_and_writes_nothing(ours: Client, our_practice: Any, staff: Any) -> None:
    from webhooks.models import LogEntry

    known = ours.post("/prospects", JOHN).json()["data"]["PatientID"]

    refused = ours.post("/prospects?onDuplicate=reject", {"FullName": "X", "EMail": JOHN["EMail"]})

    assert refused.status_code == 409
    assert refused["Content-Type"] == "application/problem+json"
    body = refused.json()
    assert body["type"] == "urn:officepro:problem:possible-duplicate"
    assert body["possibleDuplicates"] == [{"PatientID": known, "reasons": ["email"]}]
    with staff():
        assert Person.objects.filter(practice=our_practice).count() == 1
        assert LogEntry.objects.count() == 1


def test_allow_is_the_same_as_nothing_and_others_are_refused(ours: Client) -> None:
    assert ours.post("/prospects?onDuplicate=allow", JOHN).status_code == 201
    answer = ours.post("/prospects?onDuplicate=maybe", JOHN)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "onDuplicate"


def _in_parallel(work: Any, times: int, blocker: Any) -> list[Any]:
    together = threading.Barrier(times)
    results: list[Any] = []

    def run(number: int) -> None:
        with blocker.unblock():
            try:
                together.wait()
                results.append(work(number))
            finally:
                connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_racing_requests_that_reject_duplicates_one_wins(
    ours: Client, our_practice: Any, django_db_blocker: Any
) -> None:
    def create(number: int) -> int:
        # Each shares an identity with the next one, in whatever order they come.
        sent = {
            "FullName": f"Person {number}",
            "EMail": "race@example.com",
            "Phone": f"212-555-01{number % 2:02}",
        }
        client = Client(ppass=ours.ppass, token=ours.token)
        return int(client.post("/prospects?onDuplicate=reject", sent).status_code)

    for _ in range(5):
        statuses = _in_parallel(create, 4, django_db_blocker)
        assert sorted(statuses) in ([201, 409, 409, 409], [409, 409, 409, 409])

    with tenancy.within_practice(our_practice.pk):
        assert Person.objects.filter(practice_id=our_practice.pk).count() == 1


def test_second_creation_waits_for_the_first_to_commit(
    our_practice: Any, django_db_blocker: Any
) -> None:
    has_locked, may_commit, order = threading.Event(), threading.Event(), []

    def first() -> None:
        with django_db_blocker.unblock():
            with tenancy.within_practice(our_practice.pk):
                people.add(practice_id=our_practice.pk, full_name="A", email="same@example.com")
                has_locked.set()
                may_commit.wait(10)
                order.append("first")
            connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    assert has_locked.wait(10)
    threading.Timer(0.3, may_commit.set).start()
    with tenancy.within_practice(our_practice.pk):
        with pytest.raises(duplicates.PossibleDuplicate) as refusal:
            people.add(
                practice_id=our_practice.pk,
                full_name="B",
                email="SAME@example.com",
                refuse_duplicates=True,
            )
        order.append("second")
    thread.join()

    assert order == ["first", "second"]
    assert [match.reasons for match in refusal.value.matches] == [["email"]]
