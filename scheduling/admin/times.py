"""Time off and closures, by the practice's clock."""

import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html

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
        return _moment(row, row.during.lower)

    @admin.display(description="ends")
    def until_when(self, row: Any) -> str:
        """The same."""
        return _moment(row, row.during.upper)


def _moment(row: Any, moment: datetime.datetime) -> str:
    """The date stays whole."""
    local = wall(row.practice, moment)
    return format_html('<span class="nowrap">{}</span> {}', f"{local:%Y-%m-%d}", f"{local:%H:%M}")


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
