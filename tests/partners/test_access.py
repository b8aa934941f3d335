"""Who is let in: every route, every way of not being welcome."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from partners import tokens
from partners.permissions import ANY_KEY
from partners.scopes import ALL_SCOPES
from tests.client import Client

METHODS = ("get", "post", "put", "patch", "delete")
# Open to anybody, by contract.
OPEN = {"v1/<ppass:ppass>/auth/token"}
EXAMPLES = {"ppass": "DemoOffice", "id": "1", "pk": "1"}


def walk(patterns, prefix=""):
    for entry in patterns:
        route = prefix + str(entry.pattern)
        if hasattr(entry, "url_patterns"):
            yield from walk(entry.url_patterns, route)
        elif route.startswith("v1/"):
            yield route, entry.callback


def operations():
    for route, view in walk(get_resolver("emrapi.urls").url_patterns):
        for method in METHODS:
            if method in view.actions:
                yield pytest.param(route, method, view.cls, id=f"{method.upper()} {route}")


def path_of(route, ppass="DemoOffice"):
    def example(match):
        name = match[1].rpartition(":")[2]
        return ppass if name == "ppass" else EXAMPLES.get(name, "1")

    return "/" + re.sub(r"<([^>]+)>", example, route)


every_operation = pytest.mark.parametrize(("route", "method", "view"), list(operations()))


def is_for_administrators(case):
    return case.values[0].startswith("v1/admin/")


guarded = pytest.mark.parametrize(
    ("route", "method", "view"),
    [
        case
        for case in operations()
        if case.values[0] not in OPEN and not is_for_administrators(case)
    ],
)
for_administrators = pytest.mark.parametrize(
    ("route", "method", "view"), [case for case in operations() if is_for_administrators(case)]
)


def is_problem(answer, status):
    body = answer.json()
    return (
        answer.status_code == status == body["status"]
        and answer["Content-Type"] == "application/problem+json"
        and body["requestId"] == answer["X-Request-Id"]
        and {"type", "title", "status", "detail", "requestId"} <= set(body)
    )


@guarded
@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer garbage",
        "Basic dXNlcjpwYXNz",
        "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.",
        "Bearer a.b.c.d\x01",
    ],
)
def test_without_a_good_token_nothing_opens(our_practice, route, method, view, authorization):
    headers = {} if authorization is None else {"Authorization": authorization}

    answer = Client(ppass="DemoOffice").send(method.upper(), path_of(route), {}, **headers)

    assert is_problem(answer, 401)
    assert answer["WWW-Authenticate"].startswith("Bearer")


@for_administrators
@pytest.mark.parametrize("configured", [["s" * 40, "t" * 40], ["s" * 40], [""], []])
@pytest.mark.parametrize("sent", [None, "", " ", "s", "S" * 40, "s" * 41, "ß", "None"])
def test_without_the_secret_nothing_opens_for_administrators(
    ours, settings, route, method, view, configured, sent
):
    settings.ADMIN_SECRETS = configured
    headers = {} if sent is None else {"X-Admin-Secret": sent}

    answer = ours.send(method.upper(), path_of(route), **headers)

    assert is_problem(answer, 401)
    assert answer["WWW-Authenticate"] == 'Secret header="X-Admin-Secret"'


@for_administrators
@pytest.mark.parametrize("secret", ["s" * 40, "t" * 40])
def test_either_secret_opens_for_administrators(
    our_practice, settings, route, method, view, secret
):
    settings.ADMIN_SECRETS = ["s" * 40, "t" * 40]

    answer = Client(ppass="").send(method.upper(), path_of(route), X_Admin_Secret=secret)

    assert answer.status_code == (404 if "<id:" in route else 200)


@for_administrators
def test_who_guesses_secrets_is_not_looked_at_for_a_while(
    our_practice, settings, route, method, view
):
    settings.ADMIN_SECRETS, settings.ADMIN_SECRET_TRIES = ["s" * 40], 3
    client = Client(ppass="")

    def send(secret):
        return client.send(method.upper(), path_of(route), X_Admin_Secret=secret)

    assert [send("s" * 40).status_code for _ in range(5)].count(401) == 0
    guesses = [send("guess") for _ in range(5)]
    assert [answer.status_code for answer in guesses] == [401, 401, 401, 429, 429]
    assert is_problem(send("s" * 40), 429)
    assert 1 <= int(guesses[-1]["Retry-After"]) <= 60


@guarded
@pytest.mark.parametrize(
    "ending", ["expired token", "revoked", "expired key", "partner", "practice"]
)
def test_what_has_ended_is_refused_at_the_very_next_request(
    our_practice, make_key, client_for, staff, route, method, view, ending
):
    key = make_key(our_practice)
    client = client_for(key)
    now = datetime.datetime.now(datetime.UTC)
    with staff():
        match ending:
            case "expired token":
                client.token = tokens.issue(key_id=key.pk, now=now - datetime.timedelta(hours=25))
            case "revoked":
                key.revoked_at = now
            case "expired key":
                key.expires_at = now
            case "partner":
                key.partner.is_active = False
            case "practice":
                key.practice.is_active = False
        key.save()
        key.partner.save()
        key.practice.save()

    answer = client.send(method.upper(), path_of(route), {})

    assert is_problem(answer, 401)


@guarded
def test_missing_scope_is_named(our_practice, make_key, client_for, route, method, view):
    needed = view.required_scope
    assert needed is not None
    if needed == ANY_KEY:
        return
    key = make_key(our_practice, [scope for scope in ALL_SCOPES if scope != needed])

    answer = client_for(key).send(method.upper(), path_of(route), {})

    assert is_problem(answer, 403)
    assert needed in answer.json()["detail"]


@guarded
@pytest.mark.parametrize("ppass", ["OtherOffice", "NoSuchOffice"])
def test_token_of_one_practice_opens_no_other(
    our_practice, other_practice, make_key, client_for, route, method, view, ppass
):
    if "ppass" not in route:
        return
    client = client_for(make_key(our_practice))

    answer = client.send(method.upper(), path_of(route, ppass), {})

    assert is_problem(answer, 403)
    assert ppass not in answer.json()["detail"]


@guarded
def test_row_that_is_not_there_is_not_found(
    our_practice, make_key, client_for, route, method, view
):
    if "<id:" not in route:
        return
    body = {"Tag": "x", "Tags": []} if "tags" in route else {}
    if route.endswith("/tags") is False and "tags" in route:
        body = {"Tag": "x"}
    elif route.endswith("/tags"):
        body = {"Tags": []}

    answer = client_for(make_key(our_practice)).send(
        method.upper(), path_of(route), body if method != "get" else None
    )

    assert is_problem(answer, 404)


@every_operation
def test_other_methods_are_refused_with_the_allowed_ones(
    our_practice, make_key, client_for, route, method, view
):
    client = client_for(make_key(our_practice))

    answer = client.send("TRACE" if method == "get" else "OPTIONS", path_of(route))

    assert is_problem(answer, 405)
    assert method.upper() in answer["Allow"]


def test_view_that_declares_no_scope_refuses_everybody(ours, monkeypatch):
    from prospects.views import ProspectViewSet

    monkeypatch.setattr(ProspectViewSet, "required_scope", None)

    assert is_problem(ours.get("/prospects"), 403)


def test_lost_scope_is_gone_at_the_next_request(our_practice, make_key, client_for, staff):
    key = make_key(our_practice)
    client = client_for(key)
    assert client.get("/prospects").status_code == 200

    with staff():
        key.scopes = ["KB"]
        key.save()

    assert client.get("/prospects").status_code == 403


@pytest.mark.parametrize(
    ("networks", "status"),
    [([], 200), (["127.0.0.0/8"], 200), (["10.0.0.0/8"], 401), (["10.0.0.0/8", "127.0.0.1"], 200)],
)
def test_key_works_from_its_networks_only(our_practice, make_key, client_for, networks, status):
    client = client_for(make_key(our_practice, allowed_networks=networks))

    assert client.get("/prospects").status_code == status


def test_request_costs_one_round_trip_before_its_own(ours):
    ours.post("/prospects", {"FullName": "John Doe"})

    with CaptureQueriesContext(connection) as queries:
        ours.get("/prospects")

    asked = [query["sql"] for query in queries if query["sql"] not in ("BEGIN", "COMMIT")]
    assert ["partners_enter" in sql for sql in asked] == [True, False, False]  # total; page


def test_limit_of_a_key_is_told_and_kept(our_practice, make_key, client_for):
    client = client_for(make_key(our_practice, rate_limit=2))

    answers = [client.get("/prospects") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer["RateLimit-Policy"] for answer in answers] == ['"key";q=2;w=60'] * 3
    assert [re.sub(r";t=\d+", "", answer["RateLimit"]) for answer in answers] == [
        '"key";r=1',
        '"key";r=0',
        '"key";r=0',
    ]
    assert is_problem(answers[2], 429)
    assert 1 <= int(answers[2]["Retry-After"]) <= 60


def test_calls_pass_while_redis_is_away(ours, settings, monkeypatch):
    from partners import throttling

    throttling._client.cache_clear()
    throttling._script.cache_clear()
    monkeypatch.setattr(throttling, "_resting_until", 0.0)
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    before = throttling.uncounted._value.get()
    try:
        answer = ours.get("/prospects")
    finally:
        throttling._client.cache_clear()
        throttling._script.cache_clear()
        throttling._resting_until = 0.0

    assert answer.status_code == 200
    assert throttling.uncounted._value.get() == before + 1
