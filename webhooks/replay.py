"""Events of the past, sent once more to those who want them."""

import datetime
from collections.abc import Collection
from typing import Any

from django.db import connection, transaction

from webhooks.waking import wake

# What is on its way already needs no second copy.
_WANTED = """
WITH listener AS MATERIALIZED (
    SELECT * FROM webhooks_listener WHERE subscription_id = ANY (%(subscriptions)s::bigint[])
), event AS (
    SELECT practice_id, log_id, scope, event, created_at FROM webhooks_log
    WHERE practice_id IN (SELECT practice_id FROM listener) AND log_id IS NOT NULL
      AND created_at >= %(since)s AND created_at < %(until)s
      AND (%(scopes)s::text[] IS NULL OR scope = ANY (%(scopes)s::text[]))
), wanted AS (
    SELECT event.practice_id, listener.subscription_id, event.log_id, event.created_at, event.event
    FROM event JOIN listener USING (practice_id, scope)
    WHERE NOT EXISTS (
        SELECT FROM webhooks_delivery AS waiting
        WHERE waiting.subscription_id = listener.subscription_id
          AND waiting.log_id = event.log_id AND waiting.status = 'pending')
    ORDER BY event.log_id LIMIT %(limit)s
)
"""
_COUNT = f"{_WANTED} SELECT count(*) FROM wanted"  # noqa: S608 - made of constants
_REPLAY = f"""{_WANTED}, made AS (
    INSERT INTO webhooks_delivery (practice_id, subscription_id, log_id, occurred_at, event,
                                   origin, status, attempts, hook_url, error)
    SELECT practice_id, subscription_id, log_id, created_at, event,
           'replay', 'pending', 0, '', ''
    FROM wanted ORDER BY log_id
    RETURNING 1
)
SELECT count(*) FROM made
"""  # noqa: S608 - made of constants


def replay(
    *,
    subscription_ids: Collection[int],
    since: datetime.datetime,
    until: datetime.datetime,
    scopes: Collection[str] | None = None,
    limit: int | None = None,
    is_dry_run: bool = False,
) -> int:
    """Make new deliveries of the events from `since` until before `until`; returns how many.

    Each subscription gets those of its own scopes (of them, with `scopes`, only these), also events
    that it never got, oldest first, `limit` of them in all. One that may not be told at the moment,
    because it, its partner, practice or keys are off, gets none; nor is an event made a second
    delivery of while one is pending.
    """
    asked: dict[str, Any] = {
        "subscriptions": list(subscription_ids),
        "since": since,
        "until": until,
        "scopes": None if scopes is None else list(scopes),
        "limit": limit,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_COUNT if is_dry_run else _REPLAY, asked)
        count = int(cursor.fetchone()[0])
        if count and not is_dry_run:
            wake()
        return count
