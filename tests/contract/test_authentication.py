"""The published examples of authentication, replayed."""

import re

import pytest

from tests.client import Client


@pytest.fixture
def anyone(our_practice):
    return Client(ppass="DemoOffice")


def test_token_exchange_answers_exactly_what_is_published(anyone, our_practice, make_key):
    key = make_key(our_practice)

    answer = anyone.post("/auth/token", {"apiKey": key.text})

    assert answer.status_code == 200
    assert list(answer.json()) == ["accessToken", "tokenType", "expiresIn"]
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", answer.json()["accessToken"])
    assert answer.json()["tokenType"] == "Bearer"
    assert answer.json()["expiresIn"] == "24h"


def test_token_opens_the_practice_whatever_the_case_of_its_name(anyone, our_practice, make_key):
    key = make_key(our_practice)

    token = anyone.post("/v1/demoOFFICE/auth/token", {"apiKey": key.text}).json()["accessToken"]

    assert Client(ppass="DEMOoffice", token=token).get("/prospects").status_code == 200


def test_every_bad_key_gets_the_same_answer(anyone, our_practice, other_practice, make_key, staff):
    good, foreign, revoked = (
        make_key(our_practice),
        make_key(other_practice),
        make_key(our_practice),
    )
    with staff():
        revoked.revoked_at = revoked.created_at
        revoked.save()
    altered = good.text[:-1] + ("A" if good.text[-1] != "A" else "B")

    answers = [
        anyone.post("/auth/token", {"apiKey": text})
        for text in (foreign.text, revoked.text, altered, "your_api_key_here", good.text + "x")
    ] + [anyone.post("/v1/NoSuchOffice/auth/token", {"apiKey": good.text})]

    bodies = [{**answer.json(), "requestId": ""} for answer in answers]
    assert [answer.status_code for answer in answers] == [401] * 6
    assert all(body == bodies[0] for body in bodies)
    assert bodies[0] == {
        "type": "urn:officepro:problem:unauthenticated",
        "title": "Not authenticated",
        "status": 401,
        "detail": "The API key is not valid for this practice.",
        "requestId": "",
    }
    assert all(answer["WWW-Authenticate"] == 'Bearer realm="api"' for answer in answers)


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "apiKey", "required"),
        ({"apiKey": None}, "apiKey", "null"),
        ({"apiKey": 7}, "apiKey", "invalid"),
        ({"apiKey": ""}, "apiKey", "blank"),
        ({"apiKey": "x", "ApiKey": "x"}, "ApiKey", "unknown"),
    ],
)
def test_bad_body_is_refused_by_field(anyone, body, field, code):
    answer = anyone.post("/auth/token", body)

    assert answer.status_code == 400
    assert [(fault["field"], fault["code"]) for fault in answer.json()["errors"]] == [(field, code)]


def test_token_exchange_is_throttled_per_key(anyone, our_practice, make_key, settings):
    settings.TOKEN_RATE_LIMIT = 3
    key = make_key(our_practice)

    statuses = [anyone.post("/auth/token", {"apiKey": key.text}).status_code for _ in range(5)]

    assert statuses == [200, 200, 200, 429, 429]


def test_throttled_exchange_says_when_to_come_back(anyone, our_practice, make_key, settings):
    settings.TOKEN_RATE_LIMIT = 1
    key = make_key(our_practice)
    anyone.post("/auth/token", {"apiKey": key.text})

    answer = anyone.post("/auth/token", {"apiKey": key.text})

    assert answer.status_code == 429
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert answer["Content-Type"] == "application/problem+json"
