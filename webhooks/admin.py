"""The log in the admin: to look at, never to change."""

from django.contrib import admin
from django.http import HttpRequest

from webhooks.models import LogEntry


@admin.register(LogEntry)
class LogEntryAdmin(admin.ModelAdmin[LogEntry]):
    """What happened in which practice, newest first."""

    list_display = ["id", "log_id", "practice", "scope", "event", "object_id", "created_at"]
    list_filter = ["scope", "event", "practice"]
    list_select_related = ["practice"]
    search_fields = ["=object_id", "=log_id"]
    search_help_text = "By the object's id or the log_id."
    ordering = ["-id"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """The log is written by what happens."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: LogEntry | None = None) -> bool:
        """What happened does not change."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: LogEntry | None = None) -> bool:
        """Nor is it undone."""
        return False
