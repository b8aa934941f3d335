"""Access tokens: what is accepted, and for how long."""

import datetime

import jwt
import pytest
import time_machine

from partners import tokens

NOW = datetime.datetime.now(datetime.UTC)
OLD, NEW = "o" * 48, "n" * 48


@pytest.fixture(autouse=True)
def _keys(settings):
    settings.JWT_KEYS = {"new": NEW, "old": OLD}


def claims(**changes):
    exp = NOW + datetime.timedelta(hours=1)
    all_claims = {
        "sub": "7",
        "iat": NOW,
        "exp": exp,
        "iss": tokens.ISSUER,
        "aud": tokens.AUDIENCE,
        **changes,
    }
    return {name: value for name, value in all_claims.items() if value is not None}


def sign(payload, secret=NEW, kid="new", algorithm="HS256"):
    return jwt.encode(payload, secret, algorithm=algorithm, headers={"kid": kid})


def test_issued_token_is_read_back():
    assert tokens.read(tokens.issue(key_id=12, now=NOW)) == 12


def test_token_of_a_retired_signing_key_stays_good_while_the_key_is_listed(settings):
    settings.JWT_KEYS = {"old": OLD}
    token = tokens.issue(key_id=12, now=NOW)

    settings.JWT_KEYS = {"new": NEW, "old": OLD}
    assert tokens.read(token) == 12

    settings.JWT_KEYS = {"new": NEW}
    with pytest.raises(tokens.InvalidToken):
        tokens.read(token)


def test_token_runs_out_after_its_hours(settings):
    settings.TOKEN_HOURS = 24

    assert tokens.read(tokens.issue(key_id=1, now=NOW - datetime.timedelta(hours=23))) == 1
    with pytest.raises(tokens.InvalidToken):
        tokens.read(tokens.issue(key_id=1, now=NOW - datetime.timedelta(hours=25)))


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(lambda: sign(claims(exp=None)), id="no expiry"),
        pytest.param(lambda: sign(claims(aud=None)), id="no audience"),
        pytest.param(lambda: sign(claims(aud="another")), id="another audience"),
        pytest.param(lambda: sign(claims(iss=None)), id="no issuer"),
        pytest.param(lambda: sign(claims(iss="another")), id="another issuer"),
        pytest.param(lambda: sign(claims(sub=None)), id="no subject"),
        pytest.param(lambda: sign(claims(sub="x")), id="a subject that is no key"),
        pytest.param(lambda: sign(claims(), secret="w" * 48), id="another secret"),
        pytest.param(lambda: sign(claims(), kid="unknown"), id="an unknown kid"),
        pytest.param(lambda: sign(claims(), kid="old"), id="the wrong kid"),
        pytest.param(lambda: sign(claims(), secret=None, algorithm="none"), id="unsigned"),
        pytest.param(lambda: sign(claims(), algorithm="HS384"), id="another algorithm"),
        pytest.param(lambda: jwt.encode(claims(), NEW), id="no kid"),
        pytest.param(lambda: "not.a.token", id="noise"),
        pytest.param(lambda: "", id="nothing"),
        pytest.param(lambda: sign(claims())[:-2], id="cut short"),
    ],
)
def test_every_other_token_is_refused(token):
    with pytest.raises(tokens.InvalidToken):
        tokens.read(token())


def test_token_that_was_good_a_moment_ago_still_runs_out():
    with time_machine.travel(NOW, tick=False) as clock:
        token = tokens.issue(key_id=3, now=NOW)
        assert tokens.read(token) == 3

        clock.shift(datetime.timedelta(hours=24))

        with pytest.raises(tokens.InvalidToken):
            tokens.read(token)
