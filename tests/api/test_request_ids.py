"""Every answer carries the id of its request."""

import re

import pytest
import structlog
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from emrapi.api.request_ids import RequestIdMiddleware


@pytest.mark.parametrize("given", ["abc", "A.b_c-9", "x" * 128])
def test_sane_id_is_echoed(api: Client, given: str) -> None:
    assert api.get("/v1/mirror", headers={"X-Request-Id": given})["X-Request-Id"] == given


@pytest.mark.parametrize("given", ["", "a b", "x" * 129, "é", "a;b", "<script>"])
def test_other_id_is_replaced(api: Client, given: str) -> None:
    answered = api.get("/v1/mirror", headers={"X-Request-Id": given})["X-Request-Id"]

    assert re.fullmatch("[0-9a-f]{32}", answered)


@pytest.mark.parametrize("path", ["/v1/mirror", "/nowhere", "/crash", "/v1/faults/crash"])
def test_every_answer_has_an_id(api: Client, path: str) -> None:
    assert api.get(path)["X-Request-Id"] != api.get(path)["X-Request-Id"]


def test_id_is_bound_to_the_log_and_unbound_again() -> None:
    seen = {}

    def view(request: HttpRequest) -> HttpResponse:
        seen.update(structlog.contextvars.get_contextvars(), header=request.headers["X-Request-Id"])
        return HttpResponse()

    RequestIdMiddleware(view)(RequestFactory().get("/", headers={"X-Request-Id": "abc"}))

    assert seen == {"request_id": "abc", "header": "abc"}
    assert "request_id" not in structlog.contextvars.get_contextvars()
