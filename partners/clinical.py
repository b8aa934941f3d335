"""Admins of rows that tell of patients: who reads one there is in the audit log.

A list is noted with how many rows it showed, and with their practice if they are all of one; not
with the words that were searched for. `partners.checks` holds every admin of tenant rows to saying
whether it is of this kind.
"""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse

from partners import audit

Action = audit.Action


class ClinicalAdminMixin:
    """Stands before ModelAdmin, and before what else changes its pages."""

    tells_of_patients = True
    model: Any

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """A row's page, also with a form that was refused."""
        if (row := context.get("original")) is not None:
            audit.note_row(request, Action.VIEWED, row)
        base: Any = super()
        page: HttpResponse = base.render_change_form(request, context, *args, **kwargs)
        return page

    def history_view(self, request: HttpRequest, object_id: str, *args: Any) -> HttpResponse:
        """What a row has been."""
        base: Any = super()
        page: HttpResponse = base.history_view(request, object_id, *args)
        if (row := _told(page, "object")) is not None:
            audit.note_row(request, Action.VIEWED, row, detail="history")
        return page

    def delete_view(self, request: HttpRequest, object_id: str, *args: Any) -> HttpResponse:
        """The page that asks whether one is sure."""
        base: Any = super()
        page: HttpResponse = base.delete_view(request, object_id, *args)
        if (row := _told(page, "object")) is not None:
            audit.note_row(request, Action.VIEWED, row, detail="before deleting")
        return page

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A page of rows."""
        base: Any = super()
        page: HttpResponse = base.changelist_view(request, *args, **kwargs)
        if (shown := _told(page, "cl")) is not None:
            note_list(request, self.model, list(shown.result_list), is_searched=bool(shown.query))
        elif (chosen := _told(page, "queryset")) is not None:
            note_list(request, self.model, list(chosen))
        return page

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never as suggestions while somebody types: nothing would be noted of those."""
        match = request.resolver_match
        if match is not None and match.url_name == "autocomplete":
            return False
        base: Any = super()
        return bool(base.has_view_permission(request, obj))


def note_list(
    request: HttpRequest, kind: type[models.Model], rows: list[Any], *, is_searched: bool = False
) -> None:
    """Note that rows of a kind were shown together."""
    practices = {row.practice_id for row in rows}
    said = audit.counted(len(rows))
    if len(practices) > 1:
        said += f" of {len(practices)} practices"
    audit.note(
        request,
        Action.LISTED,
        kind,
        practice_id=practices.pop() if len(practices) == 1 else None,
        detail=said + (", searched" if is_searched else ""),
    )


def tells_of_patients(page: admin.ModelAdmin[Any]) -> bool | None:
    """Whether rows tell of patients; None if the admin does not say."""
    return getattr(page, "tells_of_patients", None)


def _told(page: HttpResponse, name: str) -> Any:
    """What a page was made of, if it is one."""
    return (getattr(page, "context_data", None) or {}).get(name)
