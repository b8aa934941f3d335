"""Deliveries are a record for as long as somebody may ask, and then only weight."""

import math
import time

from django.db import connection

# Rows of one statement: short, so that nobody waits for it.
_BATCH = 1000

_OLD = """
SELECT id FROM webhooks_delivery
WHERE created_at < now() - %(days)s * interval '1 day'
  AND finished_at < now() - %(days)s * interval '1 day'
"""
# The attempts in one go, rather than by a cascade from each row.
_PURGE = f"""
WITH old AS MATERIALIZED ({_OLD} ORDER BY created_at LIMIT %(batch)s FOR UPDATE SKIP LOCKED),
tries AS (DELETE FROM webhooks_attempt WHERE delivery_id IN (SELECT id FROM old))
DELETE FROM webhooks_delivery WHERE id IN (SELECT id FROM old)
"""  # noqa: S608 - made of constants


def purge(*, older_than_days: int, batch: int = _BATCH, seconds: float = math.inf) -> int:
    """Delete deliveries that were over so many days ago; returns how many. Pending ones stay.

    Each batch commits by itself, and after so many seconds the rest is left for another time.
    """
    purged, deadline = 0, time.monotonic() + seconds
    with connection.cursor() as cursor:
        while True:
            cursor.execute(_PURGE, {"days": older_than_days, "batch": batch})
            deleted: int = cursor.rowcount
            purged += deleted
            if deleted < batch or time.monotonic() > deadline:
                return purged


def purgeable(*, older_than_days: int) -> int:
    """How many `purge` would delete."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM ({_OLD}) AS old",  # noqa: S608 - made of constants
            {"days": older_than_days},
        )
        return int(cursor.fetchone()[0])
