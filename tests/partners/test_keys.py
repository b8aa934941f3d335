"""The form of keys."""

import re

from hypothesis import given
from hypothesis import strategies as st

from partners import keys


def test_minted_key_has_the_published_form():
    live, sandbox = keys.mint(is_sandbox=False), keys.mint(is_sandbox=True)

    assert re.fullmatch(r"emr_live_[0-9A-Za-z]{8}_[0-9A-Za-z]{38}", live.text)
    assert re.fullmatch(r"emr_test_[0-9A-Za-z]{8}_[0-9A-Za-z]{38}", sandbox.text)
    assert keys.lookup_id_of(live.text) == live.lookup_id


def test_digest_depends_on_the_pepper_and_hides_the_key(settings):
    settings.KEY_PEPPERS = {"v2": "n" * 32, "v1": "o" * 32}

    new = keys.mint(is_sandbox=False)

    assert new.pepper == "v2"
    assert new.digest == keys.digest(new.text, "v2") != keys.digest(new.text, "v1")
    assert new.text not in new.digest


@given(position=st.integers(0, 54), letter=st.sampled_from(keys.ALPHABET))
def test_any_single_slip_is_told_by_the_checksum(position, letter):
    text = "emr_live_abcdefgh_" + "s" * 32
    text += keys.checksum(text)
    slipped = text[:position] + letter + text[position + 1 :]

    assert (keys.lookup_id_of(slipped) == "") == (slipped != text)


@given(st.text(max_size=80))
def test_noise_has_no_lookup_id(text):
    assert keys.lookup_id_of(text) == ""
