"""On what terms a provider gives visits of a type: read in one query, before anybody waits."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import connection

from scheduling.availability import Calendar, Rules
from scheduling.hours import DAY, WeeklySpan
from scheduling.models import VisitType
from scheduling.refusals import NotAllowed, Unknown

_OF_TYPE = (
    "id name is_active default_duration_minutes buffer_before_minutes buffer_after_minutes"
).split()
_SECONDS = (
    "json_build_array(floor(date_part('epoch', lower(during)))::bigint,"
    " ceil(date_part('epoch', upper(during)))::bigint)"
)
_QUERY = f"""
SELECT {", ".join(f"t.{column}" for column in _OF_TYPE)},
    r.grid_minutes, r.minimum_notice_minutes, r.horizon_days,
    (SELECT is_active FROM scheduling_provider
     WHERE practice_id = t.practice_id AND id = %(provider)s) AS provider,
    EXISTS (SELECT FROM scheduling_visittypeprovider WHERE practice_id = t.practice_id
        AND visit_type_id = t.id AND provider_id = %(provider)s) AS is_allowed,
    EXISTS (SELECT FROM prospects_person
        WHERE practice_id = t.practice_id AND id = %(person)s) AS person,
    (SELECT coalesce(json_agg(json_build_array(m.id, m.is_active) ORDER BY n.position, m.id), '[]')
     FROM scheduling_visittyperesource n
     JOIN scheduling_resource m ON m.practice_id = n.practice_id AND m.id = n.resource_id
     WHERE n.practice_id = t.practice_id AND n.visit_type_id = t.id) AS rooms,
    (SELECT coalesce(json_agg(json_build_array(weekday, extract(epoch FROM opens)::int,
        extract(epoch FROM closes)::int, valid_from, valid_until)), '[]')
     FROM scheduling_weeklyhours
     WHERE practice_id = t.practice_id AND provider_id = %(provider)s) AS week,
    (SELECT coalesce(json_agg({_SECONDS} ORDER BY during), '[]')
     FROM scheduling_closure WHERE practice_id = t.practice_id AND upper(during) > %(now)s),
    (SELECT coalesce(json_agg({_SECONDS} ORDER BY during), '[]')
     FROM scheduling_timeoff WHERE practice_id = t.practice_id AND provider_id = %(provider)s
        AND upper(during) > %(now)s)
FROM scheduling_visittype t
LEFT JOIN scheduling_calendarrules r ON r.practice_id = t.practice_id
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
    of_type, rules, (is_active, is_allowed, is_person) = row[:6], row[6:9], row[9:12]
    rooms, week, closures, time_off = row[12:]
    if person_id is not None and not is_person:
        raise Unknown("PatientID", "patient")
    if not is_active:
        raise Unknown("ProviderID", "active provider")
    if not is_allowed:
        raise NotAllowed
    return Terms(
        visit_type=VisitType(practice_id=practice_id, **dict(zip(_OF_TYPE, of_type, strict=True))),
        provider_id=provider_id,
        room_ids=[room for room, is_in_use in rooms if is_in_use] if rooms else None,
        rules=Rules() if rules[0] is None else Rules(*rules),
        calendar=Calendar(
            week=[_weekly(*span) for span in week],
            closures=[(start, end) for start, end in closures],
            time_off=[(start, end) for start, end in time_off],
        ),
    )


def _weekly(
    weekday: int, opens: int, closes: int, valid_from: str | None, valid_until: str | None
) -> WeeklySpan:
    return WeeklySpan(
        weekday,
        opens,
        closes if closes > opens else closes + DAY,
        _date(valid_from),
        _date(valid_until),
    )


def _date(text: Any) -> datetime.date | None:
    return None if text is None else datetime.date.fromisoformat(text)
