"""The chart's shapes stay within it, and show every error."""

import datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dashboard import charts
from dashboard.ranges import RANGES
from dashboard.usage import Step

NOW = datetime.datetime(2026, 3, 9, 14, 25, tzinfo=datetime.UTC)
numbers = st.tuples(st.integers(0, 10**9), st.floats(0, 1)).map(
    lambda pair: (pair[0], round(pair[0] * pair[1]))
)


def steps_of(chosen, counted):
    start = chosen.span(NOW)[0]
    return [
        Step(at=start + n * chosen.step, calls=calls, errors=errors)
        for n, (calls, errors) in enumerate(counted)
    ]


@given(chosen=st.sampled_from([*RANGES.values()]), data=st.data())
def test_bars_stay_within_the_chart(chosen, data):
    counted = data.draw(st.lists(numbers, min_size=chosen.steps, max_size=chosen.steps))

    chart = charts.draw(steps_of(chosen, counted), chosen)

    top = chart.lines[-1].at
    assert len(chart.bars) == chosen.steps
    for bar, (calls, errors) in zip(chart.bars, counted, strict=True):
        assert 0 <= bar.reach_left <= bar.left < bar.left + bar.width <= 100.01
        assert bar.calls_top >= top - 0.1
        assert abs(bar.calls_top + bar.calls_height - bar.errors_top) < 0.2
        assert abs(bar.errors_top + bar.errors_height - chart.bottom) < 0.2
        assert (bar.errors_height >= 2) == (errors > 0)
        assert (bar.calls_height + bar.errors_height > 0) or calls < chart_top(counted) / 1000


def chart_top(counted):
    return max(calls for calls, _ in counted) or 1


@pytest.mark.parametrize("chosen", RANGES.values(), ids=lambda chosen: chosen.name)
def test_times_below_are_few_and_lines_are_round(chosen):
    chart = charts.draw(steps_of(chosen, [(830, 4)] * chosen.steps), chosen)

    assert 5 <= len(chart.times) <= 8
    assert [line.label for line in chart.lines] == ["0", "250", "500", "750", "1k"]


@given(most=st.integers(0, 100) | st.integers(0, 10**12))
@example(most=9)
def test_the_scale_is_no_larger_than_it_need_be(most):
    top = charts._round_up(most)

    assert top >= most
    assert top % 4 == 0
    assert top <= max(4, 2 * most)


def test_a_bar_says_what_it_shows():
    week = RANGES["7d"]

    chart = charts.draw(steps_of(week, [(1, 1)] + [(1234, 0)] * 27), week)

    assert (chart.bars[0].when, chart.bars[0].said) == (
        "Mon 2 Mar 18:00–00:00",
        "1 call, 1 error",
    )
    assert chart.bars[1].said == "1,234 calls, 0 errors"
