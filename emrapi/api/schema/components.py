"""What the API document says once and refers to: envelopes, problems, headers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from drf_spectacular.plumbing import ResolvedComponent

from emrapi.api.problems import CONTENT_TYPE, KINDS, TYPE_PREFIX

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}


@dataclass(frozen=True, eq=False)
class Envelope:
    """A serializer's data as an answer wraps it; `members` stand beside the data."""

    kind: str
    serializer: Any
    members: Mapping[str, Any] = field(default_factory=dict)
    component: str | None = None


def one_of(serializer: Any, *, component: str | None = None, **members: Any) -> Envelope:
    """For `@extend_schema(responses={200: one_of(ThingSerializer)})`: `{"data": {…}}`."""
    return Envelope("One", serializer, members, component)


def many_of(serializer: Any, *, component: str | None = None, **members: Any) -> Envelope:
    """`{"data": […], "count": n}`."""
    return Envelope("Many", serializer, members, component)


def page_of(serializer: Any, *, component: str | None = None, **members: Any) -> Envelope:
    """`{"data": […], "count", "page", "limit", "total"}`."""
    return Envelope("Page", serializer, members, component)


def written_of(serializer: Any, *, component: str | None = None, **members: Any) -> Envelope:
    """`{"message": "…", "data": {…}}`; members besides may be absent."""
    return Envelope("Written", serializer, members, component)


def envelope_properties(kind: str, item: Schema) -> dict[str, Schema]:
    """The properties of an envelope, all of them required."""
    if kind == "One":
        return {"data": item}
    if kind == "Written":
        return {"message": _TEXT, "data": item}
    counted: dict[str, Schema] = {
        "data": {"type": "array", "items": item},
        "count": {"type": "integer", "minimum": 0, "description": "How many there are in data."},
    }
    if kind == "Many":
        return counted
    return {
        **counted,
        "page": {"type": "integer", "minimum": 1},
        "limit": {"type": "integer", "minimum": 1, "maximum": 100},
        "total": {"type": "integer", "minimum": 0, "description": "How many there are in all."},
    }


PROBLEM_ERROR: Schema = {
    "type": "object",
    "required": ["field", "code", "message"],
    "properties": {
        "field": {**_TEXT, "description": "Its place, such as `products[3].RetailPrice`."},
        "code": {**_TEXT, "description": "Stable, for programs: `required`, `unknown`, `choice`…"},
        "message": {**_TEXT, "description": "For people."},
    },
}
PROBLEM: Schema = {
    "type": "object",
    "description": "An error, as RFC 9457 has it. Some carry more members, such as `conflicts`.",
    "required": ["type", "title", "status", "detail", "requestId"],
    "properties": {
        "type": {**_TEXT, "format": "uri"},
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "requestId": {**_TEXT, "description": "Name it when you ask us about this error."},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/ProblemError"}},
    },
    "additionalProperties": True,
}
BEARER: Schema = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "An access token, as the token exchange answers it.",
}
REQUEST_ID = "X-Request-Id"
HEADERS: dict[str, Schema] = {
    REQUEST_ID: {"description": "The id of the request.", "required": True, "schema": _TEXT},
    "ETag": {
        "description": "Stands for this state of the resource.",
        "required": True,
        "schema": _TEXT,
    },
    "RateLimit": {"description": "What is left of the limit, and for how long.", "schema": _TEXT},
    "RateLimit-Policy": {"description": "The limit.", "schema": _TEXT},
    "Idempotent-Replayed": {
        "description": "`true` if this is the stored answer of an earlier try.",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "Retry-After": {
        "description": "Seconds to wait.",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
    },
    "WWW-Authenticate": {"description": "What to send.", "required": True, "schema": _TEXT},
}
_PROBLEM_HEADERS = {401: "WWW-Authenticate", 429: "Retry-After", 503: "Retry-After"}
# What the parameters of paths are called outside, by what they are called in the URL map.
PATH_PARAMETERS: dict[str, Schema] = {
    "ppass": {
        "name": "PPass",
        "description": "The public slug of the practice, in whatever case.",
        "example": "DemoOffice",
    },
}
_ETAG = r'(W/)?"[!#-~]*"'
_ETAGS: Schema = {"type": "string", "pattern": rf"^(\*|{_ETAG}( *, *{_ETAG})*)$"}
PARAMETERS: dict[str, Schema] = {
    REQUEST_ID: {
        "description": (
            "An id of your own for this request, echoed in the answer if it is 1 to 128 letters,"
            " digits, dots, hyphens and underscores."
        ),
        "schema": _TEXT,
    },
    "Idempotency-Key": {
        "description": (
            "Makes it safe to send this again: the same key with the same request, within 24"
            " hours, gets the stored answer."
        ),
        "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
    },
    "If-Match": {
        "description": "The ETag of the state you have seen: 412 if it is another by now.",
        "schema": _ETAGS,
    },
    "If-None-Match": {
        "description": "The ETag of the state you have: 304 if it is still that.",
        "schema": _ETAGS,
    },
}


def component(registry: Any, kind: str, name: str, schema: Schema) -> Schema:
    """A reference to a component, which is registered if it is new."""
    made = ResolvedComponent(name=name, type=kind, schema=schema, object=name)
    registry.register_on_missing(made)
    return dict(made.ref)


def header(registry: Any, name: str) -> Schema:
    """A response header, by reference."""
    return component(registry, ResolvedComponent.HEADER, name.replace("-", ""), HEADERS[name])


def parameter(registry: Any, name: str) -> Schema:
    """A request header, by reference."""
    schema = {"in": "header", "name": name, "required": False, **PARAMETERS[name]}
    return component(registry, ResolvedComponent.PARAMETER, name.replace("-", ""), schema)


def problem(registry: Any, status: int) -> Schema:
    """The response of an error, by reference."""
    kind = KINDS[status]
    component(registry, ResolvedComponent.SCHEMA, "ProblemError", PROBLEM_ERROR)
    schema = component(registry, ResolvedComponent.SCHEMA, "Problem", PROBLEM)
    names = [REQUEST_ID, *filter(None, [_PROBLEM_HEADERS.get(status)])]
    example = {
        "type": TYPE_PREFIX + kind.code,
        "title": kind.title,
        "status": status,
        "detail": kind.detail,
        "requestId": "0f8fad5bd9cb469fa16570867728950e",
    }
    if status == 400:
        fault = {"field": "FirstNam", "code": "unknown", "message": _UNKNOWN}
        example |= {"detail": f"FirstNam: {_UNKNOWN}", "errors": [fault]}
    response = {
        "description": f"{kind.title}.",
        "headers": {name: header(registry, name) for name in names},
        "content": {CONTENT_TYPE: {"schema": schema, "example": example}},
    }
    name = "".join(word.capitalize() for word in kind.code.split("-"))
    return component(registry, ResolvedComponent.RESPONSE, name, response)


_UNKNOWN = 'Unknown field. Did you mean "FirstName"?'
