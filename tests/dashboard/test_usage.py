"""The figures are what a direct count over the raw rows gives."""

import datetime
import math
from collections import Counter
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard import counting, latency, ranges, usage
from dashboard.models import ApiCall
from dashboard.ranges import DAY, HOUR, MINUTE, RANGES, floor
from dashboard.usage import Figures, Whose
from partners import tenancy
from tests.dashboard.rows import NOON, call, count, write

PLACES = ["v1/<ppass:ppass>/tags", "v1/<ppass:ppass>/visits/book", ""]
MINUTES = 4 * 24 * 60

whoever = st.sampled_from([(None, None), (1, 1), (1, 2), (2, 2), (2, 1)])
calls = st.builds(
    lambda seconds, who, route, method, status, ms: call(
        at=NOON + datetime.timedelta(seconds=seconds),
        practice_id=who[0],
        partner_id=who[1],
        route=route,
        method=method,
        status=status,
        duration_ms=ms,
    ),
    st.integers(0, MINUTES * 60 - 1),
    whoever,
    st.sampled_from(PLACES),
    st.sampled_from(["GET", "POST"]),
    st.sampled_from([200, 201, 401, 404, 409, 500]),
    st.integers(0, 90_000_000).map(lambda us: us / 1000) | st.integers(0, 400).map(float),
)
minutes = st.integers(0, MINUTES)


@pytest.fixture(autouse=True)
def _stage(database):
    """All tests here read figures."""


def of(rows):
    """The figures of raw rows."""
    rows = list(rows)
    histogram = Counter(latency.bucket(row.duration_ms) for row in rows)
    return Figures(
        calls=len(rows),
        errors=sum(row.status >= 400 for row in rows),
        duration_us=sum(round(row.duration_ms * 1000) for row in rows),
        histogram=[histogram[n] for n in range(latency.BUCKETS)] if rows else Figures().histogram,
    )


def endpoint(row):
    return f"{row.method} {row.route}" if row.route else ""


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_figures_agree_with_a_direct_count(wipe, data):
    wipe()
    for part in data.draw(st.lists(st.lists(calls, max_size=40), max_size=4)):
        write(*part)
        if data.draw(st.booleans()):
            count()
    count()
    whose = Whose(
        practice_id=data.draw(st.sampled_from([0, 1, 2])),
        partner_id=data.draw(st.sampled_from([0, 1, 2])),
    )
    first, second = sorted(data.draw(st.tuples(minutes, minutes)))
    span = NOON + first * MINUTE, NOON + second * MINUTE
    everything = NOON, NOON + MINUTES * MINUTE

    with tenancy.acting_as(tenancy.STAFF):
        rows = [
            row
            for row in ApiCall.objects.all()
            if whose.practice_id in (0, row.practice_id) and whose.partner_id in (0, row.partner_id)
        ]
        found = usage.figures(whose, {"span": span, "everything": everything})
        busiest = usage.endpoints(whose, span, most=100)
        faults = usage.faults(whose, span, most=100)

    within = [row for row in rows if span[0] <= row.at < span[1]]
    assert found == {"span": of(within), "everything": of(rows)}
    assert dict(busiest) == {
        name: of(row for row in within if endpoint(row) == name) for name in map(endpoint, within)
    }
    assert [figures.calls for _, figures in busiest] == sorted(
        (figures.calls for _, figures in busiest), reverse=True
    )
    assert {(fault.endpoint, fault.status): fault.calls for fault in faults} == Counter(
        (endpoint(row), row.status) for row in within if row.status >= 400
    )


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(calls, max_size=60), minute=minutes, chosen=st.sampled_from([*RANGES]))
def test_steps_agree_with_a_direct_count(wipe, rows, minute, chosen):
    wipe()
    write(*rows)
    count()
    span = RANGES[chosen].span(NOON + minute * MINUTE)
    step = RANGES[chosen].step

    with tenancy.acting_as(tenancy.STAFF):
        found = usage.steps(Whose(), span, step)

    assert [one.at for one in found] == [span[0] + n * step for n in range(RANGES[chosen].steps)]
    for one in found:
        within = of(row for row in rows if one.at <= row.at < one.at + step)
        assert (one.calls, one.errors) == (within.calls, within.errors)


