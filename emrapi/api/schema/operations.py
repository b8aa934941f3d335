"""One operation of the document: who may call it, and what comes out."""

from collections.abc import Iterator
from typing import Any

from drf_spectacular.drainage import warn
from drf_spectacular.hooks import postprocess_schema_enum_id_removal
from drf_spectacular.plumbing import ResolvedComponent, build_examples_list, force_instance

from emrapi.api.problems import KINDS
from emrapi.api.schema import components as parts
from emrapi.api.schema.components import (
    Envelope,
    Schema,
    many_of,
    one_of,
    page_of,
    written_of,
)
from emrapi.api.schema.requests import RequestSchema

_METHODS = ("get", "post", "put", "patch", "delete")
_WRITES = ("POST", "PUT", "PATCH", "DELETE")
_BODIES = ("POST", "PUT", "PATCH")


class WireSchema(RequestSchema):
    """One operation of the document."""

    def get_summary(self) -> str | None:
        """Every operation must say in a few words what it does."""
        warn(f"{self.method} {self.path} has no summary; give it one with @extend_schema.")
        return None

    def get_description(self) -> str:  # type: ignore[override]
        """None but what the view says; docstrings are for those who read the code."""
        return ""

    def get_tags(self) -> list[str]:
        """The word in the path that names the resource."""
        words = [word for word in self.path.split("/") if word and "{" not in word]
        return words[1:2]

    def get_auth(self) -> list[Schema]:
        """What the view's authenticator calls for: a token whose key holds the scope, unless it
        names a `security_scheme` of its own.
        """
        if not (authenticators := self.view.get_authenticators()):
            return []
        name, scheme = getattr(authenticators[0], "security_scheme", ("bearer", parts.BEARER))
        parts.component(self.registry, ResolvedComponent.SECURITY_SCHEMA, name, scheme)
        scope = self._scope()
        return [{name: [scope] if scope else []}]

    def _is_behind_token(self) -> bool:
        return any("bearer" in each for each in self.get_auth())

    def get_operation(self, *args: Any, **kwargs: Any) -> Schema | None:
        """The operation, with the scope in words too."""
        operation: Schema | None = super().get_operation(*args, **kwargs)
        if operation is not None and (scope := self._scope()):
            words = operation.get("description", "")
            operation["description"] = f"{words}\n\nScope: `{scope}`.".strip()
        return operation

    def _scope(self) -> str | None:
        """The scope, a single word; what a view declares in several words is none."""
        declared = str(getattr(self.view, "required_scope", None) or "")
        return declared if declared and " " not in declared else None

    def _is_list_view(self, serializer: Any = None) -> bool:
        """Whether filters and paging apply."""
        return getattr(self.view, "action", None) in getattr(self.view, "list_actions", ())

    def get_response_serializers(self) -> Any:
        """By action: a page, one, or what has been written."""
        serializer = self._get_serializer()
        if self._is_list_view():
            paged = getattr(self.view, "pagination_class", None) is not None
            return {200: page_of(serializer) if paged else many_of(serializer)}
        if self.method not in _WRITES:
            return {200: one_of(serializer)}
        return {201 if self._is_create_operation() else 200: written_of(serializer)}

    def _get_response_bodies(self, direction: Any = "response") -> Schema:
        bodies: Schema = super()._get_response_bodies(direction)
        if self._answers_etag() and self.method == "GET":
            headers = self._get_response_headers_for_code("304", direction)
            bodies["304"] = {"description": "You have it already.", "headers": headers}
        for status in self._problem_statuses():
            bodies.setdefault(str(status), parts.problem(self.registry, status))
        return {
            code: parts.problem(self.registry, int(code)) if int(code) >= 400 else bodies[code]
            for code in sorted(bodies)
        }

    def _problem_statuses(self) -> Iterator[int]:
        yield from (400, 406, 500, 503)
        if self.get_auth():
            yield from (401, 429)
        if self._is_behind_token():
            yield 403
        if "{" in self.path:
            yield 404
        if self._is_repeatable():
            yield from (409, 422)
        if self._checks_if_match():
            yield 412
        if self.method in _WRITES:
            yield 413
        if self.method in _BODIES and self.get_request_serializer() is not None:
            yield 415

    def _get_response_for_code(
        self,
        serializer: Any,
        status_code: str,
        media_types: Any = None,
        direction: Any = "response",
    ) -> Schema:
        if int(status_code) >= 400:
            return parts.problem(self.registry, int(status_code))
        if not isinstance(serializer, Envelope):
            response: Schema = super()._get_response_for_code(
                serializer, status_code, media_types, direction
            )
            return response
        examples = self._get_examples(serializer, direction, "application/json", status_code)
        content: Schema = {"schema": self._envelope(serializer)}
        if examples:
            content["examples"] = examples
        return {
            "description": _DESCRIPTIONS[serializer.kind],
            "headers": self._get_response_headers_for_code(status_code, direction),
            "content": {"application/json": content},
        }

    def _envelope(self, envelope: Envelope) -> Schema:
        serializer = force_instance(envelope.serializer)
        item = self.resolve_serializer(serializer, "response")
        properties = parts.envelope_properties(envelope.kind, item.ref)
        required = list(properties)
        for name, member in envelope.members.items():
            properties[name] = self._map_serializer_field(force_instance(member), "response")
        extra = "".join(name[:1].upper() + name[1:] for name in envelope.members)
        name = envelope.component or f"{item.name}{envelope.kind}{extra}"
        schema = {"type": "object", "properties": properties, "required": required}
        return parts.component(self.registry, ResolvedComponent.SCHEMA, name, schema)

    def _get_response_headers_for_code(
        self, status_code: str, direction: Any = "response"
    ) -> Schema:
        headers: Schema = super()._get_response_headers_for_code(status_code, direction)
        names = [parts.REQUEST_ID]
        if self._answers_etag():
            names.append("ETag")
        if self._is_behind_token():
            names += ["RateLimit", "RateLimit-Policy"]
        if self._is_repeatable():
            names.append("Idempotent-Replayed")
        return {**{name: parts.header(self.registry, name) for name in names}, **headers}

    def _get_examples(
        self,
        serializer: Any,
        direction: Any,
        media_type: str,
        status_code: str | None = None,
        extras: Any = None,
    ) -> Schema:
        """The view's examples, as they stand: nothing is wrapped around them."""
        chosen = [
            example
            for example in [*self.get_examples(), *(extras or [])]
            if not example.parameter_only
            and not (example.response_only if direction == "request" else example.request_only)
            and (status_code is None or status_code in _statuses(example))
        ]
        examples: Schema = build_examples_list(chosen)
        return examples


_DESCRIPTIONS = {
    "One": "The resource.",
    "Many": "All there are.",
    "Page": "One page of them.",
    "Written": "It is done.",
}


def _statuses(example: Any) -> tuple[str, ...]:
    return tuple(map(str, example.status_codes or (200, 201)))


def finish(result: Schema, generator: Any, **_: Any) -> Schema:
    """The last touches: methods in one order, and no traces of the generator's own."""
    result["paths"] = {
        _published(path): {method: item[method] for method in _METHODS if method in item}
        for path, item in result["paths"].items()
    }
    for status in KINDS:
        parts.problem(generator.registry, status)
    result["components"] = generator.registry.build({})
    cleaned: Schema = postprocess_schema_enum_id_removal(result, generator)
    return cleaned


def _published(path: str) -> str:
    """The path with its parameters as they are called outside."""
    for name, facts in parts.PATH_PARAMETERS.items():
        path = path.replace(f"{{{name}}}", f"{{{facts['name']}}}")
    return path
