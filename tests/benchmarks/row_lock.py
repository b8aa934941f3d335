"""Booking the usual way: a lock on the provider's row, a look with the ORM, an insert.

The transaction that has the lock is as short as it can be. A room that two providers want at the
same moment is left to the table's constraint. What a loser is offered is looked for when it is
over, by the product's own code: that is not what the two ways differ in. To be imported when Django
is set up.
"""

import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from partners.scopes import EventScope
from partners.tenancy import within_practice
from prospects.models import Person
from scheduling import claims, openings
from scheduling.models import (
    Closure,
    Hold,
    Provider,
    Resource,
    TimeOff,
    Visit,
    VisitType,
    WeeklyHours,
)
from webhooks import log

LENGTH = datetime.timedelta(minutes=15)


def book(
    *, practice_id: int, provider_id: int, start: datetime.datetime, now: datetime.datetime
) -> bool:
    """Whether person 1 got a quarter of an hour; who did not has been offered other times."""
    try:
        with within_practice(practice_id):
            is_booked = _try(practice_id, provider_id, start, now)
    except IntegrityError:
        # Another provider's visit came first into the room, which the lock does not guard.
        is_booked = False
    if not is_booked:
        with within_practice(practice_id):
            _offer(practice_id, provider_id, start, now)
    return is_booked


def _try(
    practice_id: int, provider_id: int, start: datetime.datetime, now: datetime.datetime
) -> bool:
    of_practice = {"practice_id": practice_id}
    provider = Provider.objects.select_for_update().get(
        **of_practice, pk=provider_id, is_active=True
    )
    person = Person.objects.get(**of_practice, pk=1)
    visit_type = VisitType.objects.get(
        **of_practice, name="Bench", is_active=True, providers=provider
    )
    is_free, room = _look(provider, visit_type, start, now)
    if not is_free:
        return False
    during = _range(start)
    visit = Visit.objects.create(
        **of_practice,
        person=person,
        provider=provider,
        visit_type=visit_type,
        room=room,
        during=during,
        provider_during=during,
        provider_busy=during,
    )
    log.append(
        **of_practice,
        scope=EventScope.ENCOUNTERS,
        event="visit.booked",
        object_id=visit.pk,
        data={"VisitID": visit.pk, "PatientID": person.pk, "ProviderID": provider_id},
    )
    return True


def _look(
    provider: Provider, visit_type: VisitType, start: datetime.datetime, now: datetime.datetime
) -> tuple[bool, Resource | None]:
    during = _range(start)
    of_practice = {"practice_id": provider.practice_id}
    own: dict[str, Any] = {**of_practice, "provider": provider}
    is_open = WeeklyHours.objects.filter(
        **own,
        weekday=start.weekday(),
        opens__lte=start.time(),
        closes__gte=(start + LENGTH).time(),
    ).exists()
    is_off = (
        TimeOff.objects.filter(**own, during__overlap=during).exists()
        or Closure.objects.filter(**of_practice, during__overlap=during).exists()
    )
    visits = Visit.objects.exclude(status="cancelled").filter(is_overbooked=False)
    holds = Hold.objects.filter(expires_at__gt=now)
    if (
        not is_open
        or is_off
        or visits.filter(**own, provider_busy__overlap=during).exists()
        or holds.filter(**own, provider_busy__overlap=during).exists()
    ):
        return False, None
    rooms = Resource.objects.filter(**of_practice, resource_types__visit_type=visit_type)
    for room in rooms.order_by("resource_types__position"):
        taken: dict[str, Any] = {**of_practice, "room": room, "during__overlap": during}
        if not visits.filter(**taken).exists() and not holds.filter(**taken).exists():
            return True, room
    return not rooms, None


def _offer(
    practice_id: int, provider_id: int, start: datetime.datetime, now: datetime.datetime
) -> None:
    zone = start.tzinfo
    assert isinstance(zone, ZoneInfo)
    claim = claims.make(
        practice_id=practice_id,
        provider_id=provider_id,
        visit_type="Bench",
        part=claims.part_of(zone=zone, date=start.date(), time=start.time(), duration_minutes=15),
        zone=zone,
        now=now,
    )
    openings.alternatives(claim)


def _range(start: datetime.datetime) -> DateTimeTZRange:
    return DateTimeTZRange(start, start + LENGTH)
