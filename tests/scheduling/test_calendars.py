"""What is read from the database is what the engine would see if it were handed every row."""

import dataclasses
import datetime
import random
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext

from partners.models import Practice
from partners.tenancy import within_practice
from scheduling import availability
from scheduling.availability import Bounds, Calendar, Need, Rules
from scheduling.calendars import Asked, examine, find_next, find_several, find_slots
from scheduling.hours import MINUTE, WeeklySpan, day_start, days
from scheduling.models import Hold, Provider, Visit
from scheduling.spans import Span
from tests.prospects.factories import PersonFactory
from tests.scheduling import factories
from tests.scheduling.factories import open_calendar, open_hours, span

ZONE = ZoneInfo("America/New_York")
FIRST, LAST = datetime.date(2026, 10, 30), datetime.date(2026, 11, 4)
NOW = datetime.datetime(2026, 10, 30, 10, 0, 30, 500_000, tzinfo=ZONE)
RULES = Rules(grid_minutes=20, minimum_notice_minutes=90, horizon_days=4)
WITHIN = days(ZONE, FIRST, LAST)


@dataclasses.dataclass
class Drawn:
    """Rows of a practice, and the same as the engine takes them."""

    asked: Asked
    providers: list[Provider]
    calendars: dict[int, Calendar]
    need: Need
    visits: list[Visit]
    holds: list[Hold]

    def slots(self, provider: int) -> list[int]:
        """By the engine alone."""
        when = Bounds(now=self.asked.second, zone=ZONE, rules=RULES)
        return list(availability.slots(self.calendars[provider], self.need, when, WITHIN))

    def reasons(self, provider: int, start: int) -> list[str]:
        """By the engine alone."""
        when = Bounds(now=self.asked.second, zone=ZONE, rules=RULES)
        return availability.reasons(self.calendars[provider], self.need, when, start)


def draw(practice: Practice, staff: Callable[[], Any], seed: int) -> Drawn:
    """Two providers with visits, some put over others, holds, time off and a closure; two rooms."""
    chance = random.Random(seed)
    buffers = chance.choice([(0, 0), (5, 10)])
    made = open_calendar(
        practice,
        providers=2,
        rooms=2,
        opens="08:00",
        closes="12:00",
        buffer_before_minutes=buffers[0],
        buffer_after_minutes=buffers[1],
    )
    open_hours(made.providers[0], opens="20:00", closes="02:30")
    factories.CalendarRulesFactory.create(practice=practice, **RULES._asdict())
    closed = _some(chance, 1, 60, 300)
    factories.ClosureFactory.create(practice=practice, during=_range(closed[0]))

    visits, holds, calendars = [], [], {}
    rooms: dict[int | None, list[Span]] = {room.id: [] for room in made.rooms}
    common = {"practice": practice, "visit_type": made.visit_type}
    person = PersonFactory.create(practice=practice)
    for provider in made.providers:
        off = _some(chance, 2, 30, 200)
        for one in off:
            factories.TimeOffFactory.create(provider=provider, during=_range(one))
        apart = _apart(_some(chance, 60, 10, 90))
        over = _some(chance, 2, 20, 60)
        kept = _some(chance, 3, 20, 60)
        for one in apart + over:
            room = chance.choice([*made.rooms, None])
            if room and one in apart and any(_meet(one, other) for other in rooms[room.id]):
                room = None
            if room:
                rooms[room.id].append(one)
            row = Visit(provider=provider, person=person, room=room, **common, **_parts(one))
            row.is_overbooked = one in over
            visits.append(row)
        for one in kept:
            room = chance.choice([*made.rooms, None])
            if room:
                rooms[room.id].append(one)
            row = Hold(provider=provider, room=room, **common, **_parts(one))
            row.expires_at = NOW + datetime.timedelta(seconds=1)
            holds.append(row)
        gone = Visit(provider=provider, person=person, room=made.room, **common, **_parts(WITHIN))
        gone.status = Visit.Status.CANCELLED
        late = Hold(provider=provider, room=made.room, **common, **_parts(WITHIN))
        late.expires_at = NOW
        visits.append(gone)
        holds.append(late)
        week = [_span(weekday, 8, 0, 12, 0) for weekday in range(7)]
        if provider == made.providers[0]:
            week += [_span(weekday, 20, 0, 2, 30) for weekday in range(7)]
        calendars[provider.id] = Calendar(
            week=week, closures=closed, time_off=off, visits=sorted(apart + over), holds=kept
        )
    with staff():
        Visit.objects.bulk_create(visits)
        Hold.objects.bulk_create(holds)
    minutes = chance.choice([10, 25, 40])
    return Drawn(
        asked=Asked(
            practice_id=practice.id,
            zone=ZONE,
            now=NOW,
            minutes=minutes,
            visit_type_id=made.visit_type.id,
        ),
        providers=made.providers,
        calendars=calendars,
        need=Need.of_minutes(
            minutes,
            before=buffers[0],
            after=buffers[1],
            rooms=[(room.id, rooms[room.id]) for room in made.rooms],
        ),
        visits=visits,
        holds=holds,
    )


