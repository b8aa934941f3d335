"""What has happened to a person, as history has it, for staff to read."""

import datetime
from dataclasses import dataclass, field
from typing import Any

from prospects.models import Person, PersonEvent, PersonTagEvent, TagEvent

# More is to be had by SQL.
MOST_CHANGES = 200

_UNREMARKABLE = {"id", "practice", "created_at", "updated_at"}
_WORDS = {"insert": "created", "update": "changed", "delete": "deleted"}


@dataclass(frozen=True)
class Change:
    """One write: when, what, by whom, and which values are now others."""

    at: datetime.datetime
    what: str
    who: str
    values: list[tuple[str, Any, Any]] = field(default_factory=list)


def of(person: Person) -> list[Change]:
    """The newest changes of the person's row and tags, newest first."""
    changes = [*_of_row(person), *_of_tags(person)]
    return sorted(changes, key=lambda change: change.at, reverse=True)[:MOST_CHANGES]


def _of_row(person: Person) -> list[Change]:
    newest = PersonEvent.objects.filter(practice_id=person.practice_id, pgh_obj_id=person.pk)
    events = list(newest.order_by("-pgh_id")[: MOST_CHANGES + 1])
    before = [*events[1:], None]
    return [
        Change(event.pgh_created_at, _WORDS[event.pgh_label], _who(event), _differences(old, event))
        for old, event in zip(before, events, strict=True)
        if old is not None or event.pgh_label == "insert"
    ]


def _differences(old: Any, new: Any) -> list[tuple[str, Any, Any]]:
    if old is None:
        return []
    return [
        (str(column.verbose_name), getattr(old, column.attname), getattr(new, column.attname))
        for column in Person._meta.concrete_fields
        if column.name not in _UNREMARKABLE
        and hasattr(new, column.attname)
        and getattr(old, column.attname) != getattr(new, column.attname)
    ]


def _of_tags(person: Person) -> list[Change]:
    of_person = PersonTagEvent.objects.filter(practice_id=person.practice_id, person_id=person.pk)
    events = list(of_person.order_by("-pgh_id")[:MOST_CHANGES])
    of_tags = TagEvent.objects.filter(
        practice_id=person.practice_id, id__in={event.tag_id for event in events}
    )
    names = dict(of_tags.order_by("pgh_id").values_list("id", "name"))
    words = {"insert": "put on", "delete": "taken off"}
    return [
        Change(
            event.pgh_created_at,
            f"tag {names.get(event.tag_id, event.tag_id)} {words[event.pgh_label]}",
            _who(event),
        )
        for event in events
    ]


def _who(event: Any) -> str:
    context = event.pgh_context or {}
    if "staff" in context:
        return str(context["staff"])
    if "key" in context:
        return f"key {context['key']}, request {context.get('request', '?')}"
    return "SQL"
