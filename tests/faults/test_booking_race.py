"""64 partners want the same times of a running platform: each time is sold once, nobody is stuck.

RACE_ROUNDS=1000 makes a long one of it.
"""

import http.client
import json
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.start.served import Served

ROUNDS = int(os.environ.get("RACE_ROUNDS", "12"))
CLIENTS = 64
SLOTS = [f"{9 + number // 2:02}:{number % 2 * 30:02}:00" for number in range(10)]
FIRST_DAY = datetime.now(UTC).date() + timedelta(days=2)

pytestmark = [pytest.mark.timeout(600 + 3 * ROUNDS), pytest.mark.xdist_group("serve")]

# A provider or more, open for just the ten slots of every day.
_ARRANGE = """
import json
from partners.models import Practice
from scheduling.models import CalendarRules, Resource
from tests.scheduling.factories import ResourceFactory, open_calendar
practice = Practice.objects.get(ppass="DemoOffice")
CalendarRules.objects.update_or_create(
    practice=practice, defaults={"grid_minutes": 30, "horizon_days": 3650})
ResourceFactory.reset_sequence(1000 + Resource.objects.count())
made = open_calendar(practice, providers=%d, rooms=%d, opens="09:00", closes="14:00",
    type_name="%s")
print(json.dumps({"type": "%s", "person": made.person.pk,
    "providers": [each.pk for each in made.providers], "rooms": [each.pk for each in made.rooms]}))
"""


@dataclass(frozen=True)
class Reply:
    """What somebody asked for and got, and between which moments."""

    asked: dict[str, Any]
    sent_at: float
    received_at: float
    status: int
    body: Any

    @property
    def slot(self) -> tuple[Any, ...]:
        return tuple(self.asked[name] for name in ("ProviderID", "VisitDate", "VisitTime"))


class Platform:
    """The running platform, as a partner and an operator see it."""

    def __init__(self, served: Served) -> None:
        self.place, self.served = served.place, served
        self._threads = threading.local()
        self._opened: list[http.client.HTTPConnection] = []
        self._headers = {"Content-Type": "application/json"}
        key = json.dumps({"apiKey": served.shown("Key")})
        token = self.ask("POST", "/auth/token", key)[1]["accessToken"]
        self._headers["Authorization"] = f"Bearer {token}"

    def ask(self, method: str, path: str, body: str | None = None, **headers: str) -> Any:
        """Status and JSON, over this thread's own connection."""
        connection = self._connection()
        connection.request(method, f"/v1/DemoOffice{path}", body, self.headers(headers))
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())

    def headers(self, more: dict[str, str]) -> dict[str, str]:
        return {**self._headers, **{name.replace("_", "-"): more[name] for name in more}}

    def _connection(self) -> http.client.HTTPConnection:
        if not hasattr(self._threads, "connection"):
            self._threads.connection = self.open()
            self._opened.append(self._threads.connection)
        found: http.client.HTTPConnection = self._threads.connection
        return found

    def open(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.served.port, timeout=60)

    def close(self) -> None:
        """Every connection that a thread has kept."""
        for connection in self._opened:
            connection.close()

    def book(self, body: dict[str, Any]) -> Reply:
        """One try."""
        sent_at = time.monotonic()
        status, answer = self.ask("POST", "/visits/book", json.dumps(body))
        return Reply(body, sent_at, time.monotonic(), status, answer)

    def arrange(self, name: str, providers: int, rooms: int) -> dict[str, Any]:
        """A type of visits with its providers and rooms."""
        script = _ARRANGE % (providers, rooms, name, name)
        done = self.place.manage("shell", "--no-imports", "-c", script)
        assert done.returncode == 0, done.stderr
        facts: dict[str, Any] = json.loads(done.stdout)
        return facts

    def visits_on(self, day: str, visit_type: str) -> list[dict[str, Any]]:
        """All of a type that begin on a day, through the API; the demo has visits of its own."""
        status, answer = self.ask("GET", f"/visits?startDate={day}&endDate={day}&limit=100")
        assert status == 200, answer
        assert answer["total"] <= 100
        return [visit for visit in answer["data"] if visit["VisitType"] == visit_type]

    def deadlocks(self) -> int:
        """How many circles PostgreSQL has had to break."""
        log = self.place.home.parent.rglob("*.log")
        return sum(path.read_text(errors="replace").count("deadlock detected") for path in log)


@pytest.fixture
def platform(running: Served) -> Iterator[Platform]:
    made = Platform(running)
    yield made
    made.close()


@pytest.fixture(scope="module")
def crowd() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(CLIENTS) as pool:
        yield pool


