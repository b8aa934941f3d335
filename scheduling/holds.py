"""A time kept for a few minutes for whoever asked, while a person makes up their mind.

A hold is no row that the constraints know: it is kept because everybody who books takes the same
locks and then looks at the holds.
"""

import datetime
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Min

from scheduling import claims, openings
from scheduling.claims import Claim
from scheduling.models import Hold
from scheduling.refusals import Refused, SlotTaken, TooManyHolds, Unknown

LIFE = datetime.timedelta(minutes=5)


def hold(
    *,
    practice_id: int,
    provider_id: int,
    visit_type: str,
    date: datetime.date,
    time: datetime.time,
    duration_minutes: int,
    provider_time: datetime.time | None = None,
    provider_duration_minutes: int | None = None,
    api_key_id: int | None = None,
    now: datetime.datetime,
    time_zone: str,
) -> Hold:
    """Keep a time, by the same checks as booking it; the room is the first free one of the type.

    Raises Refused or SlotTaken as booking does, and TooManyHolds for a key that has its share.
    """
    zone = ZoneInfo(time_zone)
    claim = claims.make(
        practice_id=practice_id,
        provider_id=provider_id,
        visit_type=visit_type,
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
    claim = replace(claim, holder=api_key_id)
    try:
        with transaction.atomic():
            room = openings.rooms_for(claim)[0]
            _check_share(claim)
            return Hold.objects.create(
                practice_id=practice_id,
                provider_id=provider_id,
                visit_type=claim.terms.visit_type,
                room_id=room,
                during=claim.during,
                provider_during=claim.provider_during,
                provider_busy=claim.provider_busy,
                expires_at=now + LIFE,
                api_key_id=api_key_id,
            )
    except SlotTaken as taken:
        raise openings.refused(claim, taken.conflicts) from None


def release(hold: Hold) -> None:
    """Give it up before it expires; no matter if it is gone already."""
    Hold.objects.filter(practice_id=hold.practice_id, pk=hold.pk).delete()


def covering(
    claim: Claim, *, hold_id: int, api_key_id: int | None, now: datetime.datetime
) -> Claim:
    """The claim with a hold out of its way, if the same key holds that time with that provider."""
    found = Hold.objects.filter(
        practice_id=claim.practice_id, pk=hold_id, api_key_id=api_key_id, expires_at__gt=now
    ).first()
    if found is None:
        raise Unknown("HoldID", "hold of yours that is not over")
    is_covered = (
        found.provider_id == claim.terms.provider_id
        and _contains(found.during, claim.during)
        and _contains(found.provider_busy, claim.provider_during)
    )
    if not is_covered:
        raise Refused("HoldID", "mismatch", "This hold is for another provider or time.")
    return replace(claim, without_hold=hold_id)


def use_up(*, practice_id: int, hold_id: int) -> None:
    """Delete the hold that a visit takes the place of; raises Unknown if it has just gone."""
    deleted, _ = Hold.objects.filter(practice_id=practice_id, pk=hold_id).delete()
    if not deleted:
        raise Unknown("HoldID", "hold of yours that is not over")


def forget_expired(now: datetime.datetime) -> int:
    """Delete holds of all practices that are over, and say how many they were."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT scheduling_forget_holds(%s)", [now - LIFE])
        return int(cursor.fetchone()[0])


def _check_share(claim: Claim) -> None:
    """Raise TooManyHolds if the key may hold no more: else one partner could block a calendar.

    Whoever holds for the same key has waited for the lock of it, so that all are counted.
    """
    if claim.holder is None:
        return
    live = Hold.objects.filter(
        practice_id=claim.practice_id, api_key_id=claim.holder, expires_at__gt=claim.now
    )
    number, first_ends_at = live.aggregate(n=Count("id"), first=Min("expires_at")).values()
    if number >= settings.HOLDS_PER_KEY:
        raise TooManyHolds(number, first_ends_at)


def _contains(outer: Any, inner: Any) -> bool:
    return bool(outer.lower <= inner.lower and inner.upper <= outer.upper)
