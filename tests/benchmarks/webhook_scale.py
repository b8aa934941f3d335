"""A second sender, a receiver that hangs, and a backlog: what they change.

Two senders against one on the same burst, with receivers that take 50 ms, as real ones do. With
receivers that answer at once a sender is bound by its processor, and a second one finds only what
the first, PostgreSQL and the receiver, all on this machine, leave of it: so much is the target
there. The other 49 subscriptions while one hangs, against none. The memory of a sender at the end
of a backlog of 100,000, against a tenth of the way.
"""

import time
from statistics import median

import psutil

from tests.benchmarks import stage, webhook_stage
from tests.benchmarks.webhook_pace import percentiles, steadily
from tests.benchmarks.webhook_stage import SUBSCRIPTIONS, Scene

ROUNDS, BURST, SLOW_BURST = 5, 20_000, 8_000
RATE, SECONDS = 200, 12
BACKLOG = 100_000
AT_LEAST, AT_LEAST_OF_THE_REST = 1.6, 0.9
AT_MOST_SLOWER, AT_MOST_LARGER = 1.5, 1.1


def main() -> int:
    """Fill a database, then measure."""
    with webhook_stage.scene("webhook_scale") as scene:
        is_wide, is_full = _is_wide(scene), _is_full(scene)
        held, free = stage.in_turn(ROUNDS, lambda: _p99(scene, 1), lambda: _p99(scene, 0))
        early, late = _memory(scene)
    is_even = _report_most("1 of 50 hangs, others' p99", held, free, AT_MOST_SLOWER, "ms")
    is_flat = _report_most("memory at 100,000", late, early, AT_MOST_LARGER, "MiB")
    return 0 if is_wide and is_full and is_even and is_flat else 1


def _report_most(name: str, ours: float, baseline: float, most: float, unit: str) -> bool:
    is_reached = ours <= most * baseline
    print(
        f"{'webhook_scale ' + name:<34} {ours:>10.2f} {unit:<5} {baseline:>10.2f} {unit:<5}"
        f" {ours / baseline:>8.2f}   target <= {most:g}   {'ok' if is_reached else 'SHORT'}",
        flush=True,
    )
    return is_reached


def _is_wide(scene: Scene) -> bool:
    two, one = stage.in_turn(
        ROUNDS,
        lambda: _burst(scene, 2, SLOW_BURST, "slow")[0],
        lambda: _burst(scene, 1, SLOW_BURST, "slow")[0],
    )
    return stage.report(
        "webhook_scale two senders, 50 ms",
        ours=two,
        baseline=one,
        ratio=two / one,
        target=AT_LEAST,
        unit="1/s",
    )


def _is_full(scene: Scene) -> bool:
    rounds = [(_burst(scene, 2), _burst(scene, 1)) for _ in range(ROUNDS)]
    two = median(rate for (rate, _), _ in rounds)
    one, busy = (median(column) for column in zip(*(alone for _, alone in rounds), strict=True))
    return stage.report(
        f"webhook_scale two senders, {busy:.2f} cores",
        ours=two,
        baseline=one,
        ratio=two / one,
        target=round(AT_LEAST_OF_THE_REST * min(2.0, psutil.cpu_count() / busy), 2),
        unit="1/s",
    )


def _burst(
    scene: Scene, senders: int, count: int = BURST, kind: str = "fast"
) -> tuple[float, float]:
    """Events a second, and how many of the machine's cores were busy meanwhile."""
    scene.subscribe(kind=kind)
    with scene.sending(senders):
        begun, used = scene.happen(count), _core_seconds()
        seconds = scene.wait_for(count, seconds=120) - begun
        return count / seconds, (_core_seconds() - used) / seconds


def _core_seconds() -> float:
    """What all cores have worked since the machine started."""
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - times.iowait - times.guest - times.guest_nice)


def _p99(scene: Scene, hanging: int) -> float:
    """Of the 49 subscriptions that answer in any case."""
    scene.subscribe(hanging=hanging)
    events = RATE * SECONDS
    # An event goes to the practice that its number leaves over; the last one hangs.
    others = [n for n in range(2, events + 2) if 1 + n % SUBSCRIPTIONS != SUBSCRIPTIONS]
    with scene.sending():
        committed = steadily(events, lambda number: scene.happen(1, first=number), rate=RATE)
        scene.wait_for(len(others) if hanging else events, seconds=60)
        return percentiles({n: committed[n] for n in others}, scene.receiver.times())[99]


def _memory(scene: Scene) -> tuple[float, float]:
    """A sender's resident memory in MiB when a tenth has arrived, and when all has."""
    scene.subscribe()
    with scene.sending() as (sender,):
        process = psutil.Process(sender)
        scene.happen(BACKLOG)
        scene.wait_for(BACKLOG // 10, seconds=120)
        early = process.memory_info().rss
        scene.wait_for(BACKLOG, seconds=600)
        time.sleep(0.5)
        return early / 2**20, process.memory_info().rss / 2**20
