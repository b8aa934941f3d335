"""A write that is tried twice happens once.

The answer is stored in the transaction of the write itself: either both are there or neither. So a
call that was cut off, or refused, leaves nothing behind and may simply be made again; and a lock
that PostgreSQL drops with the transaction tells a twin that the first try is still running. Where
there is work after the commit, the lock is the connection's for so long: it cannot outlive us.
"""

import datetime
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from emrapi.api.errors import Conflict, UnprocessableIdempotency
from emrapi.api.rendering import JSONRenderer
from partners.caller import Caller, caller_of
from partners.models import StoredAnswer

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
_SANE = re.compile(r"[\x21-\x7e]{1,255}")
_KEPT_HEADERS = ("ETag", "Location")


class Keeping(NamedTuple):
    """How the bytes of an answer are kept, and had back."""

    seal: Callable[[bytes], bytes]
    open: Callable[[bytes], bytes]


PLAINLY = Keeping(bytes, bytes)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of a write that carries an Idempotency-Key."""

    caller: Caller
    key: str
    fingerprint: str
    keeping: Keeping = PLAINLY

    @property
    def lock(self) -> list[Any]:
        """The two that the lock's number is made of."""
        return [self.key, self.caller.key_id]


def attempt_of(request: Request, keeping: Keeping = PLAINLY) -> Attempt | None:
    """The attempt that this request makes; None without the header. Reads the body.

    Raises ValidationError for a key that is not 1 to 255 visible ASCII characters.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not _SANE.fullmatch(key):
        raise ValidationError({HEADER: ["Send 1 to 255 visible ASCII characters."]})
    request.data  # noqa: B018 - parsing notes the body's digest
    digest = getattr(request, "body_sha256", "")
    what = f"{request.method}\n{request.get_full_path()}\n{digest}"
    return Attempt(caller_of(request), key, hashlib.sha256(what.encode()).hexdigest(), keeping)


def begin(attempt: Attempt) -> HttpResponse | None:
    """The stored answer if this write has been done already; None if it is ours to do now.

    Raises Conflict while a twin is running, UnprocessableIdempotency if the key was used for
    another request.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, %s))",
            attempt.lock,
        )
        if not cursor.fetchone()[0]:
            raise Conflict(
                "A request with this Idempotency-Key is still running; try again in a moment.",
                code="idempotency-running",
                headers={"Retry-After": "1"},
            )
    stored = _stored(attempt).first()
    if stored is None:
        return None
    if stored.created_at < timezone.now() - datetime.timedelta(hours=settings.IDEMPOTENCY_HOURS):
        stored.delete()
        return None
    if stored.fingerprint != attempt.fingerprint:
        raise UnprocessableIdempotency(
            "This Idempotency-Key was used for another request; use a new one for a new request."
        )
    return HttpResponse(
        attempt.keeping.open(bytes(stored.body)),
        status=stored.status,
        content_type="application/json",
        headers={**stored.headers, REPLAYED: "true"},
    )


def finish(attempt: Attempt, response: Response) -> None:
    """Keep the answer, in the transaction of the write."""
    body: Any = attempt.keeping.seal(JSONRenderer().render(response.data))
    StoredAnswer.objects.create(
        practice_id=attempt.caller.practice_id,
        api_key_id=attempt.caller.key_id,
        idempotency_key=attempt.key,
        fingerprint=attempt.fingerprint,
        status=response.status_code,
        headers={name: response[name] for name in _KEPT_HEADERS if name in response},
        body=body,
    )


def finish_again(attempt: Attempt, response: Response) -> None:
    """Keep what the answer has become by the work after the commit."""
    _stored(attempt).delete()
    finish(attempt, response)


def keep_running(attempt: Attempt) -> None:
    """Hold the lock beyond the commit. To be followed by `stop_running`, whatever happens."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, %s))", attempt.lock)


def stop_running(attempt: Attempt) -> None:
    """Let it go; with a connection that is lost it is gone already."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, %s))", attempt.lock)
    except (InterfaceError, OperationalError):
        connection.close()


def _stored(attempt: Attempt) -> QuerySet[StoredAnswer]:
    return StoredAnswer.objects.filter(
        practice_id=attempt.caller.practice_id,
        api_key_id=attempt.caller.key_id,
        idempotency_key=attempt.key,
    )


def forget_old(now: datetime.datetime) -> int:
    """Delete, in every practice, what is no longer to be replayed; returns how many."""
    before = now - datetime.timedelta(hours=settings.IDEMPOTENCY_HOURS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT partners_forget_answers(%s)", [before])
        return int(cursor.fetchone()[0])
