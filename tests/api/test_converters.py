"""Which words may stand in a path."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emrapi.api.converters import RESERVED, IdConverter, PPassConverter, is_ppass
from emrapi.api.fields import BIGINT_MAX


@pytest.mark.parametrize("text", ["DemoOffice", "a1", "A-b_c", "x" * 40, "admins", "V1x"])
def test_slug_may_name_a_practice(text: str) -> None:
    assert is_ppass(text)
    assert PPassConverter().to_python(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "1a",
        "-a",
        "x" * 41,
        "é1",
        "a b",
        "a/b",
        "a.b",
        "ab\n",
        "",
        "WebHooks",
        *sorted(RESERVED),
    ],
)
def test_other_words_may_not(text: str) -> None:
    assert not is_ppass(text)


@pytest.mark.parametrize(
    "word", ["admin", "auth", "docs", "kb", "me", "products", "schema", "webhooks", "tickets"]
)
def test_words_of_the_contract_are_reserved_in_any_case(word: str) -> None:
    for spelling in (word, word.upper(), word.title()):
        with pytest.raises(ValueError, match=spelling):
            PPassConverter().to_python(spelling)


@given(st.integers(0, BIGINT_MAX))
def test_id_is_read_from_its_digits(number: int) -> None:
    converter = IdConverter()

    assert re.fullmatch(converter.regex, str(number))
    assert converter.to_python(converter.to_url(number)) == number


@given(st.text(max_size=5))
def test_nothing_but_canonical_ascii_digits_is_an_id(text: str) -> None:
    is_id = re.fullmatch(IdConverter.regex, text) is not None

    assert is_id == (text.isascii() and text.isdigit() and str(int(text)) == text)


@given(st.integers(BIGINT_MAX + 1, 10**4_000))
def test_id_beyond_bigint_stays_beyond(number: int) -> None:
    assert IdConverter().to_python(str(number)) > BIGINT_MAX
