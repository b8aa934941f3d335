"""Whatever goes wrong is answered as a problem, and tells nothing that it should not."""

import logging
from typing import Any

import pytest
from django.test import Client, RequestFactory
from structlog.testing import capture_logs

from emrapi.api.errors import not_found, problem_for, server_error
from emrapi.api.problems import KINDS

PROBLEM = "application/problem+json"


def problem(response: Any) -> Any:
    """The body of a problem, which says what its status says."""
    assert response["Content-Type"] == PROBLEM
    body = response.json()
    assert body["status"] == response.status_code
    assert body["requestId"] == response["X-Request-Id"]
    return body


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ("crash", 500, "server-error"),
        ("gone", 404, "not-found"),
        ("database", 503, "service-unavailable"),
        ("redis", 503, "service-unavailable"),
        ("race", 409, "lost-race"),
        ("taken", 409, "slot-taken"),
        ("reused", 422, "idempotency-key-reused"),
        ("busy", 503, "service-unavailable"),
        ("often", 429, "too-many-requests"),
        ("odd", 400, "invalid-request"),
    ],
)
def test_error_is_a_problem(api: Client, fault: str, status: int, code: str) -> None:
    response = api.get(f"/v1/faults/{fault}")

    body = problem(response)
    assert (response.status_code, body["type"]) == (status, f"urn:officepro:problem:{code}")
    assert body["title"] == KINDS[status].title
    assert not {"SELECT", "secret", "Patient", "duplicate key", "Traceback"} & set(
        response.content.decode().split()
    )


def test_members_and_headers_of_a_problem_are_answered(api: Client) -> None:
    taken, busy, often, odd = (
        api.get(f"/v1/faults/{fault}") for fault in ("taken", "busy", "often", "odd")
    )

    assert problem(taken)["conflicts"] == [{"resource": "room"}]
    assert problem(taken)["detail"] == "It is taken."
    assert problem(odd)["errors"] == [{"field": "A", "code": "odd", "message": "Odd."}]
    assert busy["Retry-After"] == "9"
    assert often["Retry-After"] == "3"
    assert api.get("/v1/faults/redis")["Retry-After"] == "2"


def test_crash_is_logged_once_with_its_request_id(api: Client, caplog: Any) -> None:
    with capture_logs() as logs, caplog.at_level(logging.WARNING):
        response = api.get("/v1/faults/crash", headers={"X-Request-Id": "abc"})

    assert response.status_code == 500
    (entry,) = logs
    assert (entry["event"], entry["request_id"]) == ("request_crashed", "abc")
    assert isinstance(entry["exc_info"], ZeroDivisionError)
    assert caplog.records == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/v1/nowhere/at/all", 404),
        ("POST", "/v1/DemoOffice", 404),
        ("GET", "/v1/DemoOffice/gadgets/", 404),
        ("GET", "/v1/DemoOffice/gadgets/٣", 404),
        ("GET", "/v1/DemoOffice/gadgets/07", 404),
        ("GET", "/v1/DemoOffice/gadgets/-1", 404),
        ("GET", "/v1/DemoOffice/gadgets/1%00", 404),
        ("GET", "/v1/admin/gadgets", 404),
        ("GET", "/v1/WebHooks/gadgets", 404),
        ("GET", "/v1/1Demo/gadgets", 404),
        ("GET", "/crash", 500),
        ("POST", "/openapi.json", 405),
        ("OPTIONS", "/docs", 405),
    ],
)
def test_what_no_view_answers_is_a_problem_too(
    api: Client, method: str, path: str, status: int
) -> None:
    response = api.generic(method, path)

    assert problem(response)["status"] == status


def test_unknown_path_is_a_problem_under_debug(api: Client, settings: Any) -> None:
    settings.DEBUG = True

    assert problem(api.get("/v1/nowhere"))["status"] == 404
    assert problem(api.post("/v1/nowhere"))["status"] == 404


def test_too_many_query_parameters_are_a_problem(api: Client) -> None:
    assert problem(api.get("/v1/mirror?" + "&".join(["a=1"] * 2_000)))["status"] == 400


def test_bad_host_is_a_problem(api: Client, settings: Any) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "django.middleware.common.CommonMiddleware"]
    settings.ALLOWED_HOSTS = ["good.example"]

    response = api.get("/v1/mirror", headers={"Host": "evil.example"})

    assert response.status_code == 400
    assert response["Content-Type"] == PROBLEM


@pytest.mark.parametrize("path", ["/admin/x", "/dashboard/x"])
def test_staff_pages_keep_djangos_own_errors(api: Client, path: str) -> None:
    request = RequestFactory().get(path)

    assert not_found(request, ValueError())["Content-Type"].startswith("text/html")
    assert server_error(request)["Content-Type"].startswith("text/html")


def test_problem_for_answers_outside_of_a_view(api: Client) -> None:
    response = problem_for(RequestFactory().get("/"), ConnectionError("secret"))

    assert response.status_code == 500
    assert b"secret" not in response.content
