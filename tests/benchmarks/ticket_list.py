"""The list of tickets, total and page, among a million; by each of its filters.

Baseline: the page by primary key alone, that is, the same 25 tickets read by their ids, through the
same role, without a total. Timed are the queries of the view's filters and pages, with what Django
takes to write them and to make objects of the rows, as on both sides; the lines of SQL alone leave
Django out. Measured in a practice of 200,000 tickets and in one of 2,000.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import psycopg

from tests.benchmarks import stage

ALL = 1_000_000
SIZES = {1: 200_000, 2: 2_000}
OTHERS = 400
ROUNDS = 9
# In a round each side is tried so many times and its best time counts; see `search`.
TRIES = 15
PAGE = 25
# The list may take three times as long as the page by primary key.
TARGET = 1 / 3

# Most tickets are over; who looks after them, how urgent they are and what they say varies.
_INSERT = """
INSERT INTO tickets_ticket (practice_id, subject, description, status, priority, category,
    requester, assigned_to, created_at, updated_at)
SELECT practice_id,
    (ARRAY['Portal is slow', 'Key is refused', 'Visit is missing', 'Wrong price'])[1 + a %% 4]
        || ' ' || a %% 9973,
    'Since noon the page of patient ' || b %% 99991 || ' does not load; it said ' || c %% 7919,
    (ARRAY['Open', 'Pending', 'OnHold', 'Resolved', 'Closed', 'Closed', 'Closed', 'Closed'])
        [1 + b %% 8],
    (ARRAY['Low', 'Normal', 'Normal', 'Normal', 'High', 'Urgent'])[1 + c %% 6],
    (ARRAY['Portal', 'Keys', 'Products', ''])[1 + c %% 4], 'Requester ' || a %% 5000,
    'Agent ' || b %% 200, at, at
