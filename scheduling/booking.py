"""Taking a time for a visit. Giving it back and changing it for another is in `moving`.

A booking is: read the terms; wait for all who want the same provider or rooms on that day; look;
write. The constraints of the table hold whatever happens, so also a row that an SQL client writes
without our locks makes us refuse, and nothing else.
"""

import datetime
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from scheduling import claims, holds, openings, visit_log
from scheduling.claims import Claim
from scheduling.models import Visit
from scheduling.moving import cancel, reschedule
from scheduling.refusals import SlotTaken

__all__ = ["book", "cancel", "overbook", "reschedule"]

_COLUMNS = (
    "practice_id person_id provider_id visit_type_id room_id during provider_during provider_busy"
    " status complaint notes cancel_reason api_key_id is_overbooked created_at updated_at"
).split()
_INSERT = (
    f"INSERT INTO scheduling_visit ({', '.join(_COLUMNS)})"  # noqa: S608 - made of constants
    f" VALUES ({', '.join(['%s'] * len(_COLUMNS))}) ON CONFLICT DO NOTHING RETURNING id"
)


def book(
    *,
    practice_id: int,
    person_id: int,
    provider_id: int,
    visit_type: str,
    date: datetime.date,
    time: datetime.time,
    duration_minutes: int,
    provider_time: datetime.time | None = None,
    provider_duration_minutes: int | None = None,
    complaint: str = "",
    notes: str = "",
    hold_id: int | None = None,
    api_key_id: int | None = None,
    now: datetime.datetime,
    time_zone: str,
) -> Visit:
    """A new visit in the first free room of its type, in the caller's transaction.

    `date` and the times are by the clock of `time_zone`, the practice's. A hold of the same key
    that covers the visit is used up and does not stand in its way. Raises Refused (its subclasses
    name the field to blame) or SlotTaken; then nothing was written.
    """
    zone = ZoneInfo(time_zone)
    claim = claims.make(
        practice_id=practice_id,
        provider_id=provider_id,
        visit_type=visit_type,
        person_id=person_id,
        part=claims.part_of(
            zone=zone,
            date=date,
            time=time,
            duration_minutes=duration_minutes,
            provider_time=provider_time,
            provider_duration_minutes=provider_duration_minutes,
        ),
        zone=zone,
        now=now,
    )
    claims.check_bounds(claim)
    if hold_id is not None:
        claim = holds.covering(claim, hold_id=hold_id, api_key_id=api_key_id, now=now)
    visit = _visit(claim, person_id, now, complaint=complaint, notes=notes, api_key_id=api_key_id)
    try:
        # Rolling back to here also lets go of the locks, before we look for alternatives.
        with transaction.atomic():
            _insert(visit, openings.rooms_for(claim))
            if hold_id is not None:
                holds.use_up(practice_id=practice_id, hold_id=hold_id)
            visit_log.tell(visit, "visit.booked")
    except SlotTaken as taken:
        raise openings.refused(claim, taken.conflicts) from None
    return visit


def overbook(
    *,
    practice_id: int,
    person_id: int,
    provider_id: int,
    visit_type: str | int,
    date: datetime.date,
    time: datetime.time,
    duration_minutes: int,
    complaint: str = "",
    notes: str = "",
    now: datetime.datetime,
    time_zone: str,
) -> Visit:
    """Put a visit over whatever is there, on purpose: for staff only.

    The staff role alone may write such a row; history names the person. The room is a free one, or
    else the first of the type.
    """
    zone = ZoneInfo(time_zone)
    claim = claims.make(
        practice_id=practice_id,
        provider_id=provider_id,
        visit_type=visit_type,
        person_id=person_id,
        part=claims.part_of(zone=zone, date=date, time=time, duration_minutes=duration_minutes),
        zone=zone,
        now=now,
    )
    visit = _visit(claim, person_id, now, complaint=complaint, notes=notes)
    visit.is_overbooked = True
    with transaction.atomic():
        _insert(visit, [openings.room_to_overbook(claim)])
        visit_log.tell(visit, "visit.booked")
    return visit


def _visit(
    claim: Claim, person_id: int, now: datetime.datetime, **facts: str | int | None
) -> Visit:
    return Visit(
        practice_id=claim.practice_id,
        person_id=person_id,
        provider_id=claim.terms.provider_id,
        visit_type=claim.terms.visit_type,
        during=claim.during,
        provider_during=claim.provider_during,
        provider_busy=claim.provider_busy,
        created_at=now,
        updated_at=now,
        **facts,
    )


def _insert(visit: Visit, rooms: Sequence[int | None]) -> None:
    """Write the row with the first of these rooms that the constraints let it have.

    Not by `save`: a constraint that is violated would end the transaction, and two inserts that
    look at each other's rows could wait in a circle.
    """
    with connection.cursor() as cursor:
        for room in rooms:
            visit.room_id = room
            cursor.execute(_INSERT, [getattr(visit, column) for column in _COLUMNS])
            if row := cursor.fetchone():
                visit.pk = row[0]
                return
    raise SlotTaken([])
