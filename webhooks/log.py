"""The way into the log."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from django.db import connection

from partners.scopes import EventScope
from webhooks.entries import Entry
from webhooks.waking import wake


def append(
    *, practice_id: int, scope: EventScope, event: str, object_id: int | None, data: dict[str, Any]
) -> None:
    """Write one event in the caller's transaction: it happened if, and only if, that commits.

    `data` is thin: ids, no clinical facts.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO webhooks_log (practice_id, scope, event, object_id, data)"
            " VALUES (%s, %s, %s, %s, %s)",
            [practice_id, scope.value, event, object_id, orjson.dumps(data).decode()],
        )
    wake()


def append_many(
    *, practice_id: int, scope: EventScope, event: str, data: Mapping[int, dict[str, Any]]
) -> None:
    """The same for many objects in one statement: `data` by object id, written in its order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO webhooks_log (practice_id, scope, event, object_id, data)"
            " SELECT %s, %s, %s, object_id, data::jsonb"
            " FROM unnest(%s::bigint[], %s::text[]) AS entry (object_id, data)",
            [
                practice_id,
                scope.value,
                event,
                list(data),
                [orjson.dumps(each).decode() for each in data.values()],
            ],
        )
    wake()


def append_entries(entries: Iterable[Entry]) -> None:
    """Events of any kind and practice in one statement, written in their order; for staff."""
    columns = list(zip(*entries, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO webhooks_log (practice_id, scope, event, object_id, data)"
            " SELECT practice_id, scope, event, object_id, data::jsonb"
            " FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::text[])"
            " AS entry (practice_id, scope, event, object_id, data)",
            [list(column) for column in columns],
        )
    wake()
