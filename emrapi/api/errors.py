"""What may go wrong, and which problem each of it becomes."""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import structlog
from django.core import exceptions as django_exceptions
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.http.response import HttpResponseBase
from django.views import defaults
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from rest_framework import exceptions
from rest_framework.exceptions import APIException
from rest_framework.response import Response

from emrapi.api.problems import (
    CONTENT_TYPE,
    Conflict,
    PayloadTooLarge,
    PreconditionFailed,
    Problem,
    ServiceUnavailable,
    UnprocessableIdempotency,
    flattened,
    problem_body,
    problem_response,
    summary,
)
from emrapi.api.request_ids import request_id_of

__all__ = [
    "Conflict",
    "PayloadTooLarge",
    "PreconditionFailed",
    "Problem",
    "ServiceUnavailable",
    "UnprocessableIdempotency",
    "bad_request",
    "forbidden",
    "not_found",
    "problem_for",
    "problem_handler",
    "problem_response",
    "server_error",
    "unknown_path",
]

_R = TypeVar("_R", bound=HttpResponseBase)
_log = structlog.get_logger(__name__)

# Below these Django's own pages answer people; everywhere else problems answer programs.
_HTML_PATHS = ("/admin/", "/dashboard/")
_UNREACHABLE = (InterfaceError, OperationalError, RedisConnectionError, RedisTimeoutError)
# What a race leaves of a uniqueness rule or of an exclusion constraint.
_LOST_RACES = ("23505", "23P01")


def problem_handler(exc: Exception, context: Mapping[str, Any]) -> Response:
    """DRF's EXCEPTION_HANDLER: whatever went wrong, as a problem."""
    view = context.get("view")
    request = context.get("request")
    allowed = getattr(view, "allowed_methods", ())
    status, facts, headers = _answer_to(exc, request, allowed)
    body = problem_body(request, status, **facts)
    response = Response(body, status=status, headers=headers, content_type=CONTENT_TYPE)
    return _unlogged(response)


def problem_for(request: HttpRequest | None, exc: BaseException) -> HttpResponse:
    """The same outside of a DRF view: in its dispatch, in middleware."""
    status, facts, headers = _answer_to(exc, request, ())
    return _unlogged(problem_response(request, status, headers=headers, **facts))


def _unlogged(response: _R) -> _R:
    """Keep Django from logging it again."""
    response._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001
    return response


_Answer = tuple[int, dict[str, Any], dict[str, str]]


def _answer_to(exc: BaseException, request: Any, allowed: Iterable[str]) -> _Answer:
    """Status, facts of the body, headers."""
    known = _translated(exc)
    if known is None:
        _log.error("request_crashed", request_id=request_id_of(request), exc_info=exc)
        return 500, {}, {}
    if isinstance(known, exceptions.ValidationError):
        errors = list(flattened(known.detail))
        return 400, {"errors": errors, "detail": summary(errors)}, {}
    if isinstance(known, Problem):
        facts = {
            "detail": str(known.detail),
            "code": _code(known),
            "title": known.title,
            "errors": known.errors,
            "members": known.members,
        }
        return known.status_code, facts, known.headers
    headers = _headers(known, allowed)
    if known.status_code == exceptions.UnsupportedMediaType.status_code:
        return known.status_code, {}, headers
    is_default = known.detail == type(known).default_detail
    facts = {} if is_default else {"detail": str(known.detail), "code": _code(known)}
    return known.status_code, facts, headers


def _translated(exc: BaseException) -> APIException | None:
    """The exception as one that has a status; None for what nobody expected."""
    if isinstance(exc, APIException):
        return exc
    for kinds, translate in _TRANSLATIONS:
        if isinstance(exc, kinds):
            return translate(exc)
    return None


def _lost_race(exc: Any) -> APIException | None:
    if getattr(exc.__cause__, "sqlstate", None) not in _LOST_RACES:
        return None
    return Conflict("Another request has just written the same; read again.", code="lost-race")


def _unavailable(exc: BaseException) -> APIException:
    _log.warning("backend_unavailable", error=type(exc).__name__)
    return ServiceUnavailable()


_TRANSLATIONS: tuple[tuple[Any, Callable[[Any], APIException | None]], ...] = (
    (Http404, lambda _: exceptions.NotFound()),
    (django_exceptions.PermissionDenied, lambda _: exceptions.PermissionDenied()),
    (RequestDataTooBig, lambda _: PayloadTooLarge()),
    (SuspiciousOperation, lambda _: Problem()),
    (UnreadablePostError, lambda _: Problem("The body broke off before its end.")),
    (IntegrityError, _lost_race),
    (_UNREACHABLE, _unavailable),
)


def _code(exc: APIException) -> str | None:
    """The code that the raiser gave; None for the class's own."""
    code = getattr(exc.detail, "code", None)
    return None if code == type(exc).default_code else code


def _headers(exc: APIException, allowed: Iterable[str]) -> dict[str, str]:
    if isinstance(exc, exceptions.Throttled):
        return {"Retry-After": str(max(1, math.ceil(getattr(exc, "wait", None) or 1)))}
    if exc.status_code == exceptions.MethodNotAllowed.status_code:
        return {"Allow": ", ".join(allowed)}
    if header := getattr(exc, "auth_header", None):
        return {"WWW-Authenticate": header}
    return {}


def _page_or_problem(
    request: HttpRequest, status: int, page: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    if request.path_info.startswith(_HTML_PATHS):
        return page()
    return problem_response(request, status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """handler400."""
    status = 413 if isinstance(exception, RequestDataTooBig) else 400
    return _page_or_problem(request, status, lambda: defaults.bad_request(request, exception))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """handler403."""
    return _page_or_problem(request, 403, lambda: defaults.permission_denied(request, exception))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """handler404."""
    return _page_or_problem(request, 404, lambda: defaults.page_not_found(request, exception))


def server_error(request: HttpRequest) -> HttpResponseBase:
    """handler500."""
    return _page_or_problem(request, 500, lambda: defaults.server_error(request))


def unknown_path(request: HttpRequest, **_: Any) -> HttpResponse:
    """A view for the end of a URL map: a problem also where DEBUG would show Django's own page."""
    return problem_response(request, 404)


unknown_path.csrf_exempt = True  # type: ignore[attr-defined]
