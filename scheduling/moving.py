"""Changing the time of a visit for another, and giving it back."""

import datetime
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from psycopg.errors import ExclusionViolation

from scheduling import claims, openings, visit_log
from scheduling.models import Visit
from scheduling.refusals import SlotTaken, WrongStatus


def cancel(*, visit: Visit, reason: str = "", now: datetime.datetime) -> None:
    """Give the time of a visit back. Raises WrongStatus if it is over, or cancelled already."""
    with transaction.atomic():
        _lock(visit, Visit.Status.BOOKED, Visit.Status.ARRIVED)
        _change(visit, status=Visit.Status.CANCELLED, cancel_reason=reason, updated_at=now)
        visit_log.tell(visit, "visit.cancelled")


def reschedule(
    *,
    visit: Visit,
    date: datetime.date,
    time: datetime.time,
    duration_minutes: int | None = None,
    provider_time: datetime.time | None = None,
    provider_duration_minutes: int | None = None,
    is_overbooked: bool = False,
    now: datetime.datetime,
    time_zone: str,
) -> None:
    """Move a booked visit to another time, by the same checks as booking, in any free room.

    Unless said otherwise it stays as long as it is, and the provider's part where it is in it. Its
    own old time does not stand in the way, and is kept if this raises Refused, SlotTaken or
    WrongStatus. With `is_overbooked` it is put over whatever is there, on purpose: that, as
    `booking.overbook`, is for the staff role alone.
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
            if is_overbooked:
                room = openings.room_to_overbook(claim)
            else:
                claims.check_bounds(claim)
                room = openings.rooms_for(claim)[0]
            _change(
                visit,
                room_id=room,
                during=claim.during,
                provider_during=claim.provider_during,
                provider_busy=claim.provider_busy,
                is_overbooked=is_overbooked,
                updated_at=now,
            )
            visit_log.tell(visit, "visit.rescheduled")
    except SlotTaken as taken:
        raise openings.refused(claim, taken.conflicts) from None
    except IntegrityError as error:
        if not isinstance(error.__cause__, ExclusionViolation):
            raise
        raise openings.refused(claim) from None


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
