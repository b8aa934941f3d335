"""What a call costs when practices, people, visits, tickets, products, events and calls double.

Baseline: the same call on a platform of half the size. None may cost more than 1.2 times as much:
what a call costs follows what it answers, not what there is. Calls of the API go through every
middleware, in process; beside them stand the sender's work on its queue and the overview of staff.
"""

import datetime
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import orjson
import psycopg

from emrapi import embedded
from tests.benchmarks import growth_rows, stage

SIZES = (1, 2)
ROUNDS = int(os.environ.get("BENCH_ROUNDS") or 7)
# In a round each call is made so many times, and its best time counts.
TRIES = 15
AT_MOST = 1.2

Work = Callable[[], None]


def main() -> int:
    """Fill two databases, then ask of the one and of the other in turn."""
    platforms = [_Platform(size) for size in SIZES]
    try:
        reached = [_compare(name, *platforms) for name in _NAMES]
    finally:
        for platform in platforms:
            platform.close()
    return 0 if all(reached) else 1


def _compare(name: str, half: "_Platform", whole: "_Platform") -> bool:
    for platform in (half, whole):
        platform.ask(name)
    baseline, ours = stage.in_turn(ROUNDS, lambda: half.ask(name), lambda: whole.ask(name))
    return stage.report(
        f"growth: {name}",
        ours=ours,
        baseline=baseline,
        ratio=baseline / ours,
        target=1 / AT_MOST,
        unit="ms",
    )


