"""Tags: made, renamed, deleted, put on people."""

import threading
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from partners import tenancy
from prospects import tags
from prospects.models import Person, PersonTag, Tag
from tests.client import Client
from tests.prospects.factories import PersonFactory, TagFactory, put_on

GREY = "#808080"


def _names(practice: Any) -> list[str]:
    with tenancy.within_practice(practice.pk):
        return list(Tag.objects.filter(practice_id=practice.pk).values_list("name", flat=True))


def _events(staff: Any) -> list[tuple[str, int]]:
    from webhooks.models import LogEntry

    with staff():
        return list(LogEntry.objects.order_by("id").values_list("event", "object_id"))


def test_create_and_list(ours: Client, theirs: Client) -> None:
    theirs.post("/tags", {"Tag": "Theirs"})

    vip = ours.post("/tags", {"Tag": " VIP ", "Color": "#1E90FF"})
    botox = ours.post("/tags", {"Tag": "botox"})

    assert (vip.status_code, botox.status_code) == (201, 201)
    assert vip.json() == {
        "message": "Tag created successfully",
        "data": {
            "TagID": vip.json()["data"]["TagID"],
            "Tag": "VIP",
            "Color": "#1e90ff",
            "Count": 0,
        },
    }
    assert botox.json()["data"]["Color"] == GREY
    assert ours.get("/tags").json() == {
        "data": [botox.json()["data"], vip.json()["data"]],
        "count": 2,
        "page": 1,
        "limit": 25,
        "total": 2,
    }


@pytest.mark.parametrize("name", ["VIP", "vip", " Vip "])
def test_tag_is_unique_without_regard_to_case(ours: Client, theirs: Client, name: str) -> None:
    ours.post("/tags", {"Tag": "VIP"})
    other = ours.post("/tags", {"Tag": "Other"}).json()["data"]["TagID"]

    created = ours.post("/tags", {"Tag": name})
    renamed = ours.put(f"/tags/{other}", {"Tag": name})

    for answer in (created, renamed):
        assert answer.status_code == 409
        assert answer["Content-Type"] == "application/problem+json"
        assert [fault["field"] for fault in answer.json()["errors"]] == ["Tag"]
    assert theirs.post("/tags", {"Tag": name}).status_code == 201


@pytest.mark.parametrize(
    ("sent", "fault"),
    [
        ({}, {"Tag": "required"}),
        ({"Tag": " "}, {"Tag": "blank"}),
        ({"Tag": None}, {"Tag": "null"}),
        ({"Tag": 7}, {"Tag": "invalid"}),
        ({"Tag": "x" * 51}, {"Tag": "max_length"}),
        ({"Tag": "a", "Color": "red"}, {"Color": "invalid"}),
        ({"Tag": "a", "Color": "#12345"}, {"Color": "invalid"}),
        ({"Tag": "a", "Color": "#12345g"}, {"Color": "invalid"}),
        ({"Tag": "a", "Count": 1}, {"Count": "read_only"}),
        ({"Tag": "a", "Colour": GREY}, {"Colour": "unknown"}),
    ],
)
def test_bad_tag_is_refused(
    ours: Client, our_practice: Any, sent: dict[str, Any], fault: dict[str, str]
) -> None:
    answer = ours.post("/tags", sent)

    assert answer.status_code == 400
    assert {each["field"]: each["code"] for each in answer.json()["errors"]} == fault
    assert _names(our_practice) == []


def test_rename_and_recolor(ours: Client, our_practice: Any, staff: Any) -> None:
    tag = ours.post("/tags", {"Tag": "VIP"}).json()["data"]
    person, other = PersonFactory.create_batch(2, practice=our_practice)
    ours.put(f"/prospects/{person.pk}/tags", {"Tags": ["vip"]})
    before = ours.get(f"/prospects/{person.pk}").json()["data"]

    recolored = ours.patch(f"/tags/{tag['TagID']}", {"Color": "#ff0000"})
    same = ours.get(f"/prospects/{person.pk}").json()["data"]
    renamed = ours.put(f"/tags/{tag['TagID']}", {"Tag": "vip"})
    after = ours.get(f"/prospects/{person.pk}").json()["data"]

    assert recolored.json()["data"] == {**tag, "Color": "#ff0000", "Count": 1}
    assert renamed.json()["data"] == {**tag, "Tag": "vip", "Color": "#ff0000", "Count": 1}
    assert same == before
    assert after == {**before, "Tags": ["vip"], "UpdatedAt": after["UpdatedAt"]}
    assert after["UpdatedAt"] > before["UpdatedAt"]
    assert _events(staff) == [("patient.updated", person.pk)] * 2
    assert ours.get(f"/prospects/{other.pk}").json()["data"]["Tags"] == []


def test_delete_takes_the_tag_off_its_people(ours: Client, our_practice: Any, staff: Any) -> None:
    vip, other = (TagFactory.create(practice=our_practice, name=name) for name in ("VIP", "Other"))
    people = PersonFactory.create_batch(3, practice=our_practice)
    for person in people[:2]:
        put_on(person, vip, other)
    before = ours.get(f"/prospects/{people[0].pk}").json()["data"]

    answer = ours.delete(f"/tags/{vip.pk}")

    assert answer.status_code == 200
    assert answer.json() == {
        "message": "Tag deleted successfully",
        "data": {"TagID": vip.pk, "Tag": "VIP", "Color": GREY, "Count": 2},
    }
    after = ours.get(f"/prospects/{people[0].pk}").json()["data"]
    assert after["Tags"] == ["Other"]
    assert after["UpdatedAt"] > before["UpdatedAt"]
    assert _events(staff) == [("patient.updated", person.pk) for person in people[:2]]
    assert _names(our_practice) == ["Other"]
    assert ours.delete(f"/tags/{vip.pk}").status_code == 404


