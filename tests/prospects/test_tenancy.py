"""The database keeps people of practices apart, whatever the application forgets."""

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from partners import tenancy
from prospects.models import Person, PersonTag, Tag
from tests.factories import ProviderFactory
from tests.prospects.factories import PersonFactory, TagFactory, put_on


@pytest.fixture
def both(our_practice: Any, other_practice: Any) -> list[Person]:
    """One person with a tag in each practice."""
    people = [
        PersonFactory.create(practice=practice) for practice in (our_practice, other_practice)
    ]
    for person in people:
        put_on(person, TagFactory.create(practice=person.practice, name="VIP"))
    return people


@pytest.mark.parametrize("model", [Person, Tag, PersonTag])
def test_query_without_its_filter_shows_one_practice_or_none(
    both: list[Person], model: Any
) -> None:
    assert list(model.objects.all()) == []
    for person in both:
        with tenancy.within_practice(person.practice_id):
            assert {row.practice_id for row in model.objects.all()} == {person.practice_id}
    assert list(model.objects.all()) == []


def test_raw_sql_shows_no_more(both: list[Person]) -> None:
    ours, theirs = both
    with tenancy.within_practice(ours.practice_id), connection.cursor() as cursor:
        for table in ("prospects_person", "prospects_person_mine"):
            cursor.execute(f"SELECT id FROM {table}")
            assert cursor.fetchall() == [(ours.pk,)]
        cursor.execute("UPDATE prospects_person SET city = 'X' WHERE id = %s", [theirs.pk])
        assert cursor.rowcount == 0


@pytest.mark.parametrize(
    "relation", ["prospects_person_all", "prospects_person_00", "prospects_personevent"]
)
def test_what_lies_behind_the_table_is_closed(both: list[Person], relation: str) -> None:
    for role in (tenancy.WEB, tenancy.WORKER):
        with (
            tenancy.acting_as(role),
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"SELECT * FROM {relation}")


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM prospects_person",
        "TRUNCATE prospects_person",
        "INSERT INTO prospects_person_mine (practice_id, full_name) VALUES (1, 'x')",
        "UPDATE prospects_person_mine SET city = 'x'",
        "DELETE FROM prospects_person_mine",
    ],
)
def test_serving_role_may_not(both: list[Person], statement: str) -> None:
    with (
        tenancy.within_practice(both[0].practice_id),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_person_cannot_move_to_another_practice(both: list[Person]) -> None:
    ours, theirs = both
    with (
        tenancy.within_practice(ours.practice_id),
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
    ):
        Person.objects.filter(practice_id=ours.practice_id).update(practice=theirs.practice_id)


def test_database_refuses_a_provider_of_another_practice(both: list[Person], staff: Any) -> None:
    ours, theirs = both
    provider = ProviderFactory.create(practice=theirs.practice)

    for pk in (provider.pk, provider.pk + 999):
        with staff(), pytest.raises(IntegrityError), transaction.atomic():
            Person.objects.filter(pk=ours.pk).update(provider=pk)


@pytest.mark.parametrize(
    ("column", "value"),
    [("gender", "x"), ("life_stage", "x"), ("type", "x"), ("full_name", ""), ("search_text", "x")],
)
def test_database_refuses_what_no_person_can_be(
    both: list[Person], owner: Any, column: str, value: str
) -> None:
    with pytest.raises(Exception, match=r"violates check constraint|generated column"):
        owner.execute(f"UPDATE prospects_person SET {column} = %s", [value])


def test_hand_written_table_is_what_django_thinks_it_is(database: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute
            WHERE attrelid = 'prospects_person'::regclass AND attnum > 0 AND NOT attisdropped
            """
        )
        columns = {name: (kind, is_required) for name, kind, is_required in cursor.fetchall()}
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid ="
            " 'prospects_person_mine'::regclass AND attnum > 0"
        )
        assert {name for (name,) in cursor.fetchall()} == set(columns)

    expected = {
        field.column: (
            (field.db_type(connection) or "").replace("varchar", "character varying"),
            not field.null,
        )
        for field in Person._meta.concrete_fields
    }
    assert columns == expected
