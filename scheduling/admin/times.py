"""Time off and closures, by the practice's clock."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from scheduling.admin.base import PracticeAdmin
from scheduling.admin.forms import SpanForm, wall
from scheduling.models import Closure, TimeOff


class SpanAdmin(PracticeAdmin):
    """Rows with a `during`; the newest first."""

    form = SpanForm
    ordering = ["-id"]

    @admin.display(description="begins")
    def from_when(self, row: Any) -> str:
        """By the practice's clock."""
        return f"{wall(row.practice, row.during.lower):%Y-%m-%d %H:%M}"

    @admin.display(description="ends")
    def until_when(self, row: Any) -> str:
        """The same."""
        return f"{wall(row.practice, row.during.upper):%Y-%m-%d %H:%M}"


@admin.register(TimeOff)
class TimeOffAdmin(SpanAdmin):
    """When a provider does not work after all. Visits that are booked then stay."""

    list_display = ["provider", "practice", "from_when", "until_when", "reason"]
    list_select_related = ["practice", "provider"]
    autocomplete_fields = ["provider"]
    fields = ["provider", "begins", "ends", "reason"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The practice is that of the provider."""
        return ["provider"] if obj else []


@admin.register(Closure)
class ClosureAdmin(SpanAdmin):
    """When a practice is closed. Visits that are booked then stay."""

    list_display = ["practice", "from_when", "until_when", "reason"]
    fields = ["practice", "begins", "ends", "reason"]