def test_tag_of_another_practice_is_not_there(ours: Client, theirs: Client) -> None:
    number = theirs.post("/tags", {"Tag": "VIP"}).json()["data"]["TagID"]

    assert ours.put(f"/tags/{number}", {"Tag": "X"}).status_code == 404
    assert ours.delete(f"/tags/{number}").status_code == 404
    assert theirs.get("/tags").json()["data"][0]["Tag"] == "VIP"


def test_tags_of_a_person_are_replaced(ours: Client, our_practice: Any, staff: Any) -> None:
    person = PersonFactory.create(practice=our_practice)
    TagFactory.create(practice=our_practice, name="VIP")
    path = f"/prospects/{person.pk}/tags"

    assert ours.get(path).json() == {"data": {"Tags": []}}
    first = ours.put(path, {"Tags": ["vip", "Botox", "botox", " Laser "]})
    second = ours.put(path, {"Tags": ["LASER", "New"]})
    same = ours.put(path, {"Tags": ["new", "laser"]})
    none = ours.put(path, {"Tags": []})

    assert first.json() == {
        "message": "Tags updated successfully",
        "data": {"Tags": ["Botox", "Laser", "VIP"]},
    }
    assert second.json()["data"] == same.json()["data"] == {"Tags": ["Laser", "New"]}
    assert none.json()["data"] == {"Tags": []}
    assert _names(our_practice) == ["Botox", "Laser", "New", "VIP"]
    assert _events(staff) == [("patient.updated", person.pk)] * 3


def test_tags_of_a_person_show_everywhere(ours: Client, our_practice: Any) -> None:
    person = PersonFactory.create(practice=our_practice)
    before = ours.get(f"/prospects/{person.pk}").json()["data"]

    ours.put(f"/prospects/{person.pk}/tags", {"Tags": ["b", "A"]})

    after = ours.get(f"/prospects/{person.pk}").json()["data"]
    assert after == {**before, "Tags": ["A", "b"], "UpdatedAt": after["UpdatedAt"]}
    assert after["UpdatedAt"] > before["UpdatedAt"]
    assert ours.get("/prospects").json()["data"] == [after]
    assert ours.put(f"/prospects/{person.pk}", {"City": "X"}).json()["data"]["Tags"] == ["A", "b"]
    assert [tag["Count"] for tag in ours.get("/tags").json()["data"]] == [1, 1]


def test_stale_if_match_leaves_the_tags_alone(ours: Client, our_practice: Any) -> None:
    path = f"/prospects/{PersonFactory.create(practice=our_practice).pk}/tags"
    etag = ours.get(path)["ETag"]

    assert ours.get(path, None, If_None_Match=etag).status_code == 304
    assert ours.put(path, {"Tags": ["A"]}, If_Match=etag).status_code == 200
    assert ours.put(path, {"Tags": ["B"]}, If_Match=etag).status_code == 412
    assert ours.get(path).json() == {"data": {"Tags": ["A"]}}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"Tags": None},
        {"Tags": "VIP"},
        {"Tags": [""]},
        {"Tags": [7]},
        {"Tags": ["x" * 51]},
        {"Tags": [f"t{n}" for n in range(tags.MOST_TAGS + 1)]},
        {"tags": ["VIP"]},
        ["VIP"],
    ],
)
def test_bad_set_of_tags_is_refused(ours: Client, our_practice: Any, body: Any) -> None:
    path = f"/prospects/{PersonFactory.create(practice=our_practice).pk}/tags"

    assert ours.put(path, body).status_code == 400
    assert _names(our_practice) == []


def test_tags_of_a_person_of_another_practice_are_not_there(
    ours: Client, other_practice: Any
) -> None:
    person = PersonFactory.create(practice=other_practice)

    assert ours.get(f"/prospects/{person.pk}/tags").status_code == 404
    assert ours.put(f"/prospects/{person.pk}/tags", {"Tags": ["VIP"]}).status_code == 404


def test_same_new_tag_from_two_sides_is_one_tag(our_practice: Any, django_db_blocker: Any) -> None:
    people = PersonFactory.create_batch(4, practice=our_practice)
    together = threading.Barrier(len(people))

    def put(person: Person) -> None:
        with django_db_blocker.unblock():
            together.wait()
            with tenancy.within_practice(our_practice.pk):
                tags.replace(person=person, names=["A new one", "Another"])
            connection.close()

    threads = [threading.Thread(target=put, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert _names(our_practice) == ["A new one", "Another"]
    with tenancy.within_practice(our_practice.pk):
        assert PersonTag.objects.filter(practice_id=our_practice.pk).count() == 8


def test_database_keeps_person_and_tag_in_one_practice(
    our_practice: Any, other_practice: Any, staff: Any
) -> None:
    person = PersonFactory.create(practice=our_practice)
    tag = TagFactory.create(practice=other_practice)

    for practice in (our_practice, other_practice):
        with staff(), pytest.raises(IntegrityError), transaction.atomic():
            PersonTag.objects.create(practice=practice, person=person, tag=tag)
