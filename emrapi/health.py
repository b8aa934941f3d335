"""Whether this process lives, and whether it can do its work; for load balancers and operators."""

from collections.abc import Callable

import redis
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe


@require_safe
def alive(_: HttpRequest) -> JsonResponse:
    """200 as long as the process answers at all."""
    return JsonResponse({"status": "ok"})


@require_safe
def ready(_: HttpRequest) -> JsonResponse:
    """200 when database and broker answer too, else 503; each of them is named."""
    found = {"database": _works(_database), "redis": _works(_redis)}
    is_ready = all(state == "ok" for state in found.values())
    return JsonResponse(
        {"status": "ok" if is_ready else "unavailable", **found}, status=200 if is_ready else 503
    )


def _works(ask: Callable[[], object]) -> str:
    try:
        ask()
    except (DatabaseError, InterfaceError, redis.RedisError):
        return "unavailable"
    return "ok"


def _database() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        connection.close()  # the next one asks a new connection
        raise


def _redis() -> None:
    with redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1
    ) as client:
        client.ping()