def _some(chance: random.Random, count: int, shortest: int, longest: int) -> list[Span]:
    starts = [chance.randrange(WITHIN[0] - 36_000, WITHIN[1], 300) for _ in range(count)]
    lengths = [chance.randrange(shortest, longest, 5) * MINUTE for _ in range(count)]
    return sorted((start, start + more) for start, more in zip(starts, lengths, strict=True))


def _apart(spans: list[Span]) -> list[Span]:
    kept: list[Span] = []
    for one in spans:
        if not kept or one[0] >= kept[-1][1]:
            kept.append(one)
    return kept


def _meet(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _range(of: Span) -> Any:
    moment = datetime.datetime.fromtimestamp(of[0], datetime.UTC)
    return span(moment, (of[1] - of[0]) // MINUTE)


def _parts(of: Span) -> dict[str, Any]:
    return dict.fromkeys(["during", "provider_during", "provider_busy"], _range(of))


def _span(weekday: int, *clock: int) -> WeeklySpan:
    return WeeklySpan.between(weekday, datetime.time(*clock[:2]), datetime.time(*clock[2:]))


@pytest.mark.parametrize("seed", range(12))
def test_answers_are_those_of_the_engine(
    our_practice: Practice, staff: Callable[[], Any], seed: int
) -> None:
    drawn = draw(our_practice, staff, seed)
    ids = [provider.id for provider in drawn.providers]
    expected = {provider: drawn.slots(provider) for provider in ids}
    somewhere = random.Random(seed)
    starts = [somewhere.randrange(*WITHIN, 60) for _ in range(40)] + expected[ids[0]]

    with within_practice(our_practice.id):
        together = find_slots(drawn.asked, provider_ids=ids, first=FIRST, last=LAST)
        alone = {
            provider: find_slots(drawn.asked, provider_ids=[provider], first=FIRST, last=LAST)
            for provider in ids
        }
        first = {provider: find_next(drawn.asked, provider_id=provider, days=6) for provider in ids}
        few = find_several(drawn.asked, provider_id=ids[1], days=6, count=5)
        checked = [examine(drawn.asked, provider_id=ids[0], start=start) for start in starts]

    assert together == expected
    assert alone == {provider: {provider: expected[provider]} for provider in ids}
    assert first == {provider: next(iter(expected[provider]), None) for provider in ids}
    assert few == expected[ids[1]][:5]
    assert [answer.reasons for answer in checked] == [drawn.reasons(ids[0], s) for s in starts]
    assert [answer.rooms for answer in checked] == [
        availability.free_rooms(drawn.need, start) for start in starts
    ]


def test_a_visit_and_a_hold_that_are_replaced_do_not_count(
    our_practice: Practice, staff: Callable[[], Any]
) -> None:
    drawn = draw(our_practice, staff, 3)
    provider = drawn.providers[0].id
    of_provider = [v for v in drawn.visits if v.provider_id == provider and not v.is_overbooked]
    moved = of_provider[len(of_provider) // 2]
    used = next(hold for hold in drawn.holds if hold.provider_id == provider)
    with staff():
        Visit.objects.exclude(pk=moved.pk).delete()
        Hold.objects.exclude(pk=used.pk).delete()
    free = dataclasses.replace(drawn.asked, but_visit=moved.pk, but_hold=used.pk)

    with within_practice(our_practice.id):
        found = find_slots(free, provider_ids=[provider], first=FIRST, last=LAST)

    empty = dataclasses.replace(drawn.calendars[provider], visits=(), holds=())
    when = Bounds(now=free.second, zone=ZONE, rules=RULES)
    need = dataclasses.replace(drawn.need, rooms=[(1, [])])
    assert found[provider] == list(availability.slots(empty, need, when, WITHIN))


def test_a_type_that_is_not_given_or_not_active_is_never_free(
    our_practice: Practice, staff: Callable[[], Any]
) -> None:
    made = open_calendar(our_practice, weekdays=range(7))
    other = factories.VisitTypeFactory.create(practice=our_practice)
    start = day_start(ZONE, LAST) + 10 * 3600
    asked = Asked(
        practice_id=our_practice.id, zone=ZONE, now=NOW, minutes=30, visit_type_id=other.id
    )

    with within_practice(our_practice.id):
        not_given = examine(asked, provider_id=made.provider.id, start=start)
    with staff():
        made.visit_type.is_active = False
        made.visit_type.save()
    asked = dataclasses.replace(asked, visit_type_id=made.visit_type.id)
    with within_practice(our_practice.id):
        not_active = examine(asked, provider_id=made.provider.id, start=start)

    assert (not_given.reasons, not_active.reasons) == (["provider"], ["provider"])


def test_a_type_whose_rooms_are_closed_is_never_free(
    our_practice: Practice, staff: Callable[[], Any]
) -> None:
    made = open_calendar(our_practice)
    with staff():
        made.room.is_active = False
        made.room.save()
    asked = Asked(
        practice_id=our_practice.id,
        zone=ZONE,
        now=NOW,
        minutes=30,
        visit_type_id=made.visit_type.id,
    )

    with within_practice(our_practice.id):
        found = find_next(asked, provider_id=made.provider.id, days=30)

    assert found is None


def test_another_practice_is_refused(our_practice: Practice, other_practice: Practice) -> None:
    theirs = open_calendar(other_practice)
    asked = Asked(practice_id=other_practice.id, zone=ZONE, now=NOW, minutes=30)

    with (
        pytest.raises(ProgrammingError, match="not that of the transaction"),
        within_practice(our_practice.id),
    ):
        find_next(asked, provider_id=theirs.provider.id, days=30)


def test_the_provider_of_another_practice_has_no_hours(
    our_practice: Practice, other_practice: Practice
) -> None:
    theirs = open_calendar(other_practice)
    asked = Asked(practice_id=our_practice.id, zone=ZONE, now=NOW, minutes=30)

    with within_practice(our_practice.id):
        found = find_next(asked, provider_id=theirs.provider.id, days=30)

    assert found is None


def test_next_slot_takes_a_bounded_number_of_queries(
    our_practice: Practice, staff: Callable[[], Any]
) -> None:
    drawn = draw(our_practice, staff, 1)
    never = dataclasses.replace(drawn.asked, minutes=1440)

    with within_practice(our_practice.id):
        with CaptureQueriesContext(connection) as once:
            find_slots(
                drawn.asked,
                provider_ids=[provider.id for provider in drawn.providers],
                first=FIRST,
                last=LAST,
            )
        with CaptureQueriesContext(connection) as widened:
            find_next(never, provider_id=drawn.providers[0].id, days=730)

    assert (len(once), len(widened) <= 4) == (2, True)