@given(
    durations=st.lists(
        st.floats(0, 65_000) | st.sampled_from([float(b) for b in latency.BOUNDS[:-1]]), min_size=1
    ),
    percent=st.sampled_from([1, 50, 90, 95, 99, 100]),
)
def test_a_percentile_is_in_the_bucket_of_the_true_one(durations, percent):
    histogram = [0] * latency.BUCKETS
    for duration in durations:
        histogram[latency.bucket(duration)] += 1
    true = sorted(durations)[max(0, math.ceil(percent * len(durations) / 100) - 1)]

    found = latency.percentile(histogram, percent)

    assert latency.bucket(found) == latency.bucket(true)
    if true >= latency.BOUNDS[0]:
        assert abs(found - true) <= 0.46 * true


def test_buckets_are_narrow():
    widths = [high / low for low, high in pairwise(latency.BOUNDS)]

    assert max(widths) < 1.46


def test_nothing_has_no_percentile():
    assert latency.percentile([0] * latency.BUCKETS, 95) is None
    assert Figures().percentile(50) is None
    assert (Figures().success_rate, Figures().average_ms) == (None, None)


def test_what_took_longer_than_a_minute_is_said_to_take_one():
    histogram = [0] * latency.BUCKETS
    histogram[latency.bucket(1e9)] = 3

    assert latency.percentile(histogram, 50) == 65536


@given(first=minutes, second=minutes)
def test_pieces_cover_a_span_once(first, second):
    first, second = sorted((first, second))
    span = NOON + first * MINUTE, NOON + second * MINUTE
    lengths = {"minute": MINUTE, "hour": HOUR, "day": DAY}

    found = list(usage.pieces(span))

    ordered = sorted(piece for _, piece in found)
    assert ordered[0][0] == span[0]
    assert ordered[-1][1] == span[1]
    assert all(one[1] == next_[0] for one, next_ in pairwise(ordered))
    assert len(found) <= 5
    for table, (start, end) in found:
        assert (floor(start, lengths[table]), floor(end, lengths[table])) == (start, end)
        if table != "day":
            assert end - start < 2 * (DAY if table == "hour" else HOUR)


@pytest.mark.parametrize("chosen", RANGES.values(), ids=lambda chosen: chosen.name)
@given(seconds=st.integers(0, 10**8))
def test_ranges_are_compared_as_far_as_they_are_over(chosen, seconds):
    now = NOON + datetime.timedelta(seconds=seconds)

    start, end = chosen.span(now)
    over, before = chosen.compared(now)

    assert start <= now < end
    assert end - start == chosen.steps * chosen.step
    assert over[0] == start
    assert start < over[1] <= now
    assert now - over[1] <= chosen.length / 24
    assert (before[0] + chosen.length, before[1] + chosen.length) == over
    for table, (first, _) in [
        piece for span in ((start, end), over, before) for piece in usage.pieces(span)
    ]:
        if table == "minute":
            assert now - first < counting.MINUTES_KEPT - DAY
        if table == "hour":
            assert now - first < counting.HOURS_KEPT - DAY


def test_waiting_calls_are_told_of():
    with tenancy.acting_as(tenancy.STAFF):
        assert usage.waiting_seconds() == 0
    write(call())

    with tenancy.acting_as(tenancy.STAFF):
        assert 0 < usage.waiting_seconds() < 30
    count()
    with tenancy.acting_as(tenancy.STAFF):
        assert usage.waiting_seconds() == 0


def test_figures_are_one_query_each_and_read_no_calls():
    write(*[call(at=NOON + n * MINUTE, status=200 + n) for n in range(300)])
    count()
    span = ranges.USUAL.span(NOON + HOUR)

    with (
        tenancy.acting_as(tenancy.STAFF),
        CaptureQueriesContext(
            connection,
        ) as queries,
    ):
        over, before = ranges.USUAL.compared(NOON)
        usage.figures(Whose(), {"now": span, "over": over, "before": before})
        usage.steps(Whose(), span, ranges.USUAL.step)
        usage.endpoints(Whose(), span, most=8)
        usage.faults(Whose(), span, most=8)

    assert len(queries) == 4
    assert not any("apicall" in query["sql"] for query in queries)