class _Platform:
    """A database of a certain size with a process that asks of it."""

    def __init__(self, size: int) -> None:
        url = stage.make_database(f"bench_growth_{size}")
        with psycopg.connect(url, autocommit=True) as owner:
            growth_rows.load(owner, size)
            made = stage.manage(
                "create_api_key",
                *("--partner", "Bench", "--ppass", "Bench1", "--scopes", "all", "--name", "asks"),
                *("--rate-limit", "99999999", "--json"),
                DATABASE_URL=url,
            )
            self._process = self._start(url, str(orjson.loads(made)["key"]))
            self._line()
            growth_rows.settle(owner, size)

    def ask(self, name: str) -> float:
        """The milliseconds that one call took, of the given name."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{name}\n")
        self._process.stdin.flush()
        return float(self._line())

    def close(self) -> None:
        """End the process."""
        self._process.communicate()

    def _start(self, url: str, key: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.growth", key],
            env={
                **os.environ,
                "DATABASE_URL": url,
                "DATABASE_ROLE": "emr_web",
                "REDIS_URL": embedded.redis_url(),
                "DJANGO_SETTINGS_MODULE": "emrapi.settings",
                "TOKEN_RATE_LIMIT": "99999999",
                "LOG_LEVEL": "ERROR",
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def _line(self) -> str:
        assert self._process.stdout is not None
        if line := self._process.stdout.readline():
            return line
        raise RuntimeError("the process that asks has ended")


def serve(key: str) -> None:
    """The process that asks: hand out the events, then make the calls that it is told."""
    import django

    django.setup()
    _publish_all()
    print("ready", flush=True)
    works = _works(key)
    for line in sys.stdin:
        print(min(_timed(works[line.strip()]) for _ in range(TRIES)), flush=True)


def _timed(work: Iterator[Work]) -> float:
    call = next(work)
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000


def _works(key: str) -> dict[str, Iterator[Work]]:
    """By name, calls without end: those that write take a new time or person with each."""
    works = {**_reading(key), **_writing(key), **_of_the_sender(), **_of_staff()}
    if set(works) != set(_NAMES):
        raise RuntimeError(f"not in both lists: {set(works) ^ set(_NAMES)}")
    return works


_NAMES = (
    "token",
    "prospects, first page",
    "a prospect",
    "prospects by phone",
    "schedule of a week",
    "slots of a day",
    "next slot",
    "visits of a day",
    "products, first page",
    "products by name",
    "articles by a rare word",
    "tickets, first page",
    "a ticket",
    "deliveries, first page",
    "events, first page",
    "usage of a week",
    "new prospect",
    "booking",
    "handing out 100 events",
    "claiming 50 deliveries",
    "overview of a week",
)


def _reading(key: str) -> dict[str, Iterator[Work]]:
    client = _client(key)
    day = growth_rows.today() + datetime.timedelta(days=3)
    week = {
        "startDate": (growth_rows.today() - datetime.timedelta(days=7)).isoformat(),
        "endDate": growth_rows.today().isoformat(),
    }
    provider = "/availability/providers/1"
    person = client.get("/prospects", {"limit": 1}).json()["data"][0]
    ticket = client.get("/tickets", {"limit": 1}).json()["data"][0]
    asked: dict[str, tuple[str, dict[str, Any]]] = {
        "prospects, first page": ("/prospects", {}),
        "a prospect": (f"/prospects/{person['PatientID']}", {}),
        "prospects by phone": ("/prospects", {"search": person["Phone"]}),
        "schedule of a week": (f"{provider}/schedule", week),
        "slots of a day": (f"{provider}/slots", {"date": day.isoformat(), "duration": 15}),
        "next slot": (f"{provider}/next-slot", {"duration": 30, "maxDays": 365}),
        "visits of a day": ("/visits", {"startDate": day.isoformat(), "endDate": day.isoformat()}),
        "products, first page": ("/v1/products", {}),
        "products by name": ("/v1/products", {"search": "P777"}),
        "articles by a rare word": ("/v1/kb", {"search": _rare_word(), "limit": 5}),
        "tickets, first page": ("/tickets", {}),
        "a ticket": (f"/ticket/{ticket['TicketID']}", {}),
        "deliveries, first page": ("/v1/webhooks/deliveries", {}),
        "events, first page": ("/v1/webhooks/events", {}),
        "usage of a week": ("/v1/me/usage", week),
    }

    def ask(path: str, params: dict[str, Any]) -> Work:
        return lambda: _expect(200, client.get(path, params))

    works = {name: _again(ask(*each)) for name, each in asked.items()}
    return works | {"token": _again(lambda: _expect(200, _ask_token(client, key)))}


def _writing(key: str) -> dict[str, Iterator[Work]]:
    client = _client(key)

    def create(number: int) -> Work:
        body = {
            "FirstName": f"New{number}",
            "LastName": f"Prospect{number}",
            "EMail": f"new{number}@example.com",
            "Phone": f"555-{number:07}",
        }
        return lambda: _expect(201, client.post("/prospects", body))

    def book(number: int) -> Work:
        # The breaks that the calendars leave: four a day, of which the last is at the end.
        day, which = divmod(number, 4)
        body = {
            "PatientID": 1,
            "ProviderID": 2,
            "VisitType": "Consult",
            "VisitDate": (growth_rows.today() + datetime.timedelta(days=1 + day)).isoformat(),
            "VisitTime": ("10:30", "13:15", "16:00", "18:45")[which],
            "VisitDuration": 15,
        }
        return lambda: _expect(201, client.post("/visits/book", body))

    return {"new prospect": map(create, count(1)), "booking": map(book, count())}


def _of_the_sender() -> dict[str, Iterator[Work]]:
    from django.db import transaction

    from partners.tenancy import SENDER, acting_as
    from webhooks import claiming, dispatch

    def publish(_: int) -> Work:
        _happen(100)

        def work() -> None:
            with acting_as(SENDER):
                if dispatch.publish(100) != 100:
                    raise RuntimeError("these are not the events that happened")

        return work

    def claim() -> None:
        with acting_as(SENDER):
            if len(claiming.claim(50, busy={})) != 50:
                raise RuntimeError("there were more deliveries due")
            transaction.set_rollback(True)

    return {
        "handing out 100 events": map(publish, count()),
        "claiming 50 deliveries": _again(claim),
    }


def _of_staff() -> dict[str, Iterator[Work]]:
    from django.utils import timezone

    from dashboard import choices, overview
    from dashboard.ranges import RANGES
    from partners.tenancy import STAFF, acting_as

    def look() -> None:
        with acting_as(STAFF):
            choice = choices.read({})
            overview.read(choice.whose, RANGES["7d"], query=choice.query, now=timezone.now())

    return {"overview of a week": _again(look)}


def _client(key: str) -> Any:
    from tests.client import Client

    client = Client(ppass="Bench1")
    client.token = _ask_token(client, key).json()["accessToken"]
    return client


def _ask_token(client: Any, key: str) -> Any:
    return client.post("/auth/token", {"apiKey": key})


def _expect(status: int, answer: Any) -> None:
    if answer.status_code != status:
        raise RuntimeError(f"{answer.status_code}: {answer.content[:500]!r}")


def _again(work: Work) -> Iterator[Work]:
    while True:
        yield work


def _publish_all() -> None:
    from partners.tenancy import SENDER, acting_as
    from webhooks import dispatch

    while True:
        with acting_as(SENDER):
            if not dispatch.publish(5_000):
                return


def _happen(events: int) -> None:
    from django.db import connection

    from partners.tenancy import STAFF, acting_as

    with acting_as(STAFF), connection.cursor() as cursor:
        cursor.execute(growth_rows.EVENTS_HAPPEN, {"practices": 100, "events": events})


def _rare_word() -> str:
    from collections import Counter

    from tests.benchmarks import kb_search

    words = Counter(kb_search.pool())
    return min(words, key=lambda word: (abs(words[word] - 3), word))


if __name__ == "__main__":
    serve(sys.argv[1])
