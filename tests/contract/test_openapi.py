"""The document says all that is there, and nothing else; its examples are what it says."""

import datetime
import re
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
import yaml
from django.test import Client
from django.urls import get_resolver
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from openapi_spec_validator import validate

from partners.permissions import ANY_KEY
from tests.contract.documents import (
    Operation,
    answers,
    excerpt_of,
    faults,
    operations,
    requests,
    resolved,
)
from tests.contract.reference import PERSON_CHOICES, PERSON_FIELDS, PUBLISHED, Published
from webhooks import signing
from webhooks.messages import body_of

TOKEN_EXCHANGE = "POST /v1/{PPass}/auth/token"
ACCESS_REQUEST = "POST /v1/access-requests"
OPEN = {TOKEN_EXCHANGE, ACCESS_REQUEST}
PROBLEM = {"application/problem+json": {"$ref": "#/components/schemas/Problem"}}


def views() -> Iterator[tuple[str, Any]]:
    """Every operation of the URL map below v1, and its view."""

    def walk(patterns: Any, prefix: str) -> Iterator[tuple[str, Any]]:
        for entry in patterns:
            route = prefix + str(entry.pattern)
            if hasattr(entry, "url_patterns"):
                yield from walk(entry.url_patterns, route)
            elif route.startswith("/v1/"):
                path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route).replace("{ppass}", "{PPass}")
                for method in entry.callback.actions:
                    yield f"{method.upper()} {path}", entry.callback.cls

    yield from walk(get_resolver("emrapi.urls").url_patterns, "/")


VIEWS = dict(views())
every_operation = pytest.mark.parametrize("name", VIEWS)


def is_for_administrators(operation: Operation) -> bool:
    return operation.path.startswith("/v1/admin/")


@pytest.fixture
def operation(document: Any, name: str) -> Operation:
    return operations(document)[name]


def test_both_forms_hold_the_same(document: Any) -> None:
    assert yaml.safe_load(Client().get("/openapi.yaml").content) == document


def test_document_is_valid_and_made_without_a_warning(document: Any, capsys: Any) -> None:
    validate(document)
    SchemaGenerator().get_schema(public=True)

    assert document["openapi"] == "3.1.0"
    assert not GENERATOR_STATS, capsys.readouterr().err


def test_document_holds_the_url_map_and_nothing_else(document: Any) -> None:
    assert set(operations(document)) == set(VIEWS)


def test_operation_ids_are_unique(document: Any) -> None:
    ids = [operation.facts["operationId"] for operation in operations(document).values()]

    assert len(ids) == len(set(ids))
    assert [each for each in ids if not re.fullmatch("[a-z]+([A-Z][a-z]+)+", each)] == []


@every_operation
def test_operation_is_told_in_words(operation: Operation) -> None:
    words = operation.facts["description"].partition("Scope:")[0].strip()

    assert re.fullmatch(r"[A-Z].*[^.]", operation.facts["summary"])
    assert re.fullmatch(r"[A-Z].*\.", words, re.DOTALL)
    assert len(operation.facts["tags"]) == 1
    assert all(answer.get("description", "ref") for answer in operation.facts["responses"].values())


@every_operation
def test_operation_names_the_token_and_scope_that_it_needs(
    document: Any, operation: Operation
) -> None:
    schemes = document["components"]["securitySchemes"]
    assert set(schemes) == {"bearer", "adminSecret"}
    assert (schemes["bearer"]["type"], schemes["bearer"]["scheme"]) == ("http", "bearer")
    assert [schemes["adminSecret"][each] for each in ("type", "in", "name")] == [
        "apiKey",
        "header",
        "X-Admin-Secret",
    ]
    if operation.name in OPEN:
        assert "security" not in operation.facts
        return
    if is_for_administrators(operation):
        assert operation.facts["security"] == [{"adminSecret": []}]
        return

    scope = VIEWS[operation.name].required_scope
    if scope == ANY_KEY:
        assert operation.facts["security"] == [{"bearer": []}]
        assert "Scope:" not in operation.facts["description"]
        return

    assert operation.facts["security"] == [{"bearer": [scope]}]
    assert operation.facts["description"].endswith(f"Scope: `{scope}`.")


