"""The log, and how far it has been handed out: to look at."""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.safestring import SafeString

from partners.badges import badge
from partners.filters import AgeFilter, PracticeFilter
from webhooks.admin.base import RecordAdmin, link
from webhooks.admin.filters import EventFilter
from webhooks.models import DispatchState, LogEntry


@admin.register(LogEntry)
class LogEntryAdmin(RecordAdmin):
    """What happened in which practice, newest first."""

    list_display = ["id", "number", "practice", "scope", "event", "object_id", "created_at"]
    list_filter = ["scope", EventFilter, AgeFilter, PracticeFilter]
    search_fields = ["=object_id", "=log_id"]
    search_help_text = "By the object's id or the number of the event."
    fields = ["id", "number", "practice", "scope", "event", "object_id", "data", "created_at"]
    fields += ["deliveries"]
    change_form_template = "admin/partners/without_tools.html"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What happened does not change."""
        return False

    @admin.display(description="number")
    def number(self, entry: LogEntry) -> str | SafeString:
        """Given when it is handed out, within a second."""
        return badge("info", "not yet") if entry.log_id is None else str(entry.log_id)

    @admin.display(description="deliveries")
    def deliveries(self, entry: LogEntry) -> str | SafeString:
        """To whom it went."""
        if entry.log_id is None:
            return "–"
        return link("webhooks_delivery_changelist", "Show", query=f"q={entry.log_id}")


@admin.register(DispatchState)
class DispatchStateAdmin(RecordAdmin):
    """How far each practice's log has been handed out. To move it: `set_dispatch_cursor`."""

    list_display = ["office", "last_log_id", "state", "updated_at"]
    fields = ["office", "last_log_id", "state", "updated_at"]
    list_display_links = None
    list_filter = [PracticeFilter]
    ordering = ["practice__ppass"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """That takes a command."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the highest number that there is."""
        numbered = LogEntry.objects.filter(practice=OuterRef("practice"), log_id__isnull=False)
        highest = numbered.order_by("-log_id").values("log_id")[:1]
        rows: Any = super().get_queryset(request)
        found: QuerySet[Any] = rows.annotate(highest=Subquery(highest))
        return found

    @admin.display(description="practice")
    def office(self, row: Any) -> SafeString:
        """Its PPass."""
        return link("partners_practice_change", row.practice, row.practice_id)

    @admin.display(description="state")
    def state(self, row: Any) -> SafeString:
        """Whether there is more to hand out."""
        if row.is_behind or (row.highest or 0) > row.last_log_id:
            return badge("warn", "behind", f"the log goes up to {row.highest}")
        return badge("good", "up to date")
