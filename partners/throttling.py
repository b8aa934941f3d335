"""How often a key, or an address, may call: one atomic count in Redis, told in IETF headers.

The window begins with its first call and lasts a minute. With Redis down calls pass: an outage of
the counter must not become one of the API. The metric says that it happened.
"""

import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import redis
import structlog
from django.conf import settings
from prometheus_client import Counter

WINDOW_SECONDS = 60
# How long to leave Redis alone after it failed, so that a dead one does not slow every call down.
_REST_SECONDS = 1.0

_COUNT = """
local n = redis.call('INCRBY', KEYS[1], ARGV[2])
if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {n, redis.call('PTTL', KEYS[1])}
"""

uncounted = Counter("emr_rate_limit_uncounted", "Calls let through because Redis was unreachable")
_log = structlog.get_logger(__name__)
_resting_until = 0.0


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a limit: `remaining` calls in the next `reset` seconds."""

    policy: str
    limit: int
    used: int
    reset: int

    @property
    def remaining(self) -> int:
        """Calls left in this window."""
        return max(0, self.limit - self.used)

    @property
    def is_exceeded(self) -> bool:
        """Whether this very call was one too many."""
        return self.used > self.limit

    def headers(self) -> dict[str, str]:
        """RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers)."""
        return {
            "RateLimit-Policy": f'"{self.policy}";q={self.limit};w={WINDOW_SECONDS}',
            "RateLimit": f'"{self.policy}";r={self.remaining};t={self.reset}',
        }


def count(policy: str, subject: str, limit: int, *, calls: int = 1) -> Allowance:
    """Count a call of `subject` against `limit` calls a minute; 0 calls are only a look."""
    global _resting_until
    if time.monotonic() >= _resting_until:
        try:
            used, ttl = _script()(
                keys=[f"rate:{policy}:{subject}"], args=[WINDOW_SECONDS * 1000, calls]
            )
        except redis.RedisError as error:
            _resting_until = time.monotonic() + _REST_SECONDS
            _log.warning("rate_limit_uncounted", error=type(error).__name__)
        else:
            return Allowance(policy, limit, used, max(1, -(-ttl // 1000)))
    uncounted.inc()
    return Allowance(policy, limit, 0, WINDOW_SECONDS)


@lru_cache(maxsize=1)
def _client() -> "redis.Redis":
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=0.25, socket_connect_timeout=0.25
    )


@lru_cache(maxsize=1)
def _script() -> Any:
    return _client().register_script(_COUNT)