@every_operation
def test_operation_names_its_problems(document: Any, operation: Operation) -> None:
    named = {int(status) for status in operation.facts["responses"]}
    parameters = [resolved(document, each)["name"] for each in operation.facts["parameters"]]
    expected = {400, 406, 429, 500, 503}
    if operation.name != ACCESS_REQUEST:
        expected |= {401}
    if operation.name not in OPEN and not is_for_administrators(operation):
        expected |= {403}
        expected |= {409, 422} if operation.method == "POST" else set()
    if "{" in operation.path:
        expected |= {404}
    if "If-Match" in parameters:
        expected |= {412}
    if operation.method != "GET":
        expected |= {413}
    if "requestBody" in operation.facts:
        expected |= {415}

    assert expected <= named
    assert named - expected <= {200, 201, 202, 304, 404, 409}
    for status in expected:
        problem = resolved(document, operation.facts["responses"][str(status)])
        schemas = {kind: content["schema"] for kind, content in problem["content"].items()}
        assert schemas == PROBLEM


@every_operation
def test_bodies_have_examples_that_are_valid(document: Any, operation: Operation) -> None:
    bodies = [*requests(document, operation), *answers(document, operation)]

    assert [body.place for body in bodies if not body.examples] == []
    assert {
        f"{body.place} {name}": found
        for body in bodies
        for name, example in body.examples.items()
        if (found := faults(document, body.schema, example))
    } == {}


@every_operation
def test_body_takes_nothing_unknown(document: Any, operation: Operation) -> None:
    for body in requests(document, operation):
        assert faults(document, body.schema, {"NoSuchField": 1}) != []


def implemented() -> list[Any]:
    """Those of the published operations that are there."""
    return [pytest.param(each, id=each.operation) for each in PUBLISHED if each.operation in VIEWS]


@pytest.mark.parametrize("published", implemented())
def test_published_operation_is_as_published(document: Any, published: Published) -> None:
    operation = operations(document)[published.operation]
    parameters = [resolved(document, each) for each in operation.facts["parameters"]]
    query = {each["name"] for each in parameters if each["in"] == "query"}

    assert set(published.query.split()) <= query
    if published.request is not None:
        (body,) = requests(document, operation)
        assert faults(document, body.schema, published.request) == []
    if published.response is not None:
        body = next(answers(document, operation))
        excerpt = excerpt_of(document, body.schema)
        assert faults(document, excerpt, published.response) == []


def test_people_have_the_published_fields(document: Any) -> None:
    schemas = document["components"]["schemas"]

    for name in ("PersonRequest", "PersonChanges"):
        assert list(schemas[name]["properties"]) == PERSON_FIELDS
        for value in ("", None):
            body = dict.fromkeys(["Notes", "EMail", "Gender", "PtImg"], value)
            assert faults(document, schemas[name], body) == []
    for field, choices in PERSON_CHOICES.items():
        assert set(schemas[f"Person{field}"]["enum"]) - {""} == set(choices)
    added = {"PatientID", "Tags", "CreatedAt", "UpdatedAt"}
    assert set(schemas["Person"]["properties"]) == {*PERSON_FIELDS, *added}


def test_document_describes_what_is_sent(document: Any) -> None:
    (sent,) = document["webhooks"]["event"].values()
    content = sent["requestBody"]["content"]["application/json"]
    body = body_of(
        log_id=7,
        event="patient.created",
        occurred_at=datetime.datetime(2026, 3, 9, 14, 15, tzinfo=datetime.UTC),
        ppass="DemoOffice",
        data='{"PatientID": 1001}',
    )

    assert faults(document, content["schema"], orjson.loads(orjson.dumps(body))) == []
    for example in content["examples"].values():
        assert faults(document, content["schema"], example["value"]) == []
    signed = signing.headers([signing.new_secret()], message_id="evt_7", body=b"", now=0)
    assert [each["name"] for each in sent["parameters"]] == [
        "X-OfficePro-Event",
        "X-OfficePro-Event-Id",
        *signed,
    ]
