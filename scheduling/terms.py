"""On what terms a provider gives visits of a type: read in one query, before anybody waits."""

import datetime
from dataclasses import dataclass

from django.db import connection

from scheduling import frames
from scheduling.availability import Calendar, Rules
from scheduling.models import VisitType
from scheduling.refusals import NotAllowed, Unknown

_OF_TYPE = (
    "id name is_active default_duration_minutes buffer_before_minutes buffer_after_minutes"
).split()
# The patient is asked for by the practice as a constant: people are in partitions by practice, and
# planning for all of them takes longer than all the rest.
_QUERY = f"""
SELECT {", ".join(f"t.{column}" for column in _OF_TYPE)},
    EXISTS (SELECT FROM prospects_person
        WHERE practice_id = %(practice)s AND id = %(person)s) AS is_person,
    scheduling_frame(%(practice)s, ARRAY[%(provider)s]::bigint[], t.id, %(now)s, NULL) AS frame
FROM scheduling_visittype t
WHERE t.practice_id = %(practice)s
"""  # noqa: S608 - made of constants


@dataclass(frozen=True, kw_only=True)
class Terms:
    """A type of visit with what holds for it when a certain provider gives it.

    `room_ids` are those in use, in the order of the type; None if it needs no room. `calendar` has
    the provider's hours, time off and closures from now on, and nobody's visits.
    """

    visit_type: VisitType
    provider_id: int
    room_ids: list[int] | None
    rules: Rules
    calendar: Calendar


def find(
    *,
    practice_id: int,
    provider_id: int,
    visit_type: str | int,
    person_id: int | None = None,
    now: datetime.datetime,
) -> Terms:
    """The terms of a type, by its name, or by its id even if it is not active any more.

    Raises Unknown or NotAllowed. Without `person_id` nobody is looked for.
    """
    by_name = isinstance(visit_type, str)
    query = _QUERY + ("AND lower(t.name) = lower(%(type)s)" if by_name else "AND t.id = %(type)s")
    facts = {
        "practice": practice_id,
        "provider": provider_id,
        "person": person_id,
        "type": visit_type,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(query, facts)
        row = cursor.fetchone()
    if row is None or (by_name and not row[2]):
        raise Unknown("VisitType", "active type of visit")
    *of_type, is_person, told = row
    frame = frames.parse(told)
    if person_id is not None and not is_person:
        raise Unknown("PatientID", "patient")
    if provider_id not in frame.active:
        raise Unknown("ProviderID", "active provider")
    if provider_id not in frame.allowed:
        raise NotAllowed
    return Terms(
        visit_type=VisitType(practice_id=practice_id, **dict(zip(_OF_TYPE, of_type, strict=True))),
        provider_id=provider_id,
        room_ids=frame.room_ids,
        rules=frame.rules,
        calendar=frame.calendar(provider_id),
    )
