"""Secrets at rest: sealed by the newest key, opened by all, and by nobody else."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from tests.webhooks.rows import now_is, subscribe
from webhooks import secrets

FIRST, SECOND = "a" * 32, "b" * 32


@given(text=st.text(max_size=200))
def test_what_is_sealed_opens_to_the_same_text(text):
    sealed = secrets.seal(text)

    assert secrets.open(sealed) == text
    assert secrets.seal(text) != sealed


def test_sealed_text_shows_nothing_but_its_keys_name(settings):
    settings.FIELD_KEYS = {"v7": FIRST}

    sealed = secrets.seal("whsec_secret")

    assert sealed.startswith("v7:")
    assert "whsec" not in sealed


def test_newest_key_seals_and_every_listed_one_opens(settings):
    settings.FIELD_KEYS = {"v1": FIRST}
    old = secrets.seal("text")
    settings.FIELD_KEYS = {"v2": SECOND, "v1": FIRST}
    new = secrets.seal("text")

    assert (new.partition(":")[0], secrets.is_current(new), secrets.is_current(old)) == (
        "v2",
        True,
        False,
    )
    assert secrets.open(old) == secrets.open(new) == "text"
    settings.FIELD_KEYS = {"v2": SECOND}
    assert secrets.open(new) == "text"
    with pytest.raises(secrets.CannotOpen, match="no key 'v1'"):
        secrets.open(old)


def test_key_of_the_same_name_but_another_value_opens_nothing(settings):
    settings.FIELD_KEYS = {"v1": FIRST}
    sealed = secrets.seal("text")
    settings.FIELD_KEYS = {"v1": SECOND}

    with pytest.raises(secrets.CannotOpen):
        secrets.open(sealed)


@pytest.mark.parametrize("sealed", ["", "v1", "v1:", "v1:!!!!", "v1:AAAA", "v9:AAAA", "text"])
def test_what_was_never_sealed_does_not_open(settings, sealed):
    settings.FIELD_KEYS = {"v1": FIRST}

    with pytest.raises(secrets.CannotOpen):
        secrets.open(sealed)


@given(position=st.integers(0, 30))
def test_altered_text_does_not_open(position):
    sealed = secrets.seal("whsec_secret")
    name, _, text = sealed.partition(":")
    altered = text[:position] + ("A" if text[position] != "A" else "B") + text[position + 1 :]

    with pytest.raises(secrets.CannotOpen):
        secrets.open(f"{name}:{altered}")


# --- Under a new key ---


@pytest.fixture
def run(staff):
    def run(*arguments):
        out = StringIO()
        with staff():
            call_command("reseal_secrets", *arguments, "--json", stdout=out)
        return json.loads(out.getvalue())

    return run


@pytest.fixture
def subscriptions(settings, our_practice, other_practice, partner):
    """Two practices' under the old key, one of them rotated; then a new key is put in front."""
    settings.FIELD_KEYS = {"v1": FIRST}
    made = [
        subscribe(our_practice, partner, "https://a.example.com/"),
        subscribe(
            other_practice,
            partner,
            "https://b.example.com/",
            secret=secrets.seal("new"),
            previous_secret=secrets.seal("old"),
            status="removed",
        ),
    ]
    settings.FIELD_KEYS = {"v2": SECOND, "v1": FIRST}
    return made


def test_resealed_secrets_need_the_old_key_no_more(settings, run, subscriptions):
    assert run("--dry-run") == {"subscriptions": 2, "written": False}
    assert now_is(subscriptions[0]).secret.startswith("v1:")
    assert run() == {"subscriptions": 2, "written": True}

    settings.FIELD_KEYS = {"v2": SECOND}
    first, second = map(now_is, subscriptions)
    assert secrets.open(first.secret) == subscriptions[0].plain_secret
    assert (first.previous_secret, secrets.open(second.secret)) == ("", "new")
    assert secrets.open(second.previous_secret) == "old"
    assert run() == {"subscriptions": 0, "written": True}


def test_nothing_is_resealed_when_one_secret_does_not_open(settings, run, subscriptions):
    settings.FIELD_KEYS = {"v2": SECOND}

    with pytest.raises(CommandError, match=r"Subscription \d+: FIELD_KEYS has no key 'v1'"):
        run()

    assert now_is(subscriptions[0]).secret.startswith("v1:")
