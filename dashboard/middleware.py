"""Every API call becomes a row of the call log."""

import datetime
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from dashboard.calls import Call, writer
from emrapi.api.addresses import valid_client_address

API_PREFIX = "/v1/"


class CallLogMiddleware:
    """Notes what was called, by whom, and how it went; neither body nor query string."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, then hand the facts to the writer."""
        if not request.path_info.startswith(API_PREFIX):
            return self.get_response(request)
        began = time.perf_counter()
        response = self.get_response(request)
        caller = getattr(request, "caller", None)
        match = request.resolver_match
        writer.record(
            Call(
                at=datetime.datetime.now(datetime.UTC),
                method=(request.method or "")[:10],
                route=match.route[:200] if match else "",
                path=_clean(request.path_info)[:500],
                status=response.status_code,
                duration_ms=round((time.perf_counter() - began) * 1000, 3),
                key_id=caller.key_id if caller else None,
                partner_id=caller.partner_id if caller else None,
                practice_id=caller.practice_id if caller else None,
                ip=valid_client_address(request),
                request_id=getattr(request, "request_id", ""),
                bytes_in=_length(request),
                bytes_out=0 if response.streaming else len(response.content),
            )
        )
        return response


def _length(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or ""
    return int(length) if length.isascii() and length.isdigit() and len(length) < 16 else 0


def _clean(path: str) -> str:
    """Text that PostgreSQL takes: no NUL, no half of a surrogate pair."""
    return path.replace("\0", "").encode(errors="replace").decode()
