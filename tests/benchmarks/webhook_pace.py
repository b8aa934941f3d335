"""Events at an even pace, and how long each took to arrive.

The first ones open the connections that the others use; they do not count.
"""

import time
from collections.abc import Callable

WARM_UP = 200


def steadily(events: int, happen: Callable[[int], float], *, rate: int) -> dict[int, float]:
    """Let events number 2, 3, … happen, so many a second; when each was committed."""
    begun = time.monotonic()
    committed = {}
    for number in range(2, events + 2):
        time.sleep(max(0.0, begun + (number - 2) / rate - time.monotonic()))
        committed[number] = happen(number)
    return committed


def percentiles(committed: dict[int, float], arrived: dict[int, float]) -> dict[int, float]:
    """The 50th and 99th percentile, in ms from commit to arrival, once it has warmed up."""
    took = sorted(
        1000 * (arrived[number] - at) for number, at in committed.items() if number > WARM_UP
    )
    return {share: took[len(took) * share // 100] for share in (50, 99)}
