"""What has happened to a person, as history has it, for staff to read."""

from partners.history import MOST_CHANGES, Change, key_of, newest, of_row, who
from prospects.models import Person, PersonEvent, PersonTagEvent, TagEvent


def of(person: Person) -> list[Change]:
    """The newest changes of the person's row and tags, newest first."""
    return newest([*of_row(person, PersonEvent), *_of_tags(person)])


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
            who(event),
            key=key_of(event),
        )
        for event in events
    ]
