"""The list of people: its order, its filters, and what it refuses."""

from typing import Any

import pytest

from tests.client import Client, faults
from tests.prospects.calls import create
from tests.prospects.factories import PersonFactory, TagFactory, put_on


def test_list_is_newest_first_and_only_ours(ours: Client, theirs: Client) -> None:
    numbers = [create(ours)["PatientID"] for _ in range(3)]
    create(theirs)

    page = ours.get("/prospects", {"limit": 2}).json()

    assert [row["PatientID"] for row in page["data"]] == numbers[:0:-1]
    assert {name: page[name] for name in ("count", "page", "limit", "total")} == {
        "count": 2,
        "page": 1,
        "limit": 2,
        "total": 3,
    }
    assert [
        row["PatientID"] for row in ours.get("/prospects", {"limit": 2, "page": 2}).json()["data"]
    ] == [numbers[0]]
    assert ours.get("/prospects", {"page": 9}).json()["data"] == []


def test_filter_by_prospect(ours: Client) -> None:
    prospect, patient = create(ours)["PatientID"], create(ours, Prospect=0)["PatientID"]

    def listed(**params: str) -> list[int]:
        return [row["PatientID"] for row in ours.get("/prospects", params).json()["data"]]

    assert listed(prospect="true") == [prospect]
    assert listed(prospect="FALSE") == [patient]
    assert listed() == [patient, prospect]


def test_filter_by_tag_without_regard_to_case(ours: Client, our_practice: Any) -> None:
    tagged, _ = PersonFactory.create_batch(2, practice=our_practice)
    put_on(tagged, TagFactory.create(practice=our_practice, name="VIP"))

    def listed(tag: str) -> list[int]:
        return [row["PatientID"] for row in ours.get("/prospects", {"tag": tag}).json()["data"]]

    assert listed("vip") == listed(" VIP ") == [tagged.pk]
    assert listed("vi") == listed("other") == []


def test_filter_by_modified_since(ours: Client) -> None:
    first = create(ours)
    second = create(ours)

    def listed(instant: str) -> list[int]:
        answer = ours.get("/prospects", {"modifiedSince": instant})
        assert answer.status_code == 200, answer.json()
        return [row["PatientID"] for row in answer.json()["data"]]

    both = [second["PatientID"], first["PatientID"]]
    assert listed(first["UpdatedAt"]) == both
    assert listed(second["UpdatedAt"]) == both[:1]
    assert listed("2000-01-01T00:00:00+02:00") == both
    assert listed("2999-01-01T00:00:00Z") == []
    ours.put(f"/prospects/{first['PatientID']}", {"City": "Albany"})
    assert listed(second["UpdatedAt"]) == both


def test_filters_compose(ours: Client, our_practice: Any) -> None:
    wanted = create(ours, EMail="a@example.com")["PatientID"]
    create(ours, EMail="b@example.com", Prospect=0)
    create(ours, FirstName="Jane", EMail="c@example.com")
    ours.put(f"/prospects/{wanted}/tags", {"Tags": ["VIP"]})

    page = ours.get(
        "/prospects",
        {
            "search": "john example.com",
            "tag": "vip",
            "prospect": "true",
            "modifiedSince": "2020-01-01T00:00:00Z",
        },
    ).json()

    assert [row["PatientID"] for row in page["data"]] == [wanted]
    assert page["total"] == 1
    assert page["data"][0]["Tags"] == ["VIP"]


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ({"prospect": "1"}, {"prospect": "invalid"}),
        ({"prospect": "yes"}, {"prospect": "invalid"}),
        ({"modifiedSince": "2026-03-09"}, {"modifiedSince": "invalid"}),
        ({"modifiedSince": "2026-03-09T10:00:00"}, {"modifiedSince": "invalid"}),
        ({"search": "x" * 201}, {"search": "max_length"}),
        ({"search": " ".join("abcdefghijk")}, {"search": "max_length"}),
        ({"search": "a\0b"}, {"search": "invalid"}),
        ({"tag": "x" * 51}, {"tag": "max_length"}),
        ({"serach": "x"}, {"serach": "unknown"}),
        ({"onDuplicate": "reject"}, {"onDuplicate": "unknown"}),
        ({"page": "0"}, {"page": "out_of_range"}),
        ({"limit": "101"}, {"limit": "out_of_range"}),
    ],
)
def test_bad_query_is_named(ours: Client, query: dict[str, str], fault: dict[str, str]) -> None:
    assert faults(ours.get("/prospects", query)) == fault


def test_blank_search_and_tag_filter_nothing(ours: Client) -> None:
    create(ours)

    for query in ({"search": ""}, {"search": "  "}, {"tag": ""}, {"tag": " "}):
        assert ours.get("/prospects", query).json()["total"] == 1
