"""What came of attempts: the rows that say so, and what it means for a subscription."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import connection, transaction

from webhooks.claiming import Due
from webhooks.models import Delivery
from webhooks.outgoing import Answer
from webhooks.retries import GIVE_UP_AFTER, delay_after, hold_after

_GONE = 410
_BUSY = (429, 503)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One attempt and how it went."""

    due: Due
    answer: Answer
    # It never left: nothing that the receiver could be blamed for.
    is_ours: bool = False


@dataclass(frozen=True, slots=True)
class Disabled:
    """A subscription that has just been disabled."""

    subscription_id: int
    reason: str
    hook_url: str
    practice: str
    partner: str


# Only who made the last attempt may say how the delivery fared, but every attempt is kept. (Asked
# for status = 'pending', PostgreSQL would go through all that are, instead of by these keys.)
_SETTLE = """
WITH outcome AS MATERIALIZED (
    SELECT * FROM json_to_recordset(%s) AS outcome (
        id bigint, practice_id bigint, number int, status text, wait float8, hook_url text,
        code int, ms int, error text, answer text)
), settled AS (
    UPDATE webhooks_delivery AS delivery
    SET status = outcome.status, lease_until = NULL,
        next_attempt_at = coalesce(now() + wait * interval '1 second', next_attempt_at),
        finished_at = CASE WHEN outcome.status = 'pending' THEN NULL ELSE now() END,
        hook_url = outcome.hook_url, status_code = code, duration_ms = ms, error = outcome.error
    FROM outcome
    WHERE delivery.id = outcome.id AND attempts = number
      AND delivery.status NOT IN ('delivered', 'failed', 'cancelled')
    RETURNING delivery.id
), tried AS (
    INSERT INTO webhooks_attempt
        (practice_id, delivery_id, number, at, status_code, duration_ms, error, answer)
    SELECT outcome.practice_id, outcome.id, number, now() - ms * interval '1 millisecond', code, ms,
           outcome.error, answer
    FROM outcome JOIN webhooks_delivery AS delivery ON delivery.id = outcome.id
    ON CONFLICT DO NOTHING
)
SELECT id FROM settled
"""

# Two processes may have news of the same subscriptions, and a partner may end one meanwhile: so all
# are locked in the order of their ids, and before any delivery.
_LOCK = """
SELECT id FROM webhooks_subscription WHERE id = ANY (%s::bigint[]) ORDER BY id FOR NO KEY UPDATE
"""
_RECOVER = """
UPDATE webhooks_subscription SET failures = 0, failing_since = NULL, held_until = NULL
WHERE id IN (
    SELECT id FROM webhooks_subscription
    WHERE id = ANY (%s::bigint[]) AND (failures > 0 OR held_until IS NOT NULL)
    ORDER BY id FOR NO KEY UPDATE
)
"""
_FAIL = """
WITH failure AS (
    SELECT * FROM json_to_recordset(%(failures)s) AS failure
        (id bigint, failures int, hold float8, is_gone bool)
), known AS MATERIALIZED (
    SELECT subscription.id, failure.failures, hold, is_gone,
           is_gone OR failing_since < now() - %(patience)s * interval '1 second' AS is_over
    FROM webhooks_subscription AS subscription JOIN failure USING (id)
    WHERE status = 'active'
), failed AS (
    UPDATE webhooks_subscription AS subscription
    SET failures = greatest(subscription.failures, known.failures),
        failing_since = coalesce(failing_since, now()),
        held_until = greatest(held_until, now() + nullif(hold, 0) * interval '1 second'),
        status = CASE WHEN is_over THEN 'disabled' ELSE status END,
        disabled_at = CASE WHEN is_over THEN now() ELSE disabled_at END,
        letter_due_at = CASE WHEN is_over THEN now() ELSE letter_due_at END,
        disabled_reason = CASE WHEN is_gone THEN 'gone' WHEN is_over THEN 'failing' ELSE '' END
    FROM known WHERE subscription.id = known.id
    RETURNING subscription.*
)
SELECT failed.id, failed.disabled_reason, failed.hook_url, practice.ppass, partner.name
FROM failed
JOIN partners_partner AS partner ON partner.id = failed.partner_id
JOIN partners_practice AS practice ON practice.id = failed.practice_id
WHERE failed.status = 'disabled'
"""


def settle(outcomes: Sequence[Outcome]) -> list[Disabled]:
    """Write how attempts went; returns the subscriptions that this has disabled."""
    if not outcomes:
        return []
    recovered, failures = _by_subscription(outcomes)
    with transaction.atomic(), connection.cursor() as cursor:
        disabled = _fail(cursor, failures, besides=recovered) if failures else []
        if recovered:
            cursor.execute(_RECOVER, [recovered])
        cursor.execute(_SETTLE, [_json([_row(each) for each in outcomes])])
    return disabled


def _fail(cursor: Any, failures: list[dict[str, Any]], *, besides: list[int]) -> list[Disabled]:
    cursor.execute(_LOCK, [[*besides, *(each["id"] for each in failures)]])
    patience = GIVE_UP_AFTER.total_seconds()
    cursor.execute(_FAIL, {"failures": _json(failures), "patience": patience})
    return [Disabled(*row) for row in cursor.fetchall()]


def _json(rows: list[dict[str, Any]]) -> str:
    return orjson.dumps(rows).decode()


def _row(outcome: Outcome) -> dict[str, Any]:
    due, answer = outcome.due, outcome.answer
    status, wait = _verdict(outcome)
    return {
        "id": due.delivery_id,
        "practice_id": due.practice_id,
        "number": due.number,
        "status": status,
        "wait": wait,
        "hook_url": due.hook_url,
        "code": answer.status_code,
        "ms": answer.duration_ms,
        "error": answer.error[:500],
        "answer": answer.body,
    }


def _verdict(outcome: Outcome) -> tuple[str, float | None]:
    """The delivery's status after this attempt, and the seconds until the next if there is one."""
    due, answer = outcome.due, outcome.answer
    if answer.is_success:
        return Delivery.Status.DELIVERED, None
    is_final = outcome.is_ours or answer.status_code == _GONE or due.origin == Delivery.Origin.TEST
    wait = None if is_final else delay_after(due.number, asked=answer.retry_after)
    return (Delivery.Status.FAILED, None) if wait is None else (Delivery.Status.PENDING, wait)


def _by_subscription(outcomes: Sequence[Outcome]) -> tuple[list[int], list[dict[str, Any]]]:
    """Who has been reached and who has not, by the last of the attempts to each."""
    last = {each.due.subscription_id: each for each in outcomes if not each.is_ours}
    recovered = [pk for pk, each in last.items() if each.answer.is_success]
    failures = []
    for pk, each in last.items():
        due, answer = each.due, each.answer
        if answer.is_success or due.origin == Delivery.Origin.TEST:
            continue
        # Attempts that were under way together are one failure.
        in_a_row = due.failures + 1
        asked = answer.retry_after if answer.status_code in _BUSY else None
        failures.append(
            {
                "id": pk,
                "failures": in_a_row,
                "hold": hold_after(in_a_row, unreachable=answer.unreachable, asked=asked),
                "is_gone": answer.status_code == _GONE,
            }
        )
    return recovered, failures
