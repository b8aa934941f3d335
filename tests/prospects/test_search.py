"""Searching: what is found, what is not, and that it stays within the practice."""

import unicodedata
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from partners import tenancy
from prospects import search
from prospects.models import Person
from tests.prospects.factories import PersonFactory

JOHN = {
    "first_name": "John",
    "middle_initial": "Q.",
    "last_name": "O'Neil-Doe",
    "nickname": "Jack_100%",
    "email": "J.Doe@Example.com",
    "phone": "(212) 555-0123",
    "cell_phone": "1-800-555-0199",
    "sms_phone": "555-0177",
}


def _found(practice: Any, text: str) -> list[int]:
    with tenancy.within_practice(practice.pk):
        people = Person.objects.filter(practice_id=practice.pk).search(text).order_by("id")
        return list(people.values_list("id", flat=True))


@pytest.mark.parametrize(
    "text",
    [
        "john",
        "JOHN",
        "ohn",
        "oh",
        "j",
        "q.",
        "o'neil-doe",
        "neil",
        "jack_100%",
        "0%",
        "_1",
        "j.doe@example.com",
        "DOE@EXAMPLE",
        "@ex",
        "2125550123",
        "5550123",
        "555-0123",
        "(212)",
        "(212) 555-0123",
        "+1 212 555 0123",
        "+12125550123",
        "8005550199",
        "0177",
        "john doe",
        "doe john",
        "  john\t doe ",
        "john 0123 example",
        "ｊｏｈｎ",
        "",
        "   ",
    ],
)
def test_search_finds(our_practice: Any, text: str) -> None:
    john = PersonFactory.create(practice=our_practice, **JOHN)

    assert _found(our_practice, text) == [john.pk]


@pytest.mark.parametrize(
    "text",
    [
        "jon",
        "john smith",
        "johno",
        "j%n",
        "j_hn",
        "%",
        "\\",
        "john\\",
        "x@example.com",
        "j.doe@example.org",
        "5550124",
        "212-555-0199",
        "q.o'neil",
        "'; DROP TABLE prospects_person; --",
    ],
)
def test_search_does_not_find(our_practice: Any, text: str) -> None:
    PersonFactory.create(practice=our_practice, **JOHN | {"nickname": ""})

    assert _found(our_practice, text) == []


def test_search_finds_what_sql_clients_write(our_practice: Any, owner: Any, database: None) -> None:
    owner.execute(
        "INSERT INTO prospects_person (practice_id, full_name, phone) VALUES (%s, %s, %s)",
        [our_practice.pk, "Ada Lovelace", "(212) 555-0100"],
    )

    assert len(_found(our_practice, "lovelace 2125550100")) == 1


def test_search_follows_a_change(our_practice: Any) -> None:
    person = PersonFactory.create(practice=our_practice, **JOHN)
    with tenancy.within_practice(our_practice.pk):
        person.last_name = "Smith"
        person.save()

    assert _found(our_practice, "smith") == [person.pk]


def test_search_never_leaves_the_practice(our_practice: Any, other_practice: Any) -> None:
    ours = PersonFactory.create(practice=our_practice, **JOHN)
    theirs = PersonFactory.create(practice=other_practice, **JOHN)

    for text in ("john", "jo", "j.doe@example.com", "5550123"):
        assert _found(our_practice, text) == [ours.pk]
        assert _found(other_practice, text) == [theirs.pk]
        with tenancy.within_practice(our_practice.pk):
            unfiltered = Person.objects.search(text)
            assert [person.pk for person in unfiltered] == [ours.pk]
            assert list(unfiltered.filter(practice_id=other_practice.pk)) == []
        assert list(Person.objects.search(text)) == []


def test_search_composes_with_other_filters(our_practice: Any) -> None:
    old = PersonFactory.create(practice=our_practice, **JOHN, is_prospect=False)
    new = PersonFactory.create(practice=our_practice, **JOHN)

    with tenancy.within_practice(our_practice.pk):
        people = Person.objects.filter(practice_id=our_practice.pk)
        assert list(people.search("john").filter(is_prospect=True)) == [new]
        assert list(people.filter(is_prospect=False).search("john")) == [old]
        assert people.search("john").count() == 2
        assert list(people.search("john").order_by("-id")[:1]) == [new]
        assert list(people.search("john").search("doe").order_by("id")) == [old, new]


