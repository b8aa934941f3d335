"""Which deliveries are due, and whose turn it is: rows are the queue, a lease says who has one."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

# Longer than any attempt may take; a worker that died has its deliveries taken over after that.
LEASE_SECONDS = 60
# Requests at one time, of one process to one subscription; to one that is failing, a single one.
PER_SUBSCRIPTION = 4


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery that is ours until its lease runs out, with all that sending it takes."""

    delivery_id: int
    practice_id: int
    subscription_id: int
    # This attempt's; the outcome counts only while it is still the last one.
    number: int
    origin: str
    event: str
    log_id: int | None
    occurred_at: datetime.datetime
    # JSON; None when the log has no such entry (any more).
    data: str | None
    ppass: str
    hook_url: str
    sealed_secret: str
    # Empty unless it still signs.
    sealed_previous_secret: str
    failures: int


# Every subscription with something pending, by leaps through the index, and how much more of each
# may be under way; then from each its next few, and from all of them first the first, then the
# second, …: nobody's backlog comes before somebody else's first.
_CHOOSE_DUE = """
WITH RECURSIVE waiting (id) AS (
    (SELECT subscription_id FROM webhooks_delivery WHERE status = 'pending'
     ORDER BY subscription_id LIMIT 1)
    UNION ALL
    SELECT (SELECT subscription_id FROM webhooks_delivery
            WHERE status = 'pending' AND subscription_id > waiting.id
            ORDER BY subscription_id LIMIT 1)
    FROM waiting WHERE waiting.id IS NOT NULL
), ready AS MATERIALIZED (
    SELECT subscription.id,
           CASE WHEN subscription.failures > 0 THEN 1 ELSE %(most)s END
               - coalesce(busy.count, 0) AS room,
           subscription.failures > 0 AS is_failing
    FROM waiting
    JOIN webhooks_subscription AS subscription USING (id)
    JOIN partners_practice AS practice ON practice.id = subscription.practice_id
    JOIN partners_partner AS partner ON partner.id = subscription.partner_id
    LEFT JOIN unnest(%(busy)s::bigint[], %(counts)s::int[]) AS busy (id, count)
        ON busy.id = subscription.id
    WHERE subscription.status = 'active' AND practice.is_active AND partner.is_active
      AND (subscription.held_until IS NULL OR subscription.held_until <= now())
), due AS MATERIALIZED (
    SELECT next.id, room, is_failing, row_number() OVER (PARTITION BY ready.id) AS turn
    FROM ready CROSS JOIN LATERAL (
        SELECT id FROM webhooks_delivery
        WHERE subscription_id = ready.id AND status = 'pending' AND next_attempt_at <= now()
          AND (lease_until IS NULL OR lease_until < now())
        ORDER BY next_attempt_at, id LIMIT %(most)s
        FOR UPDATE SKIP LOCKED
    ) AS next
    WHERE room > 0
), chosen AS (
    SELECT id FROM due WHERE turn <= room ORDER BY turn, is_failing LIMIT %(limit)s
)"""

_CHOOSE_ONE = """
WITH chosen AS (
    SELECT id FROM webhooks_delivery
    WHERE id = %(id)s AND status = 'pending' AND (lease_until IS NULL OR lease_until < now())
    FOR UPDATE SKIP LOCKED
)"""

# The log's entry is looked up by its time as well, which names the partition.
_LEASE = """, leased AS (
    UPDATE webhooks_delivery AS delivery
    SET attempts = attempts + 1, lease_until = now() + %(lease)s * interval '1 second'
    FROM chosen WHERE delivery.id = chosen.id
    RETURNING delivery.*
)
SELECT leased.id, leased.practice_id, leased.subscription_id, leased.attempts, leased.origin,
       leased.event, leased.log_id, leased.occurred_at,
       (SELECT data::text FROM webhooks_log
        WHERE log_id = leased.log_id AND created_at = leased.occurred_at
          AND practice_id = leased.practice_id),
       practice.ppass, subscription.hook_url, subscription.secret,
       CASE WHEN subscription.previous_secret_until > now()
            THEN subscription.previous_secret ELSE '' END,
       subscription.failures
FROM leased
JOIN webhooks_subscription AS subscription ON subscription.id = leased.subscription_id
JOIN partners_practice AS practice ON practice.id = leased.practice_id
"""

_GIVE_BACK = """
UPDATE webhooks_delivery AS delivery SET lease_until = NULL, attempts = attempts - 1
FROM unnest(%s::bigint[], %s::int[]) AS unsent (id, number)
WHERE delivery.id = unsent.id AND attempts = number AND status = 'pending'
"""


def claim(limit: int, *, busy: Mapping[int, int]) -> list[Due]:
    """Take up to `limit` deliveries that are due; `busy` counts those under way by subscription."""
    return _lease(
        _CHOOSE_DUE,
        limit=limit,
        most=PER_SUBSCRIPTION,
        busy=list(busy.keys()),
        counts=list(busy.values()),
    )


def claim_one(delivery_id: int) -> Due | None:
    """Take one that is pending, due or not; None when it is over or somebody else has it."""
    return next(iter(_lease(_CHOOSE_ONE, id=delivery_id)), None)


def give_back(unsent: Sequence[Due]) -> None:
    """Undo the claim of deliveries that were not sent after all."""
    if unsent:
        with connection.cursor() as cursor:
            cursor.execute(
                _GIVE_BACK,
                [[each.delivery_id for each in unsent], [each.number for each in unsent]],
            )


def _lease(choose: str, **parameters: int | list[int]) -> list[Due]:
    with connection.cursor() as cursor:
        cursor.execute(choose + _LEASE, {"lease": LEASE_SECONDS, **parameters})
        return [Due(*row) for row in cursor.fetchall()]
