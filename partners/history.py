"""What has happened to a row, as the history has it that triggers write, for staff to read."""

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse

from partners.models import ApiKey

# More is to be had by SQL.
MOST_CHANGES = 200

_UNREMARKABLE = {"id", "practice", "created_at", "updated_at"}
_WORDS = {"insert": "created", "update": "changed", "delete": "deleted"}

Value = tuple[str, Any, Any]


@dataclass(frozen=True)
class Change:
    """One write: when, what, by whom, and which values are now others (name, before, after).

    If it was by a key, `key` is its number; for the page, the key itself.
    """

    at: datetime.datetime
    what: str
    who: str
    values: list[Value] = field(default_factory=list)
    key: Any = None


class HistoryPageMixin:
    """An admin whose history page shows what triggers have kept, instead of what the admin did."""

    object_history_template: Any = "admin/partners/row_history.html"

    def changes_of(self, row: Any) -> list[Change]:
        """The newest first."""
        raise NotImplementedError

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Django's page around our rows; it asks for the right to see them itself."""
        page: Any = super()
        row = page.get_object(request, object_id)
        known = self.changes_of(row) if row is not None else []
        answer: HttpResponse = page.history_view(
            request, object_id, {**(extra_context or {}), "changes": _with_keys(known)}
        )
        return answer


def _with_keys(changes: Sequence[Change]) -> list[Change]:
    rows = ApiKey.objects.select_related("partner").defer("digest", "pepper")
    keys = rows.in_bulk({change.key for change in changes} - {None})
    return [replace(change, key=keys.get(change.key)) for change in changes]


def newest(changes: Iterable[Change]) -> list[Change]:
    """The newest of them, newest first."""
    return sorted(changes, key=lambda change: change.at, reverse=True)[:MOST_CHANGES]


def of_row(
    row: models.Model,
    events: Any,
    *,
    leave_out: Iterable[str] = (),
    show: Callable[[str, Any], Any] = lambda _, value: value,
) -> list[Change]:
    """The newest changes of a row, newest first, from its model of events.

    `show` makes of a column's name (`room_id`) and value what a person reads.
    """
    rows = events.objects.filter(pgh_obj_id=row.pk)
    if (practice_id := getattr(row, "practice_id", None)) is not None:
        rows = rows.filter(practice_id=practice_id)
    known = list(rows.order_by("-pgh_id")[: MOST_CHANGES + 1])
    columns = [
        column
        for column in row._meta.concrete_fields
        if column.name not in {*_UNREMARKABLE, *leave_out} and hasattr(events, column.attname)
    ]
    return [
        Change(
            event.pgh_created_at,
            _WORDS[event.pgh_label],
            who(event),
            list(_differences(columns, before, event, show)),
            key_of(event),
        )
        for before, event in zip([*known[1:], None], known, strict=True)
        if before is not None or event.pgh_label == "insert"
    ]


def who(event: Any) -> str:
    """By whom, as the transaction said."""
    context = event.pgh_context or {}
    if "staff" in context:
        return str(context["staff"])
    if "key" in context:
        return f"key {context['key']}, request {context.get('request', '?')}"
    if "command" in context:
        return f"{context['command']}, run by {context.get('operator', '?')}"
    return "SQL"


def key_of(event: Any) -> int | None:
    """The number of the key that did it, if it was one."""
    key: int | None = (event.pgh_context or {}).get("key")
    return key


def _differences(
    columns: Iterable[Any], before: Any, after: Any, show: Callable[[str, Any], Any]
) -> Iterable[Value]:
    if before is None:
        return
    for column in columns:
        old, new = (getattr(event, column.attname) for event in (before, after))
        if old != new:
            name = column.attname
            yield str(column.verbose_name), show(name, old), show(name, new)
