"""Every request has an id: the caller's own if it is a sane token, else a new one."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-Id"
_META = "HTTP_X_REQUEST_ID"
PATTERN = "[A-Za-z0-9._-]{1,128}"
_SANE = re.compile(PATTERN)


class RequestIdMiddleware:
    """Sets `request.request_id`, names it in every log line, and answers it. The first of all."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on under its id."""
        given = request.META.get(_META, "")
        request_id = given if _SANE.fullmatch(given) else uuid.uuid4().hex
        # Other code that looks for the header finds the same id.
        request.META[_META] = request_id
        request.request_id = request_id  # type: ignore[attr-defined]
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
        response[HEADER] = request_id
        return response


def request_id_of(request: Any) -> str:
    """The request's id; '' where there is no request or it has not passed the middleware."""
    return str(getattr(request, "request_id", ""))
