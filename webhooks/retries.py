"""When to try again, and when to give up: rules without a clock of their own."""

import datetime
import random
from email.utils import parsedate_to_datetime

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0

# After the first attempt, the second, …: thirteen in about three days.
DELAYS = (
    5.0, 30.0, 2 * _MINUTE, 10 * _MINUTE, 30 * _MINUTE,
    _HOUR, 2 * _HOUR, 4 * _HOUR, 8 * _HOUR, 12 * _HOUR, 20 * _HOUR, 24 * _HOUR,
)  # fmt: skip
# A part of each delay, either way: those that failed together do not come back together.
JITTER = 0.2
# No receiver may put us off for longer.
LONGEST_ASKED = _DAY
# A subscription to which nothing has got through for this long is disabled.
GIVE_UP_AFTER = datetime.timedelta(days=5)

# How long a receiver is left alone: at once when nobody answers, but when it answers with errors
# only after so many in a row.
_FIRST_HOLD, _LONGEST_HOLD = 5.0, 5 * _MINUTE
_PATIENCE = 10


def delay_after(
    attempts: int, *, asked: float | None = None, chance: random.Random | None = None
) -> float | None:
    """Seconds until the next attempt, after so many; None: that was the last.

    `asked` is the receiver's Retry-After, which makes it later, never sooner.
    """
    if attempts > len(DELAYS):
        return None
    spread = (chance or random).uniform(1 - JITTER, 1 + JITTER)
    return max(DELAYS[attempts - 1] * spread, min(asked or 0.0, LONGEST_ASKED))


def hold_after(failures: int, *, unreachable: bool, asked: float | None = None) -> float:
    """Seconds to leave a receiver alone, after so many failures in a row; 0: not at all."""
    steps = failures if unreachable else failures - _PATIENCE
    own = min(_FIRST_HOLD * 2.0 ** min(steps - 1, 10), _LONGEST_HOLD) if steps > 0 else 0.0
    return max(own, min(asked or 0.0, LONGEST_ASKED))


def seconds_asked(header: str | None, *, now: float) -> float | None:
    """Retry-After, seconds or a date, as seconds from `now`; None if it says nothing."""
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        asked = parsedate_to_datetime(text)
        if asked.tzinfo is None:
            asked = asked.replace(tzinfo=datetime.UTC)
        return max(0.0, asked.timestamp() - now)
    except (ValueError, OverflowError):
        return None
