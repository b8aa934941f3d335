"""20,000 events at once, 50 subscriptions, receivers with TLS and keep-alive, one sender.

Baseline: one Celery task for each delivery with `requests.post`, as many processes as `make run`
gives a worker; it gets fewer events, since its rate does not depend on how many there are. For
receivers that take 50 ms: one after the other, with a kept connection to each.
"""

from tests.benchmarks import stage, webhook_stage
from tests.benchmarks.webhook_usual import one_after_the_other, task_each

ROUNDS = 5
EVENTS, USUAL_EVENTS = 20_000, 300
SLOW_EVENTS, SERIAL_EVENTS = 5_000, 60
AT_LEAST, AT_LEAST_SLOW = 20.0, 15.0


def main() -> int:
    """Fill a database, then measure."""
    with webhook_stage.scene("webhook_burst") as scene:

        def ours(events: int, kind: str) -> float:
            scene.subscribe(kind=kind)
            with scene.sending():
                begun = scene.happen(events)
                return events / (scene.wait_for(events, seconds=120) - begun)

        rate, usual = stage.in_turn(
            ROUNDS, lambda: ours(EVENTS, "fast"), lambda: task_each(scene, USUAL_EVENTS)
        )
        slow, serial = stage.in_turn(
            ROUNDS,
            lambda: ours(SLOW_EVENTS, "slow"),
            lambda: one_after_the_other(scene, SERIAL_EVENTS),
        )
    is_fast = stage.report(
        "webhook_burst", ours=rate, baseline=usual, ratio=rate / usual, target=AT_LEAST, unit="1/s"
    )
    is_wide = stage.report(
        "webhook_burst 50 ms receivers",
        ours=slow,
        baseline=serial,
        ratio=slow / serial,
        target=AT_LEAST_SLOW,
        unit="1/s",
    )
    return 0 if is_fast and is_wide else 1
