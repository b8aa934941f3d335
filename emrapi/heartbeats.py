"""Signs of life of worker, sender and beat: in Redis, by name, with the time of the last one.

A worker says so from the loop that takes its tasks, beat whenever it has sent one; so neither is
taken for alive because some thread of it is. Who ends in good order takes its name away.
"""

import time
from functools import lru_cache
from typing import Any

import redis
from celery import signals
from django.conf import settings

# How often a worker gives a sign, and after how long without one it is taken for dead.
EVERY, DEAD_AFTER = 2.0, 10.0
BEAT = "beat"
_KEY = "emr:alive"
# Who was killed and came back under another name, as containers do, is forgotten in time.
_FORGOTTEN_AFTER = 3600.0


def give_sign(name: str) -> None:
    """Say that `name` is alive; without Redis nobody hears it, and nobody is held up."""
    try:
        with _client().pipeline(transaction=False) as line:
            line.zadd(_KEY, {name: time.time()})
            line.zremrangebyscore(_KEY, 0, time.time() - _FORGOTTEN_AFTER)
            line.execute()
    except redis.RedisError:
        return


def take_leave(name: str) -> None:
    """Say that `name` has ended as it was meant to."""
    try:
        _client().zrem(_KEY, name)
    except redis.RedisError:
        return


def ages() -> dict[str, float] | None:
    """For each name the seconds since its last sign; None if Redis does not answer."""
    try:
        signs: Any = _client().zrange(_KEY, 0, -1, withscores=True)
    except redis.RedisError:
        return None
    now = time.time()
    return {name.decode(): max(0.0, now - at) for name, at in signs}


def connect() -> None:
    """Have Celery's processes give their signs."""
    signals.worker_ready.connect(_on_worker_ready, weak=False)
    signals.worker_shutdown.connect(_on_worker_end, weak=False)
    signals.beat_init.connect(_on_beat_start, weak=False)


def _on_worker_ready(sender: Any, **_: Any) -> None:
    give_sign(sender.hostname)
    sender.timer.call_repeatedly(EVERY, give_sign, args=(sender.hostname,))


def _on_worker_end(sender: Any, **_: Any) -> None:
    take_leave(sender.hostname)


def _on_beat_start(**_: Any) -> None:
    give_sign(BEAT)
    signals.after_task_publish.connect(_on_task_sent, weak=False)


def _on_task_sent(**_: Any) -> None:
    give_sign(BEAT)


@lru_cache(maxsize=1)
def _client() -> "redis.Redis":
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5)
