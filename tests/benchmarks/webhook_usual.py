"""The usual ways to send webhooks, as the benchmarks' baselines."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import requests

from tests.benchmarks import stage
from tests.benchmarks.webhook_stage import SUBSCRIPTIONS, Scene

QUEUE, _TASK = "bench-baseline", "tests.benchmarks.webhook_baseline.deliver"


@contextmanager
def working(scene: Scene) -> Iterator[None]:
    """A Celery worker that takes a task for each delivery, in two processes as `make run` has.

    It has sent one when it is handed over, so that it has started.
    """
    scene.subscribe()
    environment = {**os.environ, **scene.environment, "BENCH_CA_FILE": scene.receiver.ca_file}
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "--app", "emrapi", "--quiet", "worker", "-Q", QUEUE]
        + ["--include", "tests.benchmarks.webhook_baseline", "--concurrency", "2"]
        + ["--without-gossip", "--without-mingle"],
        cwd=stage.ROOT,
        env=environment,
    )
    try:
        send(*scene.deliveries(1))
        scene.wait_for(1, seconds=60)
        yield
    finally:
        process.terminate()
        process.communicate()


def task_each(scene: Scene, events: int) -> float:
    """Events a second from their commit to the last arrival."""
    with working(scene):
        ids = scene.deliveries(events, first=2)
        begun = time.monotonic()
        for delivery_id in ids:
            send(delivery_id)
        return events / (scene.wait_for(events + 1, seconds=120) - begun)


def send(delivery_id: int) -> None:
    """A task for one delivery."""
    from emrapi.celery import app

    app.send_task(_TASK, (delivery_id,), queue=QUEUE)


def one_after_the_other(scene: Scene, events: int) -> float:
    """Events a second to receivers that take 50 ms, with a kept connection to each."""
    scene.subscribe()
    sessions = [requests.Session() for _ in range(SUBSCRIPTIONS)]
    urls = [scene.receiver.address(number, "slow") for number in range(SUBSCRIPTIONS)]

    def post(number: int) -> None:
        answer = sessions[number % SUBSCRIPTIONS].post(
            urls[number % SUBSCRIPTIONS],
            data=b'{"n": %d}' % number,
            verify=scene.receiver.ca_file,
            timeout=(3, 10),
        )
        answer.raise_for_status()

    for number in range(SUBSCRIPTIONS):
        post(number)
    begun = time.monotonic()
    for number in range(events):
        post(number)
    took = time.monotonic() - begun
    for session in sessions:
        session.close()
    return events / took