def fight(
    platform: Platform, crowd: ThreadPoolExecutor, wish: Callable[[int], dict[str, Any]]
) -> list[Reply]:
    """All at the same moment, each for what it wishes."""
    ready = threading.Barrier(CLIENTS)

    def run(number: int) -> Reply:
        ready.wait(60)
        return platform.book(wish(number))

    return list(crowd.map(run, range(CLIENTS)))


def wish_of(facts: dict[str, Any], day: date, provider: int, slot: int) -> dict[str, Any]:
    return {
        "PatientID": facts["person"],
        "ProviderID": facts["providers"][provider],
        "VisitType": facts["type"],
        "VisitDate": day.isoformat(),
        "VisitTime": SLOTS[slot],
        "VisitDuration": 30,
    }


def test_each_slot_is_sold_once(platform: Platform, crowd: ThreadPoolExecutor) -> None:
    facts = platform.arrange("Race", providers=1, rooms=1)
    began = time.monotonic()

    for number in range(ROUNDS):
        day = FIRST_DAY + timedelta(days=number)
        replies = fight(
            platform, crowd, lambda client, day=day: wish_of(facts, day, 0, client % len(SLOTS))
        )

        _check_replies(replies)
        won = [reply.asked["VisitTime"] for reply in replies if reply.status == 201]
        assert sorted(won) == SLOTS
        assert (
            sorted(v["VisitTime"] for v in platform.visits_on(day.isoformat(), facts["type"]))
            == SLOTS
        )

    _tell("one provider", began)
    assert platform.deadlocks() == 0


def test_no_room_is_sold_twice(platform: Platform, crowd: ThreadPoolExecutor) -> None:
    facts = platform.arrange("Shared", providers=5, rooms=2)
    began = time.monotonic()

    for number in range(ROUNDS):
        # Days of their own, lest another test's visits are counted.
        day = FIRST_DAY + timedelta(days=ROUNDS + number)
        replies = fight(
            platform,
            crowd,
            lambda client, day=day: wish_of(facts, day, client % 5, client // 5 % len(SLOTS)),
        )

        _check_replies(replies)
        visits = platform.visits_on(day.isoformat(), facts["type"])
        taken = Counter((visit["VisitTime"], visit["RoomID"]) for visit in visits)
        assert taken == Counter((slot, room) for slot in SLOTS for room in facts["rooms"])
        won = [reply.body["data"]["VisitID"] for reply in replies if reply.status == 201]
        assert sorted(won) == sorted(visit["VisitID"] for visit in visits)

    _tell("two rooms", began)
    assert platform.deadlocks() == 0


def test_lost_connection_and_a_retry_make_one_visit(platform: Platform) -> None:
    facts = platform.arrange("Dropped", providers=1, rooms=1)
    patience = time.monotonic() + 120

    for number, slot in enumerate(SLOTS):
        body = json.dumps(wish_of(facts, FIRST_DAY, 0, number))
        headers = platform.headers({"Idempotency-Key": f"dropped-{slot}"})
        dropped = platform.open()
        dropped.request("POST", "/v1/DemoOffice/visits/book", body, headers)
        # At another moment each time: before, while and after it is written.
        time.sleep(number * 0.004)
        dropped.close()

        status, answer = platform.ask("POST", "/visits/book", body, **headers)
        while status == 409 and answer["type"].endswith("idempotency-running"):
            assert time.monotonic() < patience
            time.sleep(0.01)
            status, answer = platform.ask("POST", "/visits/book", body, **headers)

        assert status == 201, answer

    status, answer = platform.ask("GET", f"/visits?PatientID={facts['person']}")
    assert sorted(visit["VisitTime"] for visit in answer["data"]) == SLOTS
    assert {visit["Status"] for visit in answer["data"]} == {"booked"}


def _check_replies(replies: list[Reply]) -> None:
    """Nothing but wins, and refusals with reasons and with times that were free just then."""
    assert {reply.status for reply in replies} <= {201, 409}, _odd(replies)
    sold = {reply.slot: reply.received_at for reply in replies if reply.status == 201}
    for reply in replies:
        if reply.status == 409:
            assert reply.body["conflicts"]
            assert {each["resource"] for each in reply.body["conflicts"]} <= {"provider", "room"}
            assert 1 <= len(reply.body["alternatives"]) <= 5
            for other in reply.body["alternatives"]:
                slot = (other["ProviderID"], other["Date"], other["Time"])
                assert sold.get(slot, reply.received_at) >= reply.sent_at, (reply, slot)


def _odd(replies: list[Reply]) -> list[Any]:
    return [(reply.status, reply.body) for reply in replies if reply.status not in (201, 409)][:3]


def _tell(name: str, began: float) -> None:
    seconds = time.monotonic() - began
    rate = ROUNDS * CLIENTS / seconds
    print(f"{name}: {ROUNDS} rounds in {seconds:.1f} s, {rate:.0f} tries/s")  # noqa: T201
