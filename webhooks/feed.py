"""Events to be pulled: the same bodies, in the same order and under the same ids as pushed."""

from collections.abc import Collection
from typing import Any

from django.db import connection

from webhooks.messages import body_of

# Each scope by itself, so that the events of others cost nothing, however many lie between. Said of
# pairs, that asks the one index that has both, also where statistics call every scope the same.
_EVENTS = """
SELECT entry.* FROM unnest(%(scopes)s::text[]) AS wanted (scope)
CROSS JOIN LATERAL (
    SELECT log_id, event, created_at, data::text FROM webhooks_log
    WHERE practice_id = %(practice)s
      AND (scope, log_id) > (wanted.scope, %(after)s) AND scope <= wanted.scope
    ORDER BY scope, log_id LIMIT %(limit)s
) AS entry
ORDER BY log_id LIMIT %(limit)s
"""


def events(
    *, practice_id: int, ppass: str, scopes: Collection[str], after: int, limit: int
) -> list[dict[str, Any]]:
    """Up to `limit` published events of a practice that come after number `after`, oldest first.

    Numbers are given to committed rows in their order, so whoever goes on after the last one that
    he has got misses none.
    """
    asked: dict[str, Any] = {
        "practice": practice_id,
        "scopes": list(scopes),
        "after": after,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS, asked)
        return [
            body_of(log_id=log_id, event=event, occurred_at=at, ppass=ppass, data=data)
            for log_id, event, at, data in cursor.fetchall()
        ]
