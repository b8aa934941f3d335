"""Every operation of the API is closed: to whom, and what opens it."""

import pytest

from partners.permissions import ANY_KEY
from partners.scopes import ALL_SCOPES
from tests.client import Client
from tests.partners.routes import (
    ADMINISTRATORS,
    GUARDED,
    answers_but,
    is_problem,
    operations,
    path_of,
    sent_by,
)

for_administrators = pytest.mark.parametrize(
    ("route", "method"), [(each.route, each.method) for each in ADMINISTRATORS]
)


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
