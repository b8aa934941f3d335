"""Calendars to arrange tests with, written as staff would write them."""

import datetime
import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import factory
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from partners.models import Practice
from prospects.models import Person
from scheduling.models import (
    CalendarRules,
    Closure,
    Hold,
    Provider,
    Resource,
    TimeOff,
    Visit,
    VisitType,
    VisitTypeProvider,
    VisitTypeResource,
    WeeklyHours,
)
from tests.factories import PracticeFactory, ProviderFactory, StaffFactory
from tests.prospects.factories import PersonFactory

EVERY_DAY = tuple(range(7))


def span(start: datetime.datetime, minutes: int) -> DateTimeTZRange:
    """The half-open range of so many true minutes from `start`."""
    return DateTimeTZRange(start, start + datetime.timedelta(minutes=minutes))


def at(practice: Practice, date: str, time: str) -> datetime.datetime:
    """An instant by the practice's clock."""
    local = datetime.datetime.fromisoformat(f"{date}T{time}")
    return local.replace(tzinfo=zoneinfo.ZoneInfo(practice.time_zone)).astimezone(datetime.UTC)


class CalendarRulesFactory(StaffFactory):
    """A practice's rules: the defaults."""

    class Meta:
        model = CalendarRules

    practice = factory.SubFactory(PracticeFactory)


class ResourceFactory(StaffFactory):
    """A room."""

    class Meta:
        model = Resource

    practice = factory.SubFactory(PracticeFactory)
    name = factory.Sequence(lambda n: f"Room {n}")


class VisitTypeFactory(StaffFactory):
    """A type of half an hour that nobody may give yet, and that needs no room."""

    class Meta:
        model = VisitType

    practice = factory.SubFactory(PracticeFactory)
    name = factory.Sequence(lambda n: f"Type {n}")


class VisitTypeProviderFactory(StaffFactory):
    """Lets a provider give a type."""

    class Meta:
        model = VisitTypeProvider


class VisitTypeResourceFactory(StaffFactory):
    """Lets a type take place in a room."""

    class Meta:
        model = VisitTypeResource


class WeeklyHoursFactory(StaffFactory):
    """Monday from nine to five."""

    class Meta:
        model = WeeklyHours

    practice = factory.SelfAttribute("provider.practice")
    provider = factory.SubFactory(ProviderFactory)
    weekday = WeeklyHours.Weekday.MONDAY
    opens = datetime.time(9)
    closes = datetime.time(17)


class TimeOffFactory(StaffFactory):
    """A provider's time off; say when."""

    class Meta:
        model = TimeOff

    practice = factory.SelfAttribute("provider.practice")
    provider = factory.SubFactory(ProviderFactory)


class ClosureFactory(StaffFactory):
    """A practice's closure; say when."""

    class Meta:
        model = Closure

    practice = factory.SubFactory(PracticeFactory)


class _OccupationFactory(StaffFactory):
    """Takes `during` whole unless the provider's part is said; no buffers."""

    class Meta:
        abstract = True

    practice = factory.SelfAttribute("provider.practice")
    provider_during = factory.SelfAttribute("during")
    provider_busy = factory.SelfAttribute("provider_during")


class VisitFactory(_OccupationFactory):
    """A row as booking would write it, past all its checks: say provider, visit_type, during."""

    class Meta:
        model = Visit

    person = factory.LazyAttribute(lambda visit: PersonFactory.create(practice=visit.practice))


class HoldFactory(_OccupationFactory):
    """A hold that lives for an hour of the real clock unless told."""

    class Meta:
        model = Hold

    expires_at = factory.LazyFunction(
        lambda: datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1)
    )


@dataclass(frozen=True)
class Calendar:
    """A practice in which a visit can be booked at once."""

    practice: Practice
    person: Person
    providers: list[Provider]
    rooms: list[Resource]
    visit_type: VisitType

    @property
    def provider(self) -> Provider:
        """The first provider."""
        return self.providers[0]

    @property
    def room(self) -> Resource:
        """The first room."""
        return self.rooms[0]


def open_calendar(
    practice: Practice,
    *,
    providers: int = 1,
    rooms: int = 1,
    opens: str = "09:00",
    closes: str = "17:00",
    weekdays: Iterable[int] = EVERY_DAY,
    type_name: str = "Consult",
    **visit_type: Any,
) -> Calendar:
    """Providers who work every day from nine to five, a type they all give, rooms in its order.

    `opens` and `closes` "00:00" is the whole day; `visit_type` are attributes of the type, such as
    its buffers.
    """
    kind = VisitTypeFactory.create(practice=practice, name=type_name, **visit_type)
    working = ProviderFactory.create_batch(providers, practice=practice)
    places = ResourceFactory.create_batch(rooms, practice=practice)
    for provider in working:
        VisitTypeProviderFactory.create(practice=practice, visit_type=kind, provider=provider)
        open_hours(provider, opens=opens, closes=closes, weekdays=weekdays)
    for position, room in enumerate(places):
        VisitTypeResourceFactory.create(
            practice=practice, visit_type=kind, resource=room, position=position
        )
    return Calendar(
        practice=practice,
        person=PersonFactory.create(practice=practice),
        providers=working,
        rooms=places,
        visit_type=kind,
    )


def open_hours(
    provider: Provider,
    *,
    opens: str = "09:00",
    closes: str = "17:00",
    weekdays: Iterable[int] = EVERY_DAY,
    **validity: Any,
) -> None:
    """Give the provider a span on each of the weekdays."""
    for weekday in weekdays:
        WeeklyHoursFactory.create(
            provider=provider,
            weekday=weekday,
            opens=datetime.time.fromisoformat(opens),
            closes=datetime.time.fromisoformat(closes),
            **validity,
        )
