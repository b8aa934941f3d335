"""An OpenAPI document taken apart."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from jsonschema import Draft202012Validator


class Operation(NamedTuple):
    """One operation, and the words in which it is told, such as `GET /v1/{PPass}/tags`."""

    name: str
    facts: dict[str, Any]

    @property
    def method(self) -> str:
        return self.name.partition(" ")[0]

    @property
    def path(self) -> str:
        return self.name.partition(" ")[2]


class Body(NamedTuple):
    """A JSON body that is sent or answered: its schema, and its examples by name."""

    place: str
    schema: dict[str, Any]
    examples: dict[str, Any]


def operations(document: Any) -> dict[str, Operation]:
    """Every operation by name."""
    made = (
        Operation(f"{method.upper()} {path}", facts)
        for path, item in document["paths"].items()
        for method, facts in item.items()
    )
    return {operation.name: operation for operation in made}


def resolved(document: Any, node: Any) -> Any:
    """What the node refers to; the node itself, if it does not."""
    while "$ref" in node:
        found = document
        for name in node["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        node = found
    return node


def requests(document: Any, operation: Operation) -> Iterator[Body]:
    """The body that it takes, if any."""
    if "requestBody" in operation.facts:
        yield from _bodies(document, f"{operation.name} request", operation.facts["requestBody"])


def answers(document: Any, operation: Operation) -> Iterator[Body]:
    """The bodies that it answers, problems among them."""
    for status, answer in operation.facts["responses"].items():
        yield from _bodies(document, f"{operation.name} {status}", answer)


def _bodies(document: Any, place: str, node: Any) -> Iterator[Body]:
    for media_type, content in resolved(document, node).get("content", {}).items():
        if media_type.endswith("json"):
            examples = {name: each["value"] for name, each in content.get("examples", {}).items()}
            if "example" in content:
                examples[""] = content["example"]
            yield Body(place, content["schema"], examples)


def faults(document: Any, schema: Any, value: Any) -> list[str]:
    """What is wrong with a value, by the schema."""
    validator = Draft202012Validator(
        {**schema, "components": document["components"]},
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def excerpt_of(document: Any, schema: Any) -> Any:
    """The schema of an excerpt: nothing that is not described, but not all that is."""
    if isinstance(schema, list):
        return [excerpt_of(document, each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return excerpt_of(document, resolved(document, schema))
    made = {name: excerpt_of(document, each) for name, each in schema.items() if name != "required"}
    if "properties" in made:
        made["properties"] = {
            name: excerpt_of(document, each) for name, each in schema["properties"].items()
        }
        made["additionalProperties"] = False
    return made
