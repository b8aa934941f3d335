"""Every call is in the figures once: written late, counted twice at a time, or killed half-way."""

import datetime
import threading
from collections import Counter
from importlib import import_module

import pytest
from django.db import connection, transaction

from dashboard import counting, latency
from dashboard.models import ApiCall, DayUsage, HourUsage, MinuteUsage, UncountedCalls
from partners import tenancy
from tests.dashboard.rows import NOON, call, count, write


@pytest.fixture(autouse=True)
def _stage(database):
    """All tests here write calls."""


def rows(model):
    with tenancy.acting_as(tenancy.STAFF):
        return {
            (u.practice_id, u.partner_id, u.at, u.endpoint, u.status): (u.calls, u.duration_us)
            for u in model.objects.all()
        }


def test_a_call_is_in_the_rows_of_its_own_and_of_all():
    write(call(at=NOON.replace(minute=7, second=31)))

    assert count() == 1

    endpoint = "GET v1/<ppass:ppass>/tags"
    keys = [(p, q, e) for p in (0, 3) for q in (0, 2) for e in ("*", endpoint)]
    for model, at in (
        (MinuteUsage, NOON.replace(minute=7)),
        (HourUsage, NOON),
        (DayUsage, NOON.replace(hour=0)),
    ):
        assert rows(model) == {(p, q, at, e, 200): (1, 3000) for p, q, e in keys}
    with tenancy.acting_as(tenancy.STAFF):
        assert not UncountedCalls.objects.exists()
        (histogram,) = DayUsage.objects.filter(
            practice_id=3, partner_id=2, endpoint="*"
        ).values_list("histogram", flat=True)
    assert histogram == [int(n == latency.bucket(3.0)) for n in range(latency.BUCKETS)]


def test_a_call_of_nobody_known_is_in_the_rows_of_all_only():
    write(call(practice_id=None, partner_id=None, key_id=None, status=401))

    count()

    assert {key[:2] for key in rows(HourUsage)} == {(0, 0)}


def test_made_up_methods_and_paths_make_no_endpoints_of_their_own():
    write(
        call(method="BREW"),
        call(method="STEEP"),
        call(method="BREW", route="", status=404),
        call(method="GET", route="", status=404),
    )

    count()

    counts = {key[3]: calls for key, (calls, _) in rows(DayUsage).items() if key[:2] == (0, 0)}
    assert counts == {"*": 2, "? v1/<ppass:ppass>/tags": 2, "": 2}


def test_late_rows_are_counted_once():
    write(call(), call())
    count()

    write(call(at=NOON - datetime.timedelta(days=1)), call())

    assert count() == 2
    assert count() == 0
    whole = {key[2]: calls for key, (calls, _) in rows(DayUsage).items() if key[:4:3] == (0, "*")}
    assert whole == {
        NOON.replace(hour=0): 3,
        NOON.replace(hour=0) - datetime.timedelta(days=1): 1,
    }


def test_a_row_that_commits_late_is_counted_then():
    written = threading.Event()
    counted = threading.Event()

    def write_slowly():
        with transaction.atomic():
            write(call())
            written.set()
            counted.wait(30)
        connection.close()

    thread = threading.Thread(target=write_slowly)
    thread.start()
    assert written.wait(30)
    write(call(), call())
    first = count()
    counted.set()
    thread.join(30)

    assert (first, count(), count()) == (2, 1, 0)


def test_whoever_adds_calls_has_them_counted():
    with tenancy.acting_as(tenancy.STAFF):
        ApiCall.objects.bulk_create(ApiCall(**call()._asdict()) for _ in range(3))

    assert count() == 3


def test_calls_from_before_there_were_figures_are_counted_too(owner):
    write(call(), call(status=404))
    with tenancy.acting_as(tenancy.STAFF):
        UncountedCalls.objects.all().delete()
    migration = import_module("dashboard.migrations.0002_usage")

    with owner.transaction():
        owner.execute(migration._EARLIER)

    assert owner.execute("SELECT current_user = session_user").fetchone() == (True,)
    assert count() == 2


def test_an_interrupted_count_changes_nothing():
    write(call(), call(status=500))

    with tenancy.acting_as(tenancy.WORKER):
        assert counting.count_batch() == (2, 2)
        transaction.set_rollback(True)

    assert rows(MinuteUsage) == {}
    assert count() == 2


def test_two_at_once_count_each_call_once(monkeypatch):
    monkeypatch.setattr(counting, "BATCH", 50)
    done: Counter[int] = Counter()

    def keep_counting(number):
        for _ in range(20):
            done[number] += count()
        connection.close()

    for n in range(40):
        write(*[call(duration_ms=float(n * 10 + k), status=200 + k) for k in range(10)])
    threads = [threading.Thread(target=keep_counting, args=[n]) for n in range(3)]
    for thread in threads:
        thread.start()
    for n in range(20):
        write(*[call(duration_ms=float(n * 10 + k), status=200 + k) for k in range(10)])
    for thread in threads:
        thread.join()
    count()

    whole = [v[0] for k, v in rows(HourUsage).items() if k[:2] == (0, 0) and k[3] == "*"]
    assert sum(whole) == 600


def test_the_database_sorts_into_the_same_buckets():
    edges = [float(b - less) for b in latency.BOUNDS for less in (0, 0.001)] + [0.0, 1e9]
    with connection.cursor() as cursor:
        cursor.execute("SELECT dashboard_bucket(ms) FROM unnest(%s::float8[]) AS ms", [edges])
        found = [number for (number,) in cursor.fetchall()]

    assert found == [latency.bucket(edge) for edge in edges]


def test_a_partner_sees_the_sums_of_its_own():
    write(call(), call(partner_id=4, practice_id=5), call(partner_id=None, practice_id=None))
    count()

    with transaction.atomic(), connection.cursor() as cursor:
        assert not DayUsage.objects.exists()
        cursor.execute("SELECT set_config('app.partner_id', '2', true)")
        assert set(DayUsage.objects.values_list("partner_id", flat=True)) == {2}


def test_old_parts_are_dropped_whole(owner):
    now = datetime.datetime.now(datetime.UTC)
    old = now - datetime.timedelta(days=400)
    first, after = old.date(), old.date() + datetime.timedelta(days=2)
    for table in ("dashboard_apicall", "dashboard_minuteusage", "dashboard_hourusage"):
        owner.execute(
            f"CREATE TABLE {table}_old PARTITION OF {table}"
            f" FOR VALUES FROM ('{first}') TO ('{after}')"
        )
    write(call(at=old), call(at=old - datetime.timedelta(days=9)), call(at=now))
    count()

    with tenancy.acting_as(tenancy.WORKER):
        dropped = counting.forget(calls_kept=datetime.timedelta(days=90), now=now)

    assert dropped == 3
    with tenancy.acting_as(tenancy.STAFF):
        assert [c.at for c in ApiCall.objects.all()] == [now]
        assert MinuteUsage.objects.filter(at__lt=old + datetime.timedelta(days=300)).count() == 0
        assert DayUsage.objects.filter(practice_id=0, partner_id=0, endpoint="*").count() == 3


def test_the_last_day_cannot_be_dropped():
    now = datetime.datetime.now(datetime.UTC)
    with (
        pytest.raises(Exception, match="the last day is kept"),
        tenancy.acting_as(tenancy.WORKER),
    ):
        counting.forget(calls_kept=datetime.timedelta(hours=1), now=now)
