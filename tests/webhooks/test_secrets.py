"""Secrets at rest: sealed by the newest key, opened by all, and by nobody else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
