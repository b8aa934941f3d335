"""Taking a time, giving it back, and changing it for another.

A booking is: read the terms; wait for all who want the same provider or rooms on that day; look;
write. The constraints of the table hold whatever happens, so also a row that an SQL client writes
without our locks makes us refuse, and nothing else.
"""

import datetime
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.db import IntegrityError, connection, transaction
from psycopg.errors import ExclusionViolation

from partners.scopes import EventScope
from scheduling import claims, holds, openings
from scheduling.claims import Claim
from scheduling.models import Visit
from scheduling.refusals import SlotTaken, WrongStatus
from webhooks import log

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
            _record(visit, "visit.booked")
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
        _record(visit, "visit.booked")
    return visit


def cancel(*, visit: Visit, reason: str = "", now: datetime.datetime) -> None:
    """Give the time of a visit back. Raises WrongStatus if it is over, or cancelled already."""
    with transaction.atomic():
        _lock(visit, Visit.Status.BOOKED, Visit.Status.ARRIVED)
        _change(visit, status=Visit.Status.CANCELLED, cancel_reason=reason, updated_at=now)
        _record(visit, "visit.cancelled")


def reschedule(
    *,
    visit: Visit,
    date: datetime.date,
    time: datetime.time,
    duration_minutes: int | None = None,
    provider_time: datetime.time | None = None,
    provider_duration_minutes: int | None = None,
    now: datetime.datetime,
    time_zone: str,
) -> None:
    """Move a booked visit to another time, by the same checks as booking, in any free room.

    Unless said otherwise it stays as long as it is, and the provider's part where it is in it. Its
    own old time does not stand in the way, and is kept if this raises Refused, SlotTaken or
    WrongStatus.
    """
    zone = ZoneInfo(time_zone)
    shape = (duration_minutes, provider_time, provider_duration_minutes)
    try:
        with transaction.atomic():
            _lock(visit, Visit.Status.BOOKED)
            claim = claims.make(
                practice_id=visit.practice_id,
                provider_id=visit.provider_id,
                visit_type=visit.visit_type_id,
                part=_moved(visit, zone, date, time, shape),
                zone=zone,
                now=now,
                without_visit=visit.pk,
            )
            claims.check_bounds(claim)
            room = openings.rooms_for(claim)[0]
            _change(
                visit,
                room_id=room,
                during=claim.during,
                provider_during=claim.provider_during,
                provider_busy=claim.provider_busy,
                is_overbooked=False,
                updated_at=now,
            )
            _record(visit, "visit.rescheduled")
    except SlotTaken as taken:
        raise openings.refused(claim, taken.conflicts) from None
    except IntegrityError as error:
        if not isinstance(error.__cause__, ExclusionViolation):
            raise
        raise openings.refused(claim) from None


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


def _lock(visit: Visit, *statuses: Visit.Status) -> None:
    """Make others who change this visit wait; bring it up to date; see that it may be changed."""
    rows = Visit.objects.filter(practice_id=visit.practice_id).select_for_update(no_key=True)
    visit.refresh_from_db(from_queryset=rows)
    if visit.status not in statuses:
        raise WrongStatus(visit.status)


def _change(visit: Visit, **values: object) -> None:
    Visit.objects.filter(practice_id=visit.practice_id, pk=visit.pk).update(**values)
    for name, value in values.items():
        setattr(visit, name, value)


def _moved(
    visit: Visit,
    zone: ZoneInfo,
    date: datetime.date,
    time: datetime.time,
    shape: tuple[int | None, datetime.time | None, int | None],
) -> claims.Part:
    """When the visit would be: of its old shape, or of a new one."""
    if shape != (None, None, None):
        length = visit.during.upper - visit.during.lower
        return claims.part_of(
            zone=zone,
            date=date,
            time=time,
            duration_minutes=shape[0] or length // datetime.timedelta(minutes=1),
            provider_time=shape[1],
            provider_duration_minutes=shape[2],
        )
    return claims.Part(
        start=claims.instant("VisitTime", zone, date, time),
        length=_seconds(visit.during.lower, visit.during.upper),
        offset=_seconds(visit.during.lower, visit.provider_during.lower),
        provider_length=_seconds(visit.provider_during.lower, visit.provider_during.upper),
    )


def _seconds(start: datetime.datetime, end: datetime.datetime) -> int:
    return round((end - start).total_seconds())


def _record(visit: Visit, event: str) -> None:
    """Tell the log, in the same transaction."""
    log.append(
        practice_id=visit.practice_id,
        scope=EventScope.ENCOUNTERS,
        event=event,
        object_id=visit.pk,
        data={
            "VisitID": visit.pk,
            "PatientID": visit.person_id,
            "ProviderID": visit.provider_id,
        },
    )
