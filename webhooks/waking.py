"""Who commits an event wakes the sender, so that it is told of at once.

Only a hint: the event is a row, and a timetable looks for rows every second. So with Redis empty or
down nothing is lost, and nobody who writes an event waits for it.

One key says that the sender is awake or has been called. While it is there, nobody calls.
"""

import time
from functools import lru_cache

import redis
import structlog
from celery import current_app
from django.conf import settings
from django.db import connection, transaction
from kombu.exceptions import OperationalError
from prometheus_client import Counter

QUEUE, PUMP = "webhooks", "webhooks.tasks.pump"
_AWAKE, _LOOKED_AT = "webhooks:awake", "webhooks:looked-at"
# A call that nobody has answered by then may be repeated; one who is awake says so more often.
_CALL_MS, _AWAKE_MS = 1000, 2000
# How long to leave Redis alone after it failed, so that a dead one does not slow every write down.
_REST_SECONDS = 1.0

unheard = Counter("emr_webhook_wake_ups_failed", "Wake-ups of the sender that Redis did not take")
_log = structlog.get_logger(__name__)
_resting_until = 0.0


def wake() -> None:
    """Call the sender once this transaction has committed: once, however often this is asked."""
    if not any(entry[1] is _call for entry in connection.run_on_commit):
        transaction.on_commit(_call, robust=True)


def stay_awake() -> None:
    """Said by the sender, more than once in two seconds: nobody needs to call."""
    try:
        with _client().pipeline(transaction=False) as line:
            line.set(_AWAKE, 1, px=_AWAKE_MS)
            line.set(_LOOKED_AT, time.time())
            line.execute()
    except redis.RedisError:
        return  # whoever calls in vain tells


def fall_asleep() -> None:
    """Said by the sender, who looks once more afterwards: what came before called nobody."""
    try:
        _client().delete(_AWAKE)
    except redis.RedisError:
        return


def looked_at() -> float | None:
    """When the sender last looked for work, as seconds since 1970; None if nobody knows."""
    try:
        found = _client().get(_LOOKED_AT)
    except redis.RedisError:
        return None
    return None if found is None else float(found)


def _call() -> None:
    global _resting_until
    if time.monotonic() < _resting_until:
        unheard.inc()
        return
    try:
        if _client().set(_AWAKE, 1, px=_CALL_MS, nx=True):
            current_app.send_task(
                PUMP,
                queue=QUEUE,
                expires=_CALL_MS / 1000,
                ignore_result=True,
                retry_policy={"max_retries": 1, "interval_start": 0, "interval_step": 0},
            )
    except (redis.RedisError, OperationalError) as error:
        _resting_until = time.monotonic() + _REST_SECONDS
        unheard.inc()
        _log.warning("webhook_sender_not_woken", error=type(error).__name__)


@lru_cache(maxsize=1)
def _client() -> "redis.Redis":
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=0.25, socket_connect_timeout=0.25
    )
