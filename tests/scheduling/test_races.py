"""Many at once want the same times: with real connections, one gets each, and nobody deadlocks."""

import datetime
import random
import threading
import time as clock
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from partners import tenancy
from scheduling import booking, holds
from scheduling.models import Hold, Visit
from scheduling.refusals import SlotTaken, TooManyHolds, Unknown
from tests.scheduling.bookings import DAY, NOW, wish
from tests.scheduling.factories import Calendar, VisitFactory, open_calendar, span

RACERS = 8
TIMES = [f"{10 + n // 2}:{n % 2 * 30:02}" for n in range(10)]


@pytest.fixture(autouse=True)
def _no_deadlock(database: None, owner: Any) -> Iterator[None]:
    """Whatever a test does, PostgreSQL never has to break a circle."""
    before = _deadlocks(owner)
    yield
    # A connection reports what it counted when it closes.
    clock.sleep(0.1)
    assert _deadlocks(owner) == before


def _deadlocks(owner: Any) -> int:
    owner.execute("SELECT pg_stat_clear_snapshot()")
    query = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    return int(owner.execute(query).fetchone()[0])


def race(*racers: Callable[[], Any]) -> list[Any]:
    """What each returns or raises, all of them begun at the same moment."""
    ready = threading.Barrier(len(racers))

    def run(racer: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            ready.wait(10)
            return racer()
        except SlotTaken as taken:
            return taken
        finally:
            connection.close()

    with ThreadPoolExecutor(len(racers)) as pool:
        return list(pool.map(run, racers))


def attempt(calendar: Calendar, act: Callable[..., Any], **facts: Any) -> Any:
    """What one request's transaction leads to: a row, or SlotTaken."""
    try:
        with tenancy.within_practice(calendar.practice.pk):
            return act(**wish(calendar, **facts))
    except SlotTaken as taken:
        return taken


def hold(**facts: Any) -> Hold:
    """Hold what would be booked."""
    return holds.hold(**{name: value for name, value in facts.items() if name != "person_id"})


def test_every_slot_is_won_once_and_losers_hear_of_others(our_practice: Any, staff: Any) -> None:
    calendar = open_calendar(our_practice)
    rounds = 25

    def client(seed: int) -> list[tuple[datetime.date, str, Any]]:
        order = random.Random(seed)
        tried = []
        for number in range(rounds):
            date = DAY + datetime.timedelta(days=number)
            tried += [
                (date, time, attempt(calendar, booking.book, time=time, date=date))
                for time in order.sample(TIMES, 4)
            ]
        return tried

    results = race(*(lambda seed=seed: client(seed) for seed in range(RACERS)))

    tried = [attempt for each in results for attempt in each]
    won = Counter((date, time) for date, time, result in tried if isinstance(result, Visit))
    lost = [result for _, _, result in tried if not isinstance(result, Visit)]
    assert set(won) == {(date, time) for date, time, _ in tried}
    assert set(won.values()) == {1}
    assert len(lost) > len(won)
    for taken in lost:
        assert [conflict.resource for conflict in taken.conflicts] == ["provider", "room"]
        assert len(taken.alternatives) == 5
    with staff():
        assert Visit.objects.count() == len(won)


def test_hot_slot_has_one_winner_each_round(our_practice: Any) -> None:
    calendar = open_calendar(our_practice)

    def client() -> list[Any]:
        return [
            attempt(calendar, booking.book, date=DAY + datetime.timedelta(days=day))
            for day in range(100)
        ]

    for results in zip(*race(*[client] * RACERS), strict=True):
        assert sorted(type(result).__name__ for result in results) == (
            ["SlotTaken"] * (RACERS - 1) + ["Visit"]
        )


def test_fewer_rooms_than_providers_no_room_twice(our_practice: Any, staff: Any) -> None:
    calendar = open_calendar(our_practice, providers=RACERS, rooms=3)
    rounds = 25

    def client(provider: Any) -> list[Any]:
        return [
            attempt(
                calendar,
                booking.book,
                provider_id=provider.pk,
                date=DAY + datetime.timedelta(days=day),
            )
            for day in range(rounds)
        ]

    racers = [lambda provider=provider: client(provider) for provider in calendar.providers]
    everything = race(*racers)

    for results in zip(*everything, strict=True):
        won = [result for result in results if isinstance(result, Visit)]
        assert {visit.room_id for visit in won} == {room.pk for room in calendar.rooms}
        assert len(won) == 3
        for taken in results:
            if isinstance(taken, SlotTaken):
                assert [(c.resource, c.room_id) for c in taken.conflicts] == [
                    ("room", room.pk) for room in calendar.rooms
                ]


def test_hold_and_booking_never_have_the_same_time(our_practice: Any) -> None:
    calendar = open_calendar(our_practice)

    def client(act: Callable[..., Any]) -> list[Any]:
        return [
            attempt(calendar, act, date=DAY + datetime.timedelta(days=day)) for day in range(30)
        ]

    racers = [lambda act=act: client(act) for act in (hold, booking.book) * (RACERS // 2)]
    winners = Counter()
    for results in zip(*race(*racers), strict=True):
        won = [type(result) for result in results if not isinstance(result, SlotTaken)]
        assert len(won) == 1
        winners[won[0]] += 1

    assert set(winners) <= {Hold, Visit}


def test_no_key_gets_more_than_its_share_of_holds(
    settings: Any, our_practice: Any, other_practice: Any, staff: Any
) -> None:
    settings.HOLDS_PER_KEY = 3
    both = [open_calendar(practice, providers=4) for practice in (our_practice, other_practice)]

    def client(calendar: Calendar, number: int) -> list[str]:
        # Each of another provider and day: nothing but the share makes them wait for each other.
        provider = calendar.providers[number % 4]
        told = []
        for day in range(5):
            facts = {
                "api_key_id": calendar.practice.pk,
                "provider_id": provider.pk,
                "date": DAY + datetime.timedelta(days=10 * number + day),
            }
            try:
                told.append(type(attempt(calendar, hold, **facts)).__name__)
            except TooManyHolds as many:
                told.append(f"{many.live} live")
        return told

    racers = [lambda c=c, n=n: client(c, n) for c in both for n in range(RACERS // 2)]
    told = Counter(each for results in race(*racers) for each in results)

    assert told == {"Hold": 2 * 3, "3 live": 2 * (5 * RACERS // 2 - 3)}
    with staff():
        for calendar in both:
            assert Hold.objects.filter(practice=calendar.practice).count() == 3


def test_one_hold_makes_one_visit(our_practice: Any, staff: Any) -> None:
    calendar = open_calendar(our_practice)
    mine = attempt(calendar, hold, api_key_id=7)

    def client() -> Any:
        try:
            return attempt(calendar, booking.book, hold_id=mine.pk, api_key_id=7)
        except Unknown as gone:
            return gone

    results = race(*[client] * RACERS)

    assert Counter(type(result).__name__ for result in results)["Visit"] == 1
    with staff():
        assert not Hold.objects.exists()


def test_visits_that_move_across_each_other_never_meet(our_practice: Any, staff: Any) -> None:
    calendar = open_calendar(our_practice, providers=2, rooms=2)
    visits = [
        attempt(calendar, booking.book, time=time, provider_id=provider.pk)
        for provider in calendar.providers
        for time in TIMES[:4]
    ]

    def client(visit: Visit, seed: int) -> int:
        order, moved = random.Random(seed), 0
        for _ in range(25):
            try:
                with tenancy.within_practice(calendar.practice.pk):
                    booking.reschedule(
                        visit=visit,
                        date=DAY + datetime.timedelta(days=order.randrange(2)),
                        time=datetime.time.fromisoformat(order.choice(TIMES[:6])),
                        now=NOW,
                        time_zone=calendar.practice.time_zone,
                    )
                moved += 1
            except SlotTaken:
                pass
        return moved

    racers = [lambda visit=visit, n=n: client(visit, n) for n, visit in enumerate(visits)]
    moved = race(*racers)

    assert all(moved)
    with staff():
        rows = list(Visit.objects.order_by("id"))
    assert len(rows) == len(visits)
    for one in rows:
        for other in rows:
            is_later = one.during.upper <= other.during.lower or one.pk == other.pk
            is_elsewhere = one.room_id != other.room_id and one.provider_id != other.provider_id
            assert is_later or is_elsewhere or other.during.upper <= one.during.lower


def test_two_visits_that_swap_their_times_do_not_deadlock(our_practice: Any) -> None:
    calendar = open_calendar(our_practice, rooms=2)
    visits = [attempt(calendar, booking.book, time=time) for time in ("10:00", "11:00")]

    def move(visit: Visit, time: str) -> str:
        with tenancy.within_practice(calendar.practice.pk):
            booking.reschedule(
                visit=visit,
                date=DAY,
                time=datetime.time.fromisoformat(time),
                now=NOW,
                time_zone=calendar.practice.time_zone,
            )
        return "moved"

    for _ in range(10):
        results = race(
            lambda: move(visits[0], "11:00"),
            lambda: move(visits[1], "10:00"),
        )
        assert [type(result) for result in results] == [SlotTaken] * 2


def test_row_that_knows_no_locks_makes_us_refuse(our_practice: Any) -> None:
    calendar = open_calendar(our_practice)
    is_written, is_awaited = threading.Event(), threading.Event()

    def sql_client() -> None:
        with transaction.atomic():
            start = datetime.datetime(2026, 3, 9, 14, 15, tzinfo=datetime.UTC)
            VisitFactory.create(
                provider=calendar.provider, visit_type=calendar.visit_type, during=span(start, 30)
            )
            is_written.set()
            is_awaited.wait(0.3)

    def client() -> Any:
        is_written.wait(5)
        return attempt(calendar, booking.book)

    _, taken = race(sql_client, client)

    assert [(c.resource, c.reason) for c in taken.conflicts] == [("provider", "visit")]
    assert [slot.time.isoformat() for slot in taken.alternatives][:1] == ["10:45:00"]
