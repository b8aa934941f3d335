"""Who is let in: every route, every way of not being welcome."""

import datetime
import re
from typing import Any, NamedTuple

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
OPEN = {"v1/<ppass:ppass>/auth/token", "v1/access-requests"}
EXAMPLES = {"ppass": "DemoOffice", "id": "1", "pk": "1"}


class Operation(NamedTuple):
    """One method of one route, and the view behind it."""

    route: str
    method: str
    view: Any

    def __str__(self):
        return f"{self.method.upper()} {self.route}"


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
                yield Operation(route, method, view.cls)


def path_of(route, ppass="DemoOffice"):
    def example(match):
        name = match[1].rpartition(":")[2]
        return ppass if name == "ppass" else EXAMPLES.get(name, "1")

    return "/" + re.sub(r"<([^>]+)>", example, route)


ADMINISTRATORS = [each for each in operations() if each.route.startswith("v1/admin/")]
GUARDED = [each for each in operations() if each.route not in OPEN and each not in ADMINISTRATORS]

for_administrators = pytest.mark.parametrize(
    ("route", "method"), [(each.route, each.method) for each in ADMINISTRATORS]
)


def is_problem(answer, status):
    body = answer.json()
    return (
        answer.status_code == status == body["status"]
        and answer["Content-Type"] == "application/problem+json"
        and body["requestId"] == answer["X-Request-Id"]
        and {"type", "title", "status", "detail", "requestId"} <= set(body)
    )


def answers_but(status, send, among=GUARDED):
    """Whichever operations answer with anything but this problem; all are asked in one go."""
    answers = {str(each): send(each) for each in among}
    assert answers
    return {name: answer for name, answer in answers.items() if not is_problem(answer, status)}


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
def test_without_a_good_token_nothing_opens(our_practice, authorization):
    headers = {} if authorization is None else {"Authorization": authorization}
    client = Client(ppass="DemoOffice")

    def send(each):
        answer = client.send(each.method.upper(), path_of(each.route), {}, **headers)
        assert answer["WWW-Authenticate"].startswith("Bearer"), str(each)
        return answer

    assert answers_but(401, send) == {}


@for_administrators
@pytest.mark.parametrize("configured", [["s" * 40, "t" * 40], ["s" * 40], [""], []])
@pytest.mark.parametrize("sent", [None, "", " ", "s", "S" * 40, "s" * 41, "ß", "None"])
def test_without_the_secret_nothing_opens_for_administrators(
    ours, settings, route, method, configured, sent
):
    settings.ADMIN_SECRETS = configured
    headers = {} if sent is None else {"X-Admin-Secret": sent}

    answer = ours.send(method.upper(), path_of(route), **headers)

    assert is_problem(answer, 401)
    assert answer["WWW-Authenticate"] == 'Secret header="X-Admin-Secret"'


@for_administrators
@pytest.mark.parametrize("secret", ["s" * 40, "t" * 40])
def test_either_secret_opens_for_administrators(our_practice, settings, route, method, secret):
    settings.ADMIN_SECRETS = ["s" * 40, "t" * 40]

    answer = Client(ppass="").send(method.upper(), path_of(route), X_Admin_Secret=secret)

    assert answer.status_code == (404 if "<id:" in route else 200)


@for_administrators
def test_who_guesses_secrets_is_not_looked_at_for_a_while(our_practice, settings, route, method):
    settings.ADMIN_SECRETS, settings.ADMIN_SECRET_TRIES = ["s" * 40], 3
    client = Client(ppass="")

    def send(secret):
        return client.send(method.upper(), path_of(route), X_Admin_Secret=secret)

    assert [send("s" * 40).status_code for _ in range(5)].count(401) == 0
    guesses = [send("guess") for _ in range(5)]
    assert [answer.status_code for answer in guesses] == [401, 401, 401, 429, 429]
    assert is_problem(send("s" * 40), 429)
    assert 1 <= int(guesses[-1]["Retry-After"]) <= 60


@pytest.mark.parametrize(
    "ending", ["expired token", "revoked", "expired key", "partner", "practice"]
)
def test_what_has_ended_is_refused_at_the_very_next_request(
    our_practice, make_key, client_for, staff, ending
):
    key = make_key(our_practice)
    client = client_for(key)
    assert client.get("/prospects").status_code == 200
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

    assert answers_but(401, lambda each: sent_by(client, each)) == {}


def sent_by(client, each, ppass="DemoOffice"):
    return client.send(each.method.upper(), path_of(each.route, ppass), {})


def test_missing_scope_is_named(our_practice, make_key, client_for):
    assert all(each.view.required_scope is not None for each in GUARDED)
    scoped = [each for each in GUARDED if each.view.required_scope != ANY_KEY]
    without = {
        scope: client_for(make_key(our_practice, [each for each in ALL_SCOPES if each != scope]))
        for scope in {each.view.required_scope for each in scoped}
    }

    def send(each):
        answer = sent_by(without[each.view.required_scope], each)
        assert each.view.required_scope in answer.json()["detail"], str(each)
        return answer

    assert answers_but(403, send, scoped) == {}


@pytest.mark.parametrize("ppass", ["OtherOffice", "NoSuchOffice"])
def test_token_of_one_practice_opens_no_other(
    our_practice, other_practice, make_key, client_for, ppass
):
    client = client_for(make_key(our_practice))

    def send(each):
        answer = sent_by(client, each, ppass)
        assert ppass not in answer.json()["detail"], str(each)
        return answer

    assert answers_but(403, send, [each for each in GUARDED if "ppass" in each.route]) == {}


def test_row_that_is_not_there_is_not_found(our_practice, make_key, client_for):
    client = client_for(make_key(our_practice))

    def send(each):
        body = {"Tags": []} if each.route.endswith("/tags") else {}
        if "/tags/" in each.route:
            body = {"Tag": "x"}
        body = None if each.method == "get" else body
        return client.send(each.method.upper(), path_of(each.route), body)

    assert answers_but(404, send, [each for each in GUARDED if "<id:" in each.route]) == {}


def test_other_methods_are_refused_with_the_allowed_ones(our_practice, make_key, client_for):
    client = client_for(make_key(our_practice))

    def send(each):
        answer = client.send("TRACE" if each.method == "get" else "OPTIONS", path_of(each.route))
        assert each.method.upper() in answer["Allow"], str(each)
        return answer

    assert answers_but(405, send, list(operations())) == {}


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
