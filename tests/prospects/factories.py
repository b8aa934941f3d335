"""People and tags to arrange tests with."""

import factory

from prospects.models import Person, PersonTag, Tag
from tests.factories import PracticeFactory, StaffFactory


class PersonFactory(StaffFactory):
    """Somebody with a name and nothing else."""

    class Meta:
        model = Person

    practice = factory.SubFactory(PracticeFactory)
    first_name = factory.Sequence(lambda n: f"First{n}")
    last_name = factory.Sequence(lambda n: f"Last{n}")


class TagFactory(StaffFactory):
    """A tag that nobody has."""

    class Meta:
        model = Tag

    practice = factory.SubFactory(PracticeFactory)
    name = factory.Sequence(lambda n: f"Tag {n}")


def put_on(person: Person, *tags: Tag) -> None:
    """Give the person these tags, without telling anybody."""
    for tag in tags:
        PersonTagFactory.create(practice=person.practice, person=person, tag=tag)


class PersonTagFactory(StaffFactory):
    """A person's tag."""

    class Meta:
        model = PersonTag
