"""From the log to deliveries: committed events get their numbers, and each listener its copy.

Rows are numbered when they can be seen, so no number is ever given below one that was read before:
whoever polls by `log_id` skips nothing, whatever commits late. See docs/adr/0011.
"""

import time
from typing import Any, NamedTuple

from django.db import connection, transaction

from webhooks.horizon import Horizon

# How far the numbers leap when the database turns out to have been restored or taken over: those
# given after the backup was made, which it does not know of, must not be given to other events.
LEAP = 10_000_000

# Where this is: the cluster, its timeline (a new one after every failover or recovery to a point in
# time), and the table, which is another one in another database.
_PLACE = """
(SELECT system_identifier FROM pg_control_system())
|| ':' || left(pg_walfile_name(pg_current_wal_lsn()), 8)
|| ':' || 'webhooks_numbering'::regclass::oid
"""

# Statistics of a minute ago know of no sudden backlog: for "a few" rows the planner would read all
# of it, and sort them, each time. Without these two it walks the index in order as far as it must.
_LOOK = """
SELECT EXISTS (SELECT FROM webhooks_log WHERE log_id IS NULL AND id > %s),
       EXISTS (SELECT FROM webhooks_dispatchstate WHERE is_behind),
       set_config('enable_sort', 'off', true), set_config('enable_bitmapscan', 'off', true)
"""

_TAKE_TURN = f"""
SELECT last_log_id, place, {_PLACE} FROM webhooks_numbering FOR UPDATE SKIP LOCKED
"""  # noqa: S608 - made of constants

_FIRST_TURN = f"""
INSERT INTO webhooks_numbering (last_log_id, place)
SELECT greatest(0, (SELECT max(log_id) FROM webhooks_log),
                (SELECT max(last_log_id) FROM webhooks_dispatchstate)), {_PLACE}
ON CONFLICT DO NOTHING
RETURNING last_log_id, place, place
"""  # noqa: S608 - made of constants

# What is due to whom; `event` is what the statement has selected from the log.
_HAND_OUT = """
INSERT INTO webhooks_delivery (practice_id, subscription_id, log_id, occurred_at, event,
                               origin, status, attempts, hook_url, error)
SELECT event.practice_id, listener.subscription_id, event.log_id, event.created_at, event.event,
       'dispatch', 'pending', 0, '', ''
FROM event JOIN listener USING (practice_id, scope)
ORDER BY event.log_id
ON CONFLICT (subscription_id, log_id) WHERE origin = 'dispatch' DO NOTHING
"""

# A practice whose cursor was moved back gets its new events after the old ones, by _CATCH_UP.
_PUBLISH = f"""
WITH number AS MATERIALIZED (
    SELECT id, created_at, %(last)s + row_number() OVER (ORDER BY id) AS log_id
    FROM (SELECT id, created_at FROM webhooks_log WHERE log_id IS NULL AND id > %(floor)s
          ORDER BY id LIMIT %(limit)s) AS unnumbered
), published AS (
    UPDATE webhooks_log AS entry SET log_id = number.log_id
    FROM number WHERE entry.id = number.id AND entry.created_at = number.created_at
    RETURNING entry.practice_id, entry.log_id, entry.scope, entry.event, entry.created_at
), event AS MATERIALIZED (
    SELECT published.* FROM published
    LEFT JOIN webhooks_dispatchstate AS state USING (practice_id)
    WHERE state.is_behind IS NOT TRUE
), listener AS MATERIALIZED (
    -- An array, since only what is known beforehand gets into the view, and then an index serves.
    SELECT * FROM webhooks_listener
    WHERE practice_id = ANY (ARRAY(SELECT DISTINCT practice_id FROM event))
), handed_out AS ({_HAND_OUT}), moved AS (
    INSERT INTO webhooks_dispatchstate AS state (practice_id, last_log_id, is_behind, updated_at)
    SELECT practice_id, max(log_id), false, now() FROM event GROUP BY practice_id
    ON CONFLICT (practice_id) DO UPDATE
    SET last_log_id = excluded.last_log_id, updated_at = excluded.updated_at
), counted AS (
    UPDATE webhooks_numbering
    SET last_log_id = %(last)s + (SELECT count(*) FROM number), place = %(here)s
)
SELECT count(*), (SELECT max(id) FROM number) FROM published
"""  # noqa: S608 - made of constants

# One practice at a time, the longest untouched first. One that was not behind after all counts as
# one row, so that the caller comes again for the next.
_CATCH_UP = f"""
WITH state AS MATERIALIZED (
    SELECT practice_id, last_log_id FROM webhooks_dispatchstate
    WHERE is_behind ORDER BY updated_at LIMIT 1
), event AS MATERIALIZED (
    SELECT entry.* FROM state CROSS JOIN LATERAL (
        SELECT practice_id, log_id, scope, event, created_at FROM webhooks_log
        WHERE practice_id = state.practice_id AND log_id > state.last_log_id
        ORDER BY log_id LIMIT %(limit)s) AS entry
), listener AS MATERIALIZED (
    SELECT * FROM webhooks_listener WHERE practice_id = ANY (ARRAY(SELECT practice_id FROM state))
), handed_out AS ({_HAND_OUT}), moved AS (
    UPDATE webhooks_dispatchstate AS moving
    SET last_log_id = coalesce((SELECT max(log_id) FROM event), moving.last_log_id),
        is_behind = (SELECT count(*) FROM event) = %(limit)s,
        updated_at = clock_timestamp()
    FROM state WHERE moving.practice_id = state.practice_id
)
SELECT greatest(1, count(*)) FROM event
"""  # noqa: S608 - made of constants


_horizon = Horizon()


class _Turn(NamedTuple):
    """The right to number, held to the end of the transaction: the next number follows `last`."""

    last: int
    here: str


# Events handed out in one transaction.
BATCH = 500


def publish(limit: int = BATCH) -> int:
    """Number and hand out up to `limit` events in one transaction; returns how many those were.

    0 means that there is nothing to do, or that somebody else is doing it. A repeat is harmless.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        floor, has_new, has_old = _look(cursor)
        if not (has_new or has_old):
            return 0
        # In a statement of its own: what was numbered while we came is seen by the next one only.
        turn = _take_turn(cursor)
        if turn is None:
            return 0
        done = _publish(cursor, turn, floor, limit) if has_new else 0
        if has_old:
            cursor.execute(_CATCH_UP, {"limit": limit})
            done += int(cursor.fetchone()[0])
        return done


def _look(cursor: Any) -> tuple[int, bool, bool]:
    """From which id on this looks, and whether there are new events, or practices behind."""
    began = time.monotonic()
    floor = _horizon.floor(began)
    cursor.execute(_LOOK, [floor])
    has_new, has_old, *_ = cursor.fetchone()
    _horizon.looked(floor, began=began, ended=time.monotonic())
    return floor, has_new, has_old


def _publish(cursor: Any, turn: _Turn, floor: int, limit: int) -> int:
    cursor.execute(_PUBLISH, {"last": turn.last, "here": turn.here, "floor": floor, "limit": limit})
    count, highest = cursor.fetchone()
    if highest is not None:
        _horizon.numbered(highest)
    return int(count)


def _take_turn(cursor: Any) -> _Turn | None:
    cursor.execute(_TAKE_TURN)
    found = cursor.fetchone()
    if found is None:
        cursor.execute(_FIRST_TURN)
        found = cursor.fetchone()
    if found is None:
        return None
    last, place, here = found
    return _Turn(last if place == here else last + LEAP, here)
