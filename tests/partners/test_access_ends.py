"""What has ended, or is not allowed here and now, is refused at the very next request."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partners import tokens
from tests.partners.routes import answers_but, is_problem, sent_by


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
