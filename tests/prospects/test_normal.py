"""Normal forms: what they make one, and what they leave apart."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prospects import normal


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("555-0123", "5550123"),
        ("(212) 555-0100", "12125550100"),
        ("212.555.0100", "12125550100"),
        ("+1 212 555 0100", "12125550100"),
        ("212-555-0100 ext. 7", "12125550100x7"),
        ("+44 20 7946 0958", "442079460958"),
        ("911", "911"),
        ("12345678901234567890", "12345678901234567890"),
        ("２１２-555-0100", "12125550100"),
        ("", ""),
    ],
)
def test_phone_in_normal_form(text: str, expected: str) -> None:
    assert normal.phone(text, "US") == expected


def test_phone_is_read_as_one_of_its_region() -> None:
    assert normal.phone("020 7946 0958", "GB") == normal.phone("+44 20 7946 0958", "US")


@given(st.text(max_size=50))
def test_phone_never_fails_and_is_digits(text: str) -> None:
    form = normal.phone(text, "US")

    assert all(
        character.isascii() and (character.isdigit() or character in "x*#;,") for character in form
    )


@given(st.from_regex(r"[2-9][0-9]{2}[2-9][0-9]{6}", fullmatch=True))
def test_phone_is_the_same_however_it_is_written(number: str) -> None:
    area, exchange, line = number[:3], number[3:6], number[6:]
    spellings = [
        number,
        f"({area}) {exchange}-{line}",
        f"{area}.{exchange}.{line}",
        f"+1 {area} {exchange} {line}",
        f"1-{area}-{exchange}-{line}",
    ]

    assert {normal.phone(spelling, "US") for spelling in spellings} == {f"1{number}"}


@given(st.text(max_size=60))
def test_name_is_its_own_normal_form(text: str) -> None:
    form = normal.name(text)

    assert normal.name(form) == form
    assert normal.name(f"  {text.upper()} ") == normal.name(text.upper())


def test_name_leaves_case_points_and_spaces_aside() -> None:
    assert normal.name("  John  Q. O'Neil-Doe ") == normal.name("john q o neil doe")


def test_identities_tell_why_and_leave_out_what_says_nothing() -> None:
    found = normal.identities(
        emails=["john@example.com", ""],
        phones=["12125550100", "911"],
        names=["john doe", "john q doe", ""],
        birth_date=datetime.date(1990, 5, 17),
    )

    assert found == [
        "email:john@example.com",
        "name+dob:john doe 1990-05-17",
        "name+dob:john q doe 1990-05-17",
        "phone:12125550100",
    ]


def test_a_name_without_a_birth_date_is_no_identity() -> None:
    assert normal.identities(emails=[], phones=[], names=["john doe"], birth_date=None) == []
