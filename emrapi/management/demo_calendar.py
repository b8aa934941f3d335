"""Demo calendars: hours, rooms, types and visits, so that the published examples can be replayed.

Visits are booked as the API books them, each seen from a moment at which it could be. In a new
install the rows have the numbers of the published examples.
"""

import datetime
import random
import zoneinfo
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import connection, models
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from partners.models import Practice
from partners.tenancy import acting_as
from prospects.models import Person
from scheduling import booking
from scheduling.models import (
    CalendarRules,
    Provider,
    Resource,
    TimeOff,
    Visit,
    VisitType,
    VisitTypeProvider,
    VisitTypeResource,
    WeeklyHours,
)
from scheduling.refusals import Refused, SlotTaken

# Opens and closes, twice a day where there is a break: of the first provider, the second and so on.
_HOURS: tuple[tuple[tuple[int, int], ...], ...] = (
    ((9, 17),),
    ((8, 12), (13, 17)),
    ((10, 14), (15, 19)),
    ((9, 13),),
)
_COMPLAINTS = ("Annual check", "New concern", "Second opinion", "Skin check", "Question")
_DAYS_AHEAD, _VISITS_A_DAY = 10, 3
PUBLISHED_PERSON, PUBLISHED_BOOKING = 1001, 555
_PUBLISHED_ROOM, _PUBLISHED_VISIT = 101, 101
_PUBLISHED_WEEK = (datetime.date(2026, 3, 9), datetime.date(2026, 3, 15))
_BEFORE_IT = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC)
# What leaves Jane Smith free, on the day of the examples, at 10:15, 11:30 and 14:00 alone.
_TRAINING = (("09:30", 45), ("10:45", 45), ("12:00", 120), ("14:30", 150))


@dataclass(frozen=True)
class Kind:
    """A type of visits: its length, its providers and rooms by their number, and its buffer."""

    name: str
    minutes: int
    providers: Sequence[int]
    rooms: Sequence[int]
    after: int = 0
    is_active: bool = True


@dataclass(frozen=True)
class Agenda:
    """What a practice offers; `is_published` if it is the one of the published examples."""

    grid_minutes: int
    rooms: Sequence[str]
    kinds: Sequence[Kind]
    is_published: bool = False


def number_from(model: type[models.Model], number: int) -> None:
    """Let the next row have this number, if none has got so far yet: a new install that is."""
    table = model._meta.db_table
    # The login itself: the roles have no right to the sequences.
    with acting_as("none"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT last_value FROM pg_sequences"
            " WHERE format('%%I.%%I', schemaname, sequencename)::regclass"
            " = pg_get_serial_sequence(%s, 'id')::regclass",
            [table],
        )
        (last,) = cursor.fetchone()
        if (last or 0) < number - 1:
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, number - 1]
            )


def furnish(practice: Practice, agenda: Agenda) -> None:
    """Give a practice that has no hours its calendars, within that practice's transaction."""
    if WeeklyHours.objects.filter(practice=practice).exists():
        return
    providers = list(Provider.objects.filter(practice=practice, is_active=True).order_by("id"))
    rules = {"grid_minutes": agenda.grid_minutes}
    CalendarRules.objects.get_or_create(practice=practice, defaults=rules)
    for number, provider in enumerate(providers):
        _open(provider, _HOURS[number % len(_HOURS)])
    if agenda.is_published:
        number_from(Resource, _PUBLISHED_ROOM)
    rooms = [
        Resource.objects.get_or_create(practice=practice, name=name)[0] for name in agenda.rooms
    ]
    for kind in agenda.kinds:
        _offer(practice, kind, providers, rooms)
    people = list(Person.objects.filter(practice=practice).order_by("id"))
    if agenda.is_published and len(providers) > 2 and people:
        _published_week(practice, providers, people)
    _coming_days(practice, agenda, providers, people)
    for kind in agenda.kinds:
        types = VisitType.objects.filter(practice=practice, name=kind.name)
        types.update(is_active=kind.is_active)


