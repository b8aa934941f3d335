"""What load balancers and operators ask."""

import pytest
from django.test import Client


@pytest.fixture
def anybody():
    return Client(raise_request_exception=False)


def test_process_says_that_it_lives(anybody):
    assert anybody.get("/healthz").json() == {"status": "ok"}


def test_ready_names_what_it_needs(anybody, database):
    answer = anybody.get("/readyz")

    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "ok", "database": "ok", "redis": "ok"},
    )


def test_not_ready_without_redis(anybody, database, settings):
    settings.REDIS_URL = "unix:///nowhere/redis.sock"

    answer = anybody.get("/readyz")

    assert (answer.status_code, answer.json()) == (
        503,
        {"status": "unavailable", "database": "ok", "redis": "unavailable"},
    )


def test_metrics_are_for_the_networks_in_the_settings(anybody, database, settings):
    assert b"emr_rate_limit_uncounted_total" in anybody.get("/metrics").content

    settings.METRICS_NETWORKS = ["10.0.0.0/8"]

    answer = anybody.get("/metrics")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/nowhere", "/v1", "/v1/", "/v1/DemoOffice", "/v2/x", "/%00"])
def test_unknown_path_is_a_problem_never_html(anybody, path):
    answer = anybody.get(path)

    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["requestId"] == answer["X-Request-Id"]
