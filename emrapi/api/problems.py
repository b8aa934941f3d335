"""The one shape of every error, problem+json (RFC 9457), and the exceptions that fill it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import orjson
from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import APIException
from rest_framework.settings import api_settings

from emrapi.api.request_ids import request_id_of

CONTENT_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 2
TYPE_PREFIX = "urn:officepro:problem:"


class Kind(NamedTuple):
    """What an error of one status says unless its raiser says more."""

    code: str
    title: str
    detail: str


KINDS = {
    400: Kind("invalid-request", "Invalid request", "The request is not valid."),
    401: Kind("unauthenticated", "Not authenticated", "Send a valid access token."),
    403: Kind("forbidden", "Forbidden", "You may not do this."),
    404: Kind("not-found", "Not found", "There is no such resource."),
    405: Kind("method-not-allowed", "Method not allowed", "This address has no such method."),
    406: Kind("not-acceptable", "Not acceptable", "Answers here are application/json."),
    409: Kind("conflict", "Conflict", "The request conflicts with what is stored."),
    412: Kind(
        "precondition-failed",
        "Precondition failed",
        "It has changed since you read it: read it again, then repeat the change with its ETag.",
    ),
    413: Kind("payload-too-large", "Body too large", "The body is too large."),
    415: Kind(
        "unsupported-media-type",
        "Unsupported media type",
        "Send JSON in UTF-8, with Content-Type: application/json.",
    ),
    422: Kind(
        "idempotency-key-reused",
        "Idempotency-Key reused",
        "This Idempotency-Key was used for another request.",
    ),
    429: Kind("too-many-requests", "Too many requests", "Too many requests; try again later."),
    500: Kind(
        "server-error",
        "Server error",
        "Something went wrong here. The error has been recorded under the request id.",
    ),
    503: Kind(
        "service-unavailable",
        "Service unavailable",
        "The service cannot answer right now; try again in a moment.",
    ),
}
# Codes that libraries use for what has one name here.
_CODES = {
    "does_not_exist": "not_found",
    "empty": "blank",
    "incorrect_type": "invalid",
    "invalid_choice": "choice",
    "max_decimal_places": "out_of_range",
    "max_digits": "out_of_range",
    "max_value": "out_of_range",
    "max_whole_digits": "out_of_range",
    "min_value": "out_of_range",
    "not_a_list": "invalid",
    "not_a_dict": "invalid",
    "unique": "duplicate",
}


def problem_body(
    request: HttpRequest | None,
    status: int,
    *,
    detail: str | None = None,
    code: str | None = None,
    title: str | None = None,
    errors: Iterable[dict[str, str]] = (),
    members: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The document. `code` ends its type; `members` are extra ones such as `conflicts`."""
    kind = KINDS.get(status, KINDS[500 if status >= 500 else 400])
    body: dict[str, Any] = {
        "type": TYPE_PREFIX + (code or kind.code).replace("_", "-"),
        "title": title or kind.title,
        "status": status,
        "detail": detail or kind.detail,
        "requestId": request_id_of(request),
    }
    if listed := list(errors):
        body["errors"] = listed
    return {**body, **(members or {})}


def problem_response(
    request: HttpRequest | None,
    status: int,
    *,
    headers: Mapping[str, str] | None = None,
    **facts: Any,
) -> HttpResponse:
    """The same as a plain Django response, for middleware and for views outside of DRF."""
    return HttpResponse(
        orjson.dumps(problem_body(request, status, **facts)),
        status=status,
        content_type=CONTENT_TYPE,
        headers=dict(headers or {}),
    )


def flattened(detail: Any, path: str = "") -> Iterator[dict[str, str]]:
    """The nested errors of a serializer as a list, each with the wire path of its field."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from flattened(inner, _joined(path, name))
    elif isinstance(detail, list | tuple):
        for index, inner in enumerate(detail):
            is_place = isinstance(inner, Mapping | list | tuple)
            yield from flattened(inner, _joined(path, index) if is_place else path)
    else:
        code = str(getattr(detail, "code", None) or "invalid")
        yield {"field": path, "code": _CODES.get(code, code), "message": str(detail)}


def _joined(path: str, name: str | int) -> str:
    if isinstance(name, int):
        return f"{path}[{name}]"
    if name in ("", api_settings.NON_FIELD_ERRORS_KEY):
        return path
    return f"{path}.{name}" if path else name


def summary(errors: list[dict[str, str]]) -> str:
    """One sentence for `detail`: the fault if there is one, else how many."""
    if len(errors) != 1:
        return f"The request has {len(errors)} faults; they are listed in errors."
    field, message = errors[0]["field"], errors[0]["message"]
    return f"{field}: {message}" if field else message


class Problem(APIException):
    """A refusal with a status, a stable code, and whatever extra members and headers it needs.

    raise Conflict("The slot is taken.", code="slot-taken", conflicts=[…], alternatives=[…])
    """

    status_code = 400

    def __init__(
        self,
        detail: str | None = None,
        *,
        status: int | None = None,
        code: str | None = None,
        title: str | None = None,
        errors: Iterable[dict[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        self.status_code = status or self.status_code
        kind = KINDS[self.status_code]
        super().__init__(detail or kind.detail, code or kind.code)
        self.title = title
        self.errors = list(errors)
        self.headers = dict(headers or {})
        self.members = members


class Conflict(Problem):
    """409."""

    status_code = 409


class PreconditionFailed(Problem):
    """412: the resource is no longer what If-Match says."""

    status_code = 412


class PayloadTooLarge(Problem):
    """413."""

    status_code = 413


class UnprocessableIdempotency(Problem):
    """422: the Idempotency-Key belongs to another request."""

    status_code = 422


class ServiceUnavailable(Problem):
    """503, with Retry-After."""

    status_code = 503

    def __init__(self, detail: str | None = None, **facts: Any) -> None:
        super().__init__(detail, **facts)
        self.headers.setdefault("Retry-After", str(RETRY_AFTER_SECONDS))