def _open(provider: Provider, spans: Sequence[tuple[int, int]]) -> None:
    WeeklyHours.objects.bulk_create(
        WeeklyHours(
            practice_id=provider.practice_id,
            provider=provider,
            weekday=weekday,
            opens=datetime.time(opens),
            closes=datetime.time(closes),
        )
        for weekday in range(5)
        for opens, closes in spans
    )


def _offer(
    practice: Practice, kind: Kind, providers: Sequence[Provider], rooms: Sequence[Resource]
) -> None:
    facts = {"default_duration_minutes": kind.minutes, "buffer_after_minutes": kind.after}
    visit_type, is_new = VisitType.objects.get_or_create(
        practice=practice, name=kind.name, defaults=facts
    )
    if not is_new:
        return
    VisitTypeProvider.objects.bulk_create(
        VisitTypeProvider(practice=practice, visit_type=visit_type, provider=providers[number])
        for number in kind.providers
        if number < len(providers)
    )
    VisitTypeResource.objects.bulk_create(
        VisitTypeResource(
            practice=practice, visit_type=visit_type, resource=rooms[number], position=position
        )
        for position, number in enumerate(kind.rooms)
    )


def _published_week(
    practice: Practice, providers: Sequence[Provider], people: Sequence[Person]
) -> None:
    """Jane Smith's visit and her training; and somebody in the first room on the Thursday."""
    zone = zoneinfo.ZoneInfo(practice.time_zone)
    day = _PUBLISHED_WEEK[0]
    for time, minutes in _TRAINING:
        start = datetime.datetime.combine(day, datetime.time.fromisoformat(time), zone)
        end = start + datetime.timedelta(minutes=minutes)
        TimeOff.objects.create(
            practice=practice,
            provider=providers[0],
            during=DateTimeTZRange(start, end),
            reason="Training",
        )
    number_from(Visit, _PUBLISHED_VISIT)
    for provider, date, hour in ((providers[0], day, 9), (providers[2], day.replace(day=12), 10)):
        booking.book(
            practice_id=practice.pk,
            person_id=people[0].pk,
            provider_id=provider.pk,
            visit_type="FOLLOWUP",
            date=date,
            time=datetime.time(hour),
            duration_minutes=30,
            now=_BEFORE_IT,
            time_zone=practice.time_zone,
        )


def _coming_days(
    practice: Practice, agenda: Agenda, providers: Sequence[Provider], people: Sequence[Person]
) -> None:
    """A few visits on each of the next working days, but for the week of the examples."""
    chance = random.Random(practice.ppass)  # noqa: S311  # nosec B311
    now = datetime.datetime.now(datetime.UTC)
    kinds = [kind for kind in agenda.kinds if kind.is_active and kind.providers]
    if not (people and kinds):
        return
    for date in _working_days(now.astimezone(zoneinfo.ZoneInfo(practice.time_zone)).date()):
        for _ in range(_VISITS_A_DAY):
            kind = chance.choice(kinds)
            try:
                booking.book(
                    practice_id=practice.pk,
                    person_id=chance.choice(people).pk,
                    provider_id=providers[chance.choice(kind.providers)].pk,
                    visit_type=kind.name,
                    date=date,
                    time=datetime.time(chance.randrange(10, 16), chance.choice((0, 30))),
                    duration_minutes=kind.minutes,
                    complaint=chance.choice(_COMPLAINTS),
                    now=now,
                    time_zone=practice.time_zone,
                )
            except (SlotTaken, Refused):
                continue  # it is a demo: one visit less


def _working_days(today: datetime.date) -> Iterator[datetime.date]:
    first, last = _PUBLISHED_WEEK
    for number in range(1, _DAYS_AHEAD + 1):
        date = today + datetime.timedelta(days=number)
        if date.weekday() < 5 and not first <= date <= last:
            yield date
