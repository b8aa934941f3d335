"""When to try again, and for how long to leave a receiver alone."""

import datetime
import random
from email.utils import format_datetime

from hypothesis import example, given
from hypothesis import strategies as st

from webhooks import retries
from webhooks.retries import delay_after, hold_after, seconds_asked

DAY = 86400
NOW = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)

chances = st.integers(0, 2**32).map(random.Random)
failures = st.integers(1, 100)
asked = st.none() | st.floats(0, 10 * DAY)


@given(chance=chances)
def test_all_attempts_take_about_three_days(chance):
    delays = [delay_after(attempt, chance=chance) for attempt in range(1, 14)]

    assert delays[-1] is None
    assert 2.4 * DAY < sum(delays[:-1]) < 3.6 * DAY


@given(attempts=st.integers(1, 12), chance=chances)
def test_delay_is_the_planned_one_within_its_jitter(attempts, chance):
    planned = retries.DELAYS[attempts - 1]

    assert abs(delay_after(attempts, chance=chance) - planned) <= planned * retries.JITTER


@given(attempts=st.integers(1, 11), chance=chances)
def test_later_attempts_wait_longer(attempts, chance):
    assert delay_after(attempts + 1, chance=chance) > delay_after(attempts, chance=chance) * 0.75
    assert retries.DELAYS[attempts] > retries.DELAYS[attempts - 1]


def test_those_that_failed_together_come_back_apart():
    delays = [delay_after(3, chance=random.Random(seed)) for seed in range(100)]

    assert len(set(delays)) == 100
    assert max(delays) - min(delays) > 0.3 * retries.DELAYS[2]


@given(attempts=st.integers(1, 12), asked=asked, seed=st.integers())
def test_receiver_may_put_us_off_for_a_day_and_never_hurry_us(attempts, asked, seed):
    plain = delay_after(attempts, chance=random.Random(seed))
    delay = delay_after(attempts, asked=asked, chance=random.Random(seed))

    assert delay == max(plain, min(asked or 0, DAY))


@given(attempts=st.integers(13, 1000), asked=asked)
def test_after_the_last_attempt_there_is_none(attempts, asked):
    assert delay_after(attempts, asked=asked) is None


@given(failures=failures)
def test_nobody_there_is_held_at_once_and_ever_longer_up_to_five_minutes(failures):
    hold = hold_after(failures, unreachable=True)

    assert 5 <= hold <= 300
    assert hold <= hold_after(failures + 1, unreachable=True)
    assert [hold_after(n, unreachable=True) for n in range(1, 9)] == [
        5, 10, 20, 40, 80, 160, 300, 300,
    ]  # fmt: skip


@given(failures=failures)
def test_answers_that_are_errors_are_borne_with_ten_times(failures):
    hold = hold_after(failures, unreachable=False)

    assert hold == (0 if failures <= 10 else hold_after(failures - 10, unreachable=True))


@given(failures=failures, asked=asked, unreachable=st.booleans())
def test_receiver_that_asks_for_time_gets_it(failures, asked, unreachable):
    hold = hold_after(failures, unreachable=unreachable, asked=asked)

    assert hold == max(hold_after(failures, unreachable=unreachable), min(asked or 0, DAY))


@given(seconds=st.integers(0, 10**9 - 1))
def test_retry_after_in_seconds(seconds):
    assert seconds_asked(str(seconds), now=NOW.timestamp()) == seconds


@given(seconds=st.integers(-DAY, 100 * DAY))
def test_retry_after_as_a_date(seconds):
    date = format_datetime(NOW + datetime.timedelta(seconds=seconds), usegmt=True)

    assert seconds_asked(date, now=NOW.timestamp()) == max(0, seconds)


_PARTS = st.sampled_from(
    "Mon, Thu, 1 01 Jan 1970 0001 9999 99999999999 -1 00:00:00 25:61:61 9999999999:1:1 GMT +9999"
    " +99999999999 EST Z".split()
)


@given(text=st.none() | st.text(max_size=40) | st.lists(_PARTS, max_size=8).map(" ".join))
@example(text="Mon, 01 Jan 99999999999 00:00:00 GMT")
@example(text="Thu, 01 Jan 0001 00:00:00 +2359")
def test_retry_after_that_is_neither_is_none_or_harmless(text):
    found = seconds_asked(text, now=NOW.timestamp())

    assert found is None or found >= 0
