"""How far the dispatch and the sender are behind."""

from dataclasses import dataclass
from typing import Any

from django.db import connection


@dataclass(frozen=True, slots=True)
class Lag:
    """Of all practices; counts end at 100,000."""

    # Events without a number, and the age of the oldest: normally none for longer than a second.
    unnumbered: int
    oldest_unnumbered_seconds: float
    # Practices whose cursor was moved back and that are being caught up with.
    practices_behind: int
    # Deliveries that are not over, those of them that could be sent now, and for how long.
    pending: int
    due: int
    oldest_due_seconds: float
    # Subscriptions.
    failing: int
    disabled: int


def lag() -> Lag:
    """As of now. Any role may ask that serves or sends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM webhooks_lag()")
        return Lag(*cursor.fetchone())


_BY_PRACTICE = """
SELECT practice.ppass AS "ppass", coalesce(state.last_log_id, 0) AS "lastLogId",
       coalesce((SELECT max(log_id) FROM webhooks_log WHERE practice_id = practice.id), 0)
           AS "highestLogId",
       coalesce(state.is_behind, false) AS "isBehind",
       coalesce(entry.count, 0) AS "unnumbered",
       coalesce(extract(epoch FROM now() - entry.oldest), 0)::float8 AS "lagSeconds",
       coalesce(delivery.count, 0) AS "pending", coalesce(delivery.due, 0) AS "due"
FROM partners_practice AS practice
LEFT JOIN webhooks_dispatchstate AS state ON state.practice_id = practice.id
LEFT JOIN (
    SELECT practice_id, count(*), min(created_at) AS oldest
    FROM webhooks_log WHERE log_id IS NULL GROUP BY practice_id
) AS entry ON entry.practice_id = practice.id
LEFT JOIN (
    SELECT practice_id, count(*), count(*) FILTER (WHERE next_attempt_at <= now()) AS due
    FROM webhooks_delivery WHERE status = 'pending' GROUP BY practice_id
) AS delivery ON delivery.practice_id = practice.id
WHERE practice.id = %(practice)s
   OR (%(practice)s IS NULL AND (state.id IS NOT NULL OR entry.count > 0 OR delivery.count > 0))
ORDER BY practice.ppass
"""

_IN_TROUBLE = """
SELECT subscription.id AS "id", practice.ppass AS "ppass", partner.name AS "partner",
       subscription.hook_url AS "hookUrl", subscription.status AS "status",
       subscription.disabled_reason AS "disabledReason", subscription.failures AS "failures",
       subscription.failing_since AS "failingSince", subscription.held_until AS "heldUntil"
FROM webhooks_subscription AS subscription
JOIN partners_practice AS practice ON practice.id = subscription.practice_id
JOIN partners_partner AS partner ON partner.id = subscription.partner_id
WHERE (subscription.status = 'disabled'
       OR (subscription.status = 'active' AND subscription.failing_since IS NOT NULL))
  AND (%(practice)s IS NULL OR practice.id = %(practice)s)
ORDER BY practice.ppass, subscription.id
"""


def by_practice(practice_id: int | None) -> list[dict[str, Any]]:
    """Where each practice that had events stands, or the one; for staff."""
    return _rows(_BY_PRACTICE, practice_id)


def in_trouble(practice_id: int | None) -> list[dict[str, Any]]:
    """Subscriptions to which nothing arrives, of all practices or of one; for staff."""
    return _rows(_IN_TROUBLE, practice_id)


def _rows(statement: str, practice_id: int | None) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"practice": practice_id})
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
