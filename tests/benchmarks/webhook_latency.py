"""100 events a second, each committed by itself: how long from its commit to its arrival.

Baseline: one Celery task for each delivery, sent at once after the commit; it gets fewer events.
"""

import time
from statistics import median

from tests.benchmarks import stage, webhook_stage
from tests.benchmarks.webhook_pace import percentiles, steadily
from tests.benchmarks.webhook_stage import Scene
from tests.benchmarks.webhook_usual import send, working

ROUNDS = 5
RATE, EVENTS, USUAL_EVENTS = 100, 1200, 400
AT_MOST_MS = 100.0


def main() -> int:
    """Fill a database, then measure."""
    with webhook_stage.scene("webhook_latency") as scene:
        found = [(_ours(scene), _usual(scene)) for _ in range(ROUNDS)]
    p50, p99 = (median(ours[at] for ours, _ in found) for at in (50, 99))
    usual50, usual99 = (median(usual[at] for _, usual in found) for at in (50, 99))
    stage.report(
        "webhook_latency p50", ours=p50, baseline=usual50, ratio=usual50 / p50, target=1, unit="ms"
    )
    is_reached = p99 <= AT_MOST_MS
    print(
        f"{'webhook_latency p99':<34} {p99:>10.2f} ms    {usual99:>10.2f} ms   "
        f" {usual99 / p99:>8.2f}   target <= {AT_MOST_MS:g} ms   {'ok' if is_reached else 'SHORT'}"
    )
    return 0 if is_reached else 1


def _ours(scene: Scene) -> dict[int, float]:
    scene.subscribe()
    with scene.sending():
        committed = steadily(EVENTS, lambda number: scene.happen(1, first=number), rate=RATE)
        scene.wait_for(EVENTS, seconds=60)
        return percentiles(committed, scene.receiver.times())


def _usual(scene: Scene) -> dict[int, float]:
    def happen(number: int) -> float:
        (delivery_id,) = scene.deliveries(1, first=number)
        committed = time.monotonic()
        send(delivery_id)
        return committed

    with working(scene):
        committed = steadily(USUAL_EVENTS, happen, rate=RATE)
        scene.wait_for(USUAL_EVENTS + 1, seconds=120)
        return percentiles(committed, scene.receiver.times())