def test_staff_search_everywhere_and_the_serving_role_cannot(
    our_practice: Any, other_practice: Any, staff: Any
) -> None:
    for practice in (our_practice, other_practice):
        PersonFactory.create(practice=practice, **JOHN)

    with staff():
        assert Person.objects.search_everywhere("john").count() == 2
    with pytest.raises(Exception, match="permission denied"):
        Person.objects.search_everywhere("john").count()


@pytest.mark.usefixtures("fresh_tables")
def test_a_rare_word_is_looked_up_and_a_short_one_is_not(our_practice: Any, owner: Any) -> None:
    owner.execute(
        "INSERT INTO prospects_person (practice_id, full_name, email)"
        " SELECT %s, 'Person ' || n, 'person' || n || '@example.com'"
        " FROM generate_series(1, 3000) AS n",
        [our_practice.pk],
    )
    owner.execute("VACUUM ANALYZE prospects_person")

    def plan(text: str) -> str:
        with tenancy.within_practice(our_practice.pk):
            people = Person.objects.filter(practice_id=our_practice.pk)
            return people.search(text).order_by("-id")[:25].explain()

    assert "search_text_idx" in plan("lovelace")
    assert "search_text_idx" in plan("person2718@example.com")
    assert "search_text_idx" not in plan("zz")
    assert "search_text_idx" not in plan("example.com")
    assert "prospects_person_" in plan("lovelace")


def test_words_that_are_parts_of_others_are_left_out() -> None:
    assert search.words_of("ann ANNA anna 55 555-0123 -") == ["555-0123", "ANNA", "-"]


# The law: a word is found where a plain look at the person's text would find it.

_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0\n"), max_size=12)
_WORD = st.one_of(
    _TEXT,
    st.text("abAB01-.@ %_\\'", max_size=8),
    st.sampled_from(["john", "JO", "doe", "5550123", "555-0123", "@example", "212", "(2"]),
)


def _plainly(text: str, person: dict[str, str]) -> bool:
    def fold(value: str) -> str:
        # PostgreSQL's lower() maps character to character.
        normal = unicodedata.normalize("NFKC", value)
        return "".join(c.lower() if len(c.lower()) == 1 else c for c in normal)

    names = ("first_name", "last_name", "full_name", "email")
    lines = [fold(person[name]) for name in names]
    numbers = "".join(
        c for c in unicodedata.normalize("NFKC", person["phone"]) if c in "0123456789"
    )
    lines.append(numbers)
    for word in map(fold, unicodedata.normalize("NFKC", text).split()):
        digits = "".join(c for c in word if c in "0123456789")
        is_phone = digits and set(word) <= set("0123456789()+./-")
        spellings = {word, digits} if is_phone else {word}
        if not any(spelling in line for line in lines for spelling in spellings):
            return False
    return True


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    first=_TEXT, last=_TEXT, email=_TEXT, phone=st.text("0123456789-() ", max_size=14), text=_WORD
)
@example(first="a%b", last="", email="", phone="", text="a%b")
@example(first="", last="x\\", email="", phone="", text="x\\")
@example(first="", last="", email="", phone="0", text="0/ /")
@example(first="", last="", email="0", phone="", text="0/")
def test_search_finds_exactly_what_is_there(
    our_practice: Any, first: str, last: str, email: str, phone: str, text: str
) -> None:
    person = {
        "first_name": first,
        "last_name": last,
        "full_name": "Z",
        "email": email,
        "phone": phone,
    }
    with connection.cursor() as cursor, tenancy.within_practice(our_practice.pk):
        cursor.execute(
            "INSERT INTO prospects_person"
            " (practice_id, first_name, last_name, full_name, email, phone)"
            " VALUES (%s, %s, %s, %s, %s, %s) RETURNING id",
            [our_practice.pk, *person.values()],
        )
        number = cursor.fetchone()[0]
        people = Person.objects.filter(practice_id=our_practice.pk, id=number)

        assert people.search(text).exists() == _plainly(text, person)
