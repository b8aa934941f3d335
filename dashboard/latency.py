"""How long calls took, as counts in fixed buckets: histograms that can be added up.

A bucket's upper end is about 1.41 times its lower one, from half a millisecond to a minute. A
percentile of a histogram lies in the same bucket as that of the calls themselves. PostgreSQL
sorts calls into the same buckets by `dashboard_bucket()`.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate

# Milliseconds; bucket n holds what is at least BOUNDS[n - 1] and less than BOUNDS[n].
BOUNDS = (
    0.5, 0.7, 1, 1.4, 2, 2.8, 4, 5.7, 8, 11, 16, 23, 32, 45, 64, 91, 128, 181, 256, 362, 512, 724,
    1024, 1448, 2048, 2896, 4096, 5793, 8192, 11585, 16384, 23170, 32768, 46341, 65536,
)  # fmt: skip
BUCKETS = len(BOUNDS) + 1


def bucket(milliseconds: float) -> int:
    """The number of the bucket that a duration falls into."""
    return bisect_right(BOUNDS, milliseconds)


def percentile(histogram: Sequence[int], percent: int) -> float | None:
    """What `percent` of the calls do not exceed, in milliseconds; None without any call.

    Within its bucket, calls are taken to lie evenly. Beyond the last bound it is that bound.
    """
    reached = list(accumulate(histogram))
    if not reached or not reached[-1]:
        return None
    rank = max(1, -(-percent * reached[-1] // 100))
    number = bisect_left(reached, rank)
    low = BOUNDS[number - 1] if number else 0.0
    high = BOUNDS[number] if number < len(BOUNDS) else low
    before = reached[number] - histogram[number]
    return low + (high - low) * (rank - before - 0.5) / histogram[number]
