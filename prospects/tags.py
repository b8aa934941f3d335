"""Tags put on people and taken off, with what follows from it for the people."""

import re
from collections.abc import Sequence

from django.utils import timezone

from partners.scopes import EventScope
from prospects import people
from prospects.models import Person, PersonTag, Tag
from webhooks import log

MOST_TAGS = 50
COLOR = re.compile(r"^#[0-9A-Fa-f]{6}\Z")


def names_of(person: Person) -> list[str]:
    """The person's tags in alphabetical order."""
    on_person = Tag.objects.filter(
        practice_id=person.practice_id,
        person_tags__practice_id=person.practice_id,
        person_tags__person_id=person.pk,
    )
    return list(on_person.values_list("name", flat=True))


def replace(*, person: Person, names: Sequence[str]) -> None:
    """Leave the person with these tags and no others; makes tags that are new to the practice.

    No write and no event if the person has just these. The caller has locked the person's row.
    """
    practice_id = person.practice_id
    wanted = set(_found_or_made(practice_id, names))
    on_person = PersonTag.objects.filter(practice_id=practice_id, person_id=person.pk)
    present = set(on_person.values_list("tag_id", flat=True))
    if wanted == present:
        return
    if gone := present - wanted:
        on_person.filter(tag_id__in=gone).delete()
    PersonTag.objects.bulk_create(
        PersonTag(practice_id=practice_id, person_id=person.pk, tag_id=tag_id)
        for tag_id in sorted(wanted - present)
    )
    person.save(update_fields=["updated_at"])
    people.record(person, "patient.updated")


def _found_or_made(practice_id: int, names: Sequence[str]) -> list[int]:
    if not names:
        return []
    own = Tag.objects.filter(practice_id=practice_id)
    found = dict(own.named(names).values_list("name", "id"))
    known = {name.lower() for name in found}
    missing = {name.lower(): name for name in reversed(names) if name.lower() not in known}
    if not missing:
        return list(found.values())
    # Somebody else may be making the same tag; whoever comes second takes the first one's.
    Tag.objects.bulk_create(
        [Tag(practice_id=practice_id, name=name) for name in sorted(missing.values())],
        ignore_conflicts=True,
    )
    return list(own.named(names).values_list("id", flat=True))


def change(*, tag: Tag, name: str, color: str) -> None:
    """Change a tag; for the people who have it, another name is a change of theirs."""
    is_renamed = tag.name != name
    if not is_renamed and tag.color == color:
        return
    tag.name, tag.color = name, color
    tag.save(update_fields=["name", "color", "updated_at"])
    if is_renamed:
        _touch(tag.practice_id, _people_with(tag))


def delete(*, tag: Tag) -> None:
    """Take the tag off everybody and remove it."""
    had_it = _people_with(tag)
    tag.delete()
    _touch(tag.practice_id, had_it)


def _people_with(tag: Tag) -> list[int]:
    links = PersonTag.objects.filter(practice_id=tag.practice_id, tag_id=tag.pk)
    return list(links.order_by("person_id").values_list("person_id", flat=True))


def _touch(practice_id: int, ids: list[int]) -> None:
    """Their tags have changed, though not their rows; `modifiedSince` and the log must tell."""
    if not ids:
        return
    changed = Person.objects.filter(practice_id=practice_id, id__in=ids)
    changed.update(updated_at=timezone.now())
    log.append_many(
        practice_id=practice_id,
        scope=EventScope.PATIENTS,
        event="patient.updated",
        data={person_id: {"PatientID": person_id} for person_id in ids},
    )
