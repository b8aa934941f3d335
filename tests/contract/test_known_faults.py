"""Faults that other products of this kind have shipped; each is held shut here by its name."""

import base64
import io

import pytest
from PIL import Image

from prospects.models import Person
from tests.client import Client

JOHN = {"FirstName": "John", "LastName": "Doe"}


@pytest.fixture
def their_john(theirs):
    return theirs.post("/prospects", {**JOHN, "EMail": "john@example.com"}).json()["data"]


def picture():
    raw = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(raw, "PNG")
    return base64.b64encode(raw.getvalue()).decode()


@pytest.mark.parametrize("name", ["sort", "ordering", "order_by", "fields", "practice", "_method"])
def test_sql_through_a_sort_parameter(ours, name):
    answer = ours.get("/prospects", {name: "id; DROP TABLE prospects_person --"})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == name


@pytest.mark.parametrize(
    "text",
    ["'; DROP TABLE prospects_person; --", "%", "_", "\\", "' OR '1'='1", "${jndi:x}", "{{7*7}}"],
)
def test_sql_through_search(ours, their_john, text):
    answer = ours.get("/prospects", {"search": text})

    assert (answer.status_code, answer.json()["data"]) == (200, [])


def test_id_in_a_body_turns_a_create_into_anothers_update(ours, theirs, their_john, staff):
    answer = ours.post("/prospects", {**JOHN, "PatientID": their_john["PatientID"]})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "PatientID"
    assert theirs.get(f"/prospects/{their_john['PatientID']}").json()["data"] == their_john
    with staff():
        assert Person.objects.count() == 1


@pytest.mark.parametrize("name", ["practice", "practice_id", "PPass", "is_deleted", "__class__"])
def test_body_chooses_the_practice(ours, name, staff):
    answer = ours.post("/prospects", {**JOHN, name: 1})

    assert answer.status_code == 400
    with staff():
        assert not Person.objects.exists()


@pytest.mark.parametrize("extra", ["expiresIn", "exp", "ttl", "scopes"])
def test_parameter_stretches_a_tokens_life(our_practice, make_key, extra):
    key = make_key(our_practice)

    answer = Client(ppass="DemoOffice").post("/auth/token", {"apiKey": key.text, extra: "100y"})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == extra


def test_list_that_is_not_scoped(ours, theirs, their_john):
    assert ours.get("/prospects").json()["data"] == []
    assert ours.get("/tags").json()["data"] == []
    assert [row["PatientID"] for row in theirs.get("/prospects").json()["data"]] == [
        their_john["PatientID"]
    ]


def test_search_that_ignores_permissions(ours, their_john):
    for text in ("John", "jo", "john@example.com"):
        answer = ours.get("/prospects", {"search": text}).json()
        assert (answer["data"], answer["total"]) == ([], 0)


def test_another_practices_row_by_its_id(ours, theirs, their_john):
    address = f"/prospects/{their_john['PatientID']}"

    statuses = [
        ours.get(address).status_code,
        ours.put(address, {"FirstName": "Mallory"}).status_code,
        ours.patch(address, {"FirstName": "Mallory"}).status_code,
        ours.get(f"{address}/tags").status_code,
        ours.put(f"{address}/tags", {"Tags": ["Mine"]}).status_code,
        ours.get(f"{address}/picture").status_code,
    ]

    assert statuses == [404] * 6
    assert theirs.get(address).json()["data"] == their_john


def test_duplicates_tell_of_another_practice(ours, their_john):
    answer = ours.post("/prospects?onDuplicate=reject", {**JOHN, "EMail": "john@example.com"})

    assert answer.status_code == 201
    assert answer.json().get("possibleDuplicates", []) == []


def test_file_address_that_nobody_owns(ours, theirs):
    made = theirs.post("/prospects", {**JOHN, "PtImg": picture()}).json()["data"]
    address = made["PtImg"].removeprefix("http://testserver")

    assert theirs.get(address).status_code == 200
    assert theirs.get(address)["X-Content-Type-Options"] == "nosniff"
    assert ours.get(address).status_code == 403
    assert ours.get(f"/prospects/{made['PatientID']}/picture").status_code == 404
    assert Client(ppass="OtherOffice").get(address).status_code == 401


def test_script_in_an_error_message(ours):
    script = "<script>alert(1)</script>"

    answer = ours.post(f"/prospects?{script}=1", {script: script})

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_error_that_tells_of_the_inside(ours, monkeypatch):
    def explode(*_, **__):
        raise RuntimeError("SELECT secret FROM prospects_person")

    monkeypatch.setattr(type(Person.objects.all()), "count", explode)

    answer = ours.get("/prospects")

    assert answer.status_code == 500
    assert answer["Content-Type"] == "application/problem+json"
    assert b"secret" not in answer.content
    assert b"Traceback" not in answer.content
