"""The API document: valid, complete, and good enough to make a client from."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from openapi_spec_validator import validate

from emrapi.api import docs
from emrapi.api.rendering import to_json

GADGETS = "/v1/{PPass}/gadgets"
GADGET = "/v1/{PPass}/gadgets/{id}"


@pytest.fixture
def document(api: Client) -> Any:
    """The document of the small API, as a client reads it."""
    return json.loads(to_json(SchemaGenerator(urlconf="tests.api.urls").get_schema(public=True)))


def test_document_is_valid_and_made_without_a_warning(document: Any, capsys: Any) -> None:
    validate(document)

    assert document["openapi"] == "3.1.0"
    assert list(document["paths"]) == [GADGETS, GADGET]
    assert not GENERATOR_STATS, capsys.readouterr().err


def test_operations_answer_envelopes_by_name(document: Any) -> None:
    named = {
        f"{method} {path.removeprefix('/v1/{PPass}')}": (
            status,
            answer["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2],
        )
        for path, item in document["paths"].items()
        for method, operation in item.items()
        for status, answer in operation["responses"].items()
        if "content" in answer
    }

    assert named == {
        "get /gadgets": ("200", "GadgetPage"),
        "post /gadgets": ("201", "GadgetWritten"),
        "get /gadgets/{id}": ("200", "GadgetOne"),
        "put /gadgets/{id}": ("200", "GadgetWritten"),
        "patch /gadgets/{id}": ("200", "GadgetWritten"),
        "delete /gadgets/{id}": ("200", "GadgetWritten"),
    }


def test_operations_name_every_problem_that_applies(document: Any) -> None:
    always = {"400", "401", "403", "404", "406", "429", "500", "503"}
    found = {
        (path, method): set(operation["responses"])
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }

    body = {"413", "415"}
    assert found == {
        (GADGETS, "get"): always | {"200"},
        (GADGETS, "post"): always | body | {"201", "409", "422"},
        (GADGET, "get"): always | {"200", "304"},
        (GADGET, "put"): always | body | {"200", "412"},
        (GADGET, "patch"): always | body | {"200", "412"},
        (GADGET, "delete"): always | {"200", "412", "413"},
    }


def test_problems_are_one_component(document: Any) -> None:
    responses = document["components"]["responses"]

    assert {
        (media_type, content["schema"]["$ref"])
        for response in responses.values()
        for media_type, content in response["content"].items()
    } == {("application/problem+json", "#/components/schemas/Problem")}
    assert set(responses["Unauthenticated"]["headers"]) == {"X-Request-Id", "WWW-Authenticate"}
    assert set(responses["TooManyRequests"]["headers"]) == {"X-Request-Id", "Retry-After"}


def test_parameters_are_all_there_is(document: Any) -> None:
    def parameters(path: str, method: str) -> list[str]:
        return [
            each.get("name") or each["$ref"].rpartition("/")[2]
            for each in document["paths"][path][method]["parameters"]
        ]

    filters = ["search", "used", "kind", "size", "madeSince", "checkedSince", "ids", "initial"]
    assert parameters(GADGETS, "get") == ["PPass", *filters, "page", "limit", "XRequestId"]
    assert parameters(GADGETS, "post") == [
        "PPass", "onTwin", "among", "copies", "IdempotencyKey", "XRequestId",
    ]  # fmt: skip
    assert parameters(GADGET, "get") == ["PPass", "id", "IfNoneMatch", "XRequestId"]
    assert parameters(GADGET, "put") == ["PPass", "id", "IfMatch", "XRequestId"]


def test_components_tell_bodies_from_answers(document: Any) -> None:
    schemas = document["components"]["schemas"]

    assert schemas["GadgetRequest"]["required"] == ["Name"]
    assert schemas["GadgetRequest"]["additionalProperties"] is False
    assert "GadgetID" not in schemas["GadgetRequest"]["properties"]
    assert "required" not in schemas["GadgetChanges"]
    assert set(schemas["Gadget"]["required"]) == set(schemas["Gadget"]["properties"])
    assert schemas["Gadget"]["properties"]["EMail"] == {"type": "string", "maxLength": 254}
    assert schemas["GadgetUsed"] == {"type": "integer", "enum": [0, 1]}
    for name in ("Gadget", "GadgetRequest", "GadgetChanges"):
        assert schemas[name]["properties"]["Used"] == {"$ref": "#/components/schemas/GadgetUsed"}
    assert schemas["Gadget"]["properties"]["MadeOn"]["type"] == ["string", "null"]
    assert schemas["GadgetRequest"]["properties"]["ParentID"] == {
        "type": ["integer", "null"],
        "format": "int64",
        "minimum": -(2**63),
        "maximum": 2**63 - 1,
    }
    assert "nullable" not in json.dumps(document)
    assert "x-spec-enum-id" not in json.dumps(document)


def test_scope_and_examples_are_told(document: Any) -> None:
    operation = document["paths"][GADGETS]["get"]
    answer = operation["responses"]["200"]["content"]["application/json"]

    assert operation["security"] == [{"bearer": ["Gadgets"]}]
    assert operation["description"] == "Scope: `Gadgets`."
    assert answer["examples"]["APage"]["value"]["data"][0]["Name"] == "Crank"


def test_client_can_be_generated(document: Any, tmp_path: Path) -> None:
    source = tmp_path / "openapi.json"
    source.write_text(json.dumps(document))

    made = subprocess.run(
        [Path(sys.executable).with_name("openapi-python-client"), "generate", "--meta", "none",
         "--path", source, "--output-path", tmp_path / "gadget_client", "--fail-on-warning"],
        capture_output=True, text=True, check=False,
        env={"PATH": str(Path(sys.executable).parent)},
    )  # fmt: skip

    assert made.returncode == 0, made.stdout + made.stderr
    model = (tmp_path / "gadget_client/models/gadget.py").read_text()
    assert "made_on: datetime.date | None" in model
    assert (tmp_path / "gadget_client/api/gadgets/list_gadgets.py").exists()


@pytest.fixture
def served(api: Client) -> Any:
    """The client, before and after which nothing is remembered."""
    for made in (docs._openapi, docs.as_json, docs.as_yaml):
        made.cache_clear()
    yield api
    for made in (docs._openapi, docs.as_json, docs.as_yaml):
        made.cache_clear()


def test_document_is_served_in_both_forms(served: Client) -> None:
    as_json, as_yaml = served.get("/openapi.json"), served.get("/openapi.yaml")

    assert as_json["Content-Type"] == "application/json"
    assert as_yaml["Content-Type"] == "application/yaml"
    assert yaml.safe_load(as_yaml.content) == as_json.json()


def test_document_is_sent_once_to_those_who_remember(served: Client) -> None:
    etag = served.get("/openapi.json")["ETag"]

    again = served.get("/openapi.json", headers={"If-None-Match": etag})

    assert (again.status_code, again.content) == (304, b"")
    assert served.head("/openapi.json").status_code == 200


def test_pages_hold_no_inline_script_or_style_and_no_foreign_host(served: Client) -> None:
    page = served.get("/docs")
    script = served.get("/docs?script=")

    text = page.content.decode()
    assert page["Content-Type"].startswith("text/html")
    assert "<style" not in text
    assert "http" not in text
    assert text.count("<script") == text.count("<script src=")
    assert script["Content-Type"] == "application/javascript"
    assert "/openapi.json" in script.content.decode()
