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


# Choosing, leasing and reading are three plain statements. In one, PostgreSQL 18 would have to plan
# the whole of it again for a row that another process has just leased, and 18.6 crashes over that.

# Every subscription with something pending, by leaps through the index, and how much more of each
# may be under way; then from each its next few, and from all of them first the first, then the
# second, …: nobody's backlog comes before somebody else's first.
_CHOOSE = """
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
), due AS (
    SELECT next.id, room, is_failing,
           row_number() OVER (PARTITION BY ready.id ORDER BY next_attempt_at, next.id) AS turn
    FROM ready CROSS JOIN LATERAL (
        SELECT id, next_attempt_at FROM webhooks_delivery
        WHERE subscription_id = ready.id AND status = 'pending' AND next_attempt_at <= now()
          AND (lease_until IS NULL OR lease_until < now())
        ORDER BY next_attempt_at, id LIMIT %(most)s
    ) AS next
    WHERE room > 0
)
SELECT id FROM due WHERE turn <= room ORDER BY turn, is_failing LIMIT %(limit)s
"""

# Whoever comes second leaves out what the first has locked or leased.
_LEASE = """
UPDATE webhooks_delivery SET attempts = attempts + 1,
    lease_until = now() + %(lease)s * interval '1 second'
WHERE id IN (
    SELECT id FROM webhooks_delivery
    WHERE id = ANY (%(ids)s::bigint[]) AND status NOT IN ('delivered', 'failed', 'cancelled')
      AND (%(early)s OR next_attempt_at <= now()) AND (lease_until IS NULL OR lease_until < now())
    FOR UPDATE SKIP LOCKED
)
RETURNING id, attempts
"""

# The log's entry is looked up by its time as well, which names the partition.
_READ = """
SELECT leased.id, delivery.practice_id, subscription_id, number, origin, event, log_id, occurred_at,
       (SELECT data::text FROM webhooks_log AS entry
        WHERE entry.log_id = delivery.log_id AND entry.created_at = delivery.occurred_at
          AND entry.practice_id = delivery.practice_id),
       practice.ppass, subscription.hook_url, subscription.secret,
       CASE WHEN subscription.previous_secret_until > now()
            THEN subscription.previous_secret ELSE '' END,
       subscription.failures
FROM unnest(%(ids)s::bigint[], %(numbers)s::int[]) AS leased (id, number)
JOIN webhooks_delivery AS delivery USING (id)
JOIN webhooks_subscription AS subscription ON subscription.id = subscription_id
JOIN partners_practice AS practice ON practice.id = delivery.practice_id
"""

_GIVE_BACK = """
UPDATE webhooks_delivery AS delivery SET lease_until = NULL, attempts = attempts - 1
FROM unnest(%s::bigint[], %s::int[]) AS unsent (id, number)
WHERE delivery.id = unsent.id AND attempts = number AND status = 'pending'
"""


def claim(limit: int, *, busy: Mapping[int, int]) -> list[Due]:
    """Take up to `limit` deliveries that are due; `busy` counts those under way by subscription."""
    with connection.cursor() as cursor:
        cursor.execute(
            _CHOOSE,
            {
                "limit": limit,
                "most": PER_SUBSCRIPTION,
                "busy": list(busy.keys()),
                "counts": list(busy.values()),
            },
        )
        chosen = [row[0] for row in cursor.fetchall()]
    return _lease(chosen)


def claim_one(delivery_id: int) -> Due | None:
    """Take one that is pending, due or not; None when it is over or somebody else has it."""
    return next(iter(_lease([delivery_id], early=True)), None)


def give_back(unsent: Sequence[Due]) -> None:
    """Undo the claim of deliveries that were not sent after all."""
    if unsent:
        with connection.cursor() as cursor:
            cursor.execute(
                _GIVE_BACK,
                [[each.delivery_id for each in unsent], [each.number for each in unsent]],
            )


def _lease(ids: list[int], *, early: bool = False) -> list[Due]:
    if not ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_LEASE, {"ids": ids, "early": early, "lease": LEASE_SECONDS})
        leased = cursor.fetchall()
        if not leased:
            return []
        taken, numbers = map(list, zip(*leased, strict=True))
        cursor.execute(_READ, {"ids": taken, "numbers": numbers})
        found = {row[0]: Due(*row) for row in cursor.fetchall()}
    return [found[each] for each in ids if each in found]
