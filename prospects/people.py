"""Adding people and changing them, with all that belongs to it: duplicates, picture, event."""

from contextlib import ExitStack
from typing import Any

from partners.scopes import EventScope
from prospects import duplicates, pictures
from prospects.models import Person
from webhooks import log


def add(
    *,
    practice_id: int,
    picture: pictures.Picture | None = None,
    refuse_duplicates: bool = False,
    **values: Any,
) -> tuple[Person, list[duplicates.Match]]:
    """A new person, and those who may be the same, in the caller's transaction.

    `values` are attributes of Person. Raises PossibleDuplicate if there are such people and
    `refuse_duplicates` is set; then nothing was written.
    """
    person = Person(practice_id=practice_id, **values)
    person.derive()
    duplicates.claim(practice_id=practice_id, identities=person.identities)
    matches = duplicates.find(practice_id=practice_id, identities=person.identities)
    if matches and refuse_duplicates:
        raise duplicates.PossibleDuplicate(matches)
    with ExitStack() as on_failure:
        if picture is not None:
            person.picture.name = on_failure.enter_context(pictures.stored(picture, practice_id))
        person.save(force_insert=True)
        record(person, "patient.created")
    return person, matches


def change(*, person: Person, values: dict[str, Any]) -> None:
    """Store what is new in `values`, attributes of Person; no write and no event if nothing is.

    `picture` is a Picture, or None to remove it. The caller has locked the row.
    """
    values = dict(values)
    with ExitStack() as on_failure:
        if "picture" in values:
            old, new = person.picture.name or "", values["picture"]
            if new is not None:
                new = on_failure.enter_context(pictures.stored(new, person.practice_id))
                pictures.discard_on_commit(old)
            elif old:
                pictures.discard_on_commit(old)
            values["picture"] = new or ""
        changed = {name for name, value in values.items() if getattr(person, name) != value}
        if not changed:
            return
        before = set(person.identities)
        for name in changed:
            setattr(person, name, values[name])
        person.derive()
        duplicates.claim(
            practice_id=person.practice_id, identities=sorted(set(person.identities) - before)
        )
        person.save(update_fields=changed)
        record(person, "patient.updated")


def record(person: Person, event: str) -> None:
    """Tell the log, in the same transaction."""
    log.append(
        practice_id=person.practice_id,
        scope=EventScope.PATIENTS,
        event=event,
        object_id=person.pk,
        data={"PatientID": person.pk},
    )