FROM (
    SELECT practice_id, now() - c %% 900 * interval '1 day' AS at, a, b, c FROM (
        SELECT practice_id,
            abs(hashint8extended(practice_id * 1000000 + n, 1) %% 1000000007) AS a,
            abs(hashint8extended(practice_id * 1000000 + n, 2) %% 1000000007) AS b,
            abs(hashint8extended(practice_id * 1000000 + n, 3) %% 1000000007) AS c
        FROM unnest(%s::bigint[], %s::bigint[]) AS size (practice_id, tickets),
            generate_series(1, tickets) AS n
    ) AS numbers ORDER BY a
) AS tickets
"""


def main() -> int:
    """Fill a database of our own, then measure in a process that is set up as the server is."""
    url = stage.make_database("bench_tickets")
    rest = (ALL - sum(SIZES.values())) // OTHERS
    first = len(SIZES) + 1
    with psycopg.connect(url, autocommit=True) as owner:
        stage.add_practices(owner, len(SIZES) + OTHERS)
        load(owner, SIZES | dict.fromkeys(range(first, first + OTHERS), rest))
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "DATABASE_ROLE": "emr_web",
        "DJANGO_SETTINGS_MODULE": "emrapi.settings",
    }
    return subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.ticket_list"], env=environment, check=False
    ).returncode


def load(owner: psycopg.Connection[Any], sizes: dict[int, int]) -> None:
    """Fill practices, given as id and number of tickets, with counts but without history."""
    owner.execute("SET maintenance_work_mem = '256MB'")
    indexes = owner.execute(
        "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i"
        " WHERE i.indrelid = 'tickets_ticket'::regclass AND NOT i.indisunique"
    ).fetchall()
    for name, _ in indexes:
        owner.execute(f"DROP INDEX {name}")
    history = owner.execute(
        "SELECT tgname FROM pg_trigger WHERE tgrelid = 'tickets_ticket'::regclass"
        " AND tgname LIKE 'pgtrigger_%'"
    ).fetchall()
    for (name,) in history:
        owner.execute(f"ALTER TABLE tickets_ticket DISABLE TRIGGER {name}")
    with owner.transaction():
        owner.execute("SET LOCAL ROLE emr_staff")
        owner.execute(_INSERT, [list(sizes), list(sizes.values())])
    for (name,) in history:
        owner.execute(f"ALTER TABLE tickets_ticket ENABLE TRIGGER {name}")
    for _, definition in indexes:
        owner.execute(definition)
    owner.execute("VACUUM ANALYZE tickets_ticket, tickets_ticketcount")


def measure() -> int:
    """Print a line for each list and practice; 1 if one of them falls short."""
    import django

    django.setup()
    reached = []
    for practice, size in SIZES.items():
        _prove(practice, size)
        for kind, params in _LISTS.items():
            reached += [
                _compare(practice, kind, params, with_django=each) for each in (True, False)
            ]
    return 0 if all(reached) else 1


_LISTS: dict[str, dict[str, str]] = {
    "all": {},
    "by status": {"status": "Pending"},
    "by priority": {"priority": "Urgent"},
    "by status and priority": {"status": "Closed", "priority": "Normal"},
    "of one agent, in this status": {"status": "Open", "assignedTo": "agent 8"},
    "second page": {"page": "2"},
}


def _prove(practice: int, size: int) -> None:
    """The kept totals are those of counting, for all and for each status."""
    from tickets.models import Ticket, TicketCount

    def check() -> None:
        tickets = Ticket.objects.filter(practice_id=practice)
        for by in ({}, {"status": "Open"}, {"status": "Closed", "priority": "High"}):
            counts = TicketCount.objects.filter(practice_id=practice, **by)
            counted, kept = tickets.filter(**by).count(), tickets.counted_by(counts).count()
            if counted != kept or (not by and counted != size):
                raise RuntimeError(f"{kept} are kept and {counted} are there, by {by}")

    _within(practice, check)


def _compare(practice: int, kind: str, params: dict[str, str], *, with_django: bool) -> bool:
    from tickets.models import Ticket

    ask = _asking(practice, params)
    rows, total = _within(practice, ask)
    if not rows or total < len(rows):
        raise RuntimeError(f"no tickets {kind}")
    ids = [row.pk for row in rows]
    own = Ticket.objects.filter(practice_id=practice).defer("search_text", "assignee")

    def by_key() -> Any:
        return list(own.filter(pk__in=ids).order_by("-id"))

    timed = _whole if with_django else _statements
    sides = [_best(timed(side)) for side in (ask, by_key)]
    ours, baseline = _within(practice, lambda: stage.in_turn(ROUNDS, *sides))
    alone = "" if with_django else ", SQL alone"
    return stage.report(
        f"tickets of {SIZES[practice]:,}: {kind}{alone}",
        ours=ours,
        baseline=baseline,
        ratio=baseline / ours,
        target=TARGET,
        unit="ms",
    )


def _asking(practice: int, params: dict[str, str]) -> Callable[[], tuple[list[Any], int]]:
    """The page and the total, through the view's own filters and pages."""
    from types import SimpleNamespace

    from django.http import QueryDict

    from emrapi.api.pagination import PageLimit
    from tickets.views import TicketViewSet

    given = QueryDict("&".join(f"{name}={value}" for name, value in params.items()))
    caller = SimpleNamespace(practice_id=practice)
    request: Any = SimpleNamespace(query_params=given, GET=given, user=caller)

    view = TicketViewSet(action="list", request=request)
    tickets = view.filter_queryset(view.get_queryset())

    def ask() -> tuple[list[Any], int]:
        pages = PageLimit()
        rows = pages.paginate_queryset(tickets, request)
        return rows, pages.total

    return ask


def _best(run: Callable[[], float]) -> Callable[[], float]:
    return lambda: min(run() for _ in range(TRIES))


def _whole(work: Callable[[], Any]) -> Callable[[], float]:
    """The time of it all, in milliseconds."""

    def run() -> float:
        started = time.perf_counter()
        work()
        return (time.perf_counter() - started) * 1000

    return run


def _statements(work: Callable[[], Any]) -> Callable[[], float]:
    """The time of its statements alone, with all rows fetched."""
    from django.db import connection

    statements: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        work()

    def run() -> float:
        with connection.cursor() as cursor:
            started = time.perf_counter()
            for statement in statements:
                cursor.execute(*statement)
                cursor.fetchall()
            return (time.perf_counter() - started) * 1000

    return run


def _within(practice: int, work: Callable[[], Any]) -> Any:
    """As a request does it: one transaction that may see one practice."""
    from partners.tenancy import within_practice

    with within_practice(practice):
        return work()


if __name__ == "__main__":
    sys.exit(measure())
