"""Types of visits, with who gives them and where."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from partners.filters import PracticeFilter, StateFilter
from scheduling.admin.base import OwnPracticeMixin, PracticeAdmin, PracticeInline
from scheduling.models import VisitType, VisitTypeProvider, VisitTypeResource


class TypeProviderInline(PracticeInline):
    """Who gives visits of the type."""

    model = VisitTypeProvider
    fields = ["provider"]
    extra = 1
    verbose_name = "provider"
    verbose_name_plural = "providers who give it"


class TypeResourceInline(PracticeInline):
    """Where they take place; the first that is free."""

    model = VisitTypeResource
    fields = ["position", "resource"]
    ordering = ["position", "resource_id"]
    extra = 1
    verbose_name = "room"
    verbose_name_plural = "rooms, by position: a visit gets the first that is free"


@admin.register(VisitType)
class VisitTypeAdmin(OwnPracticeMixin, PracticeAdmin):
    """What a practice offers. What is given up is switched off: visits were of it."""

    list_display = ["name", "practice", "duration", "state"]
    list_filter = [StateFilter, PracticeFilter]
    search_fields = ["name"]
    fields = [
        "practice",
        "name",
        "is_active",
        "default_duration_minutes",
        "buffer_before_minutes",
        "buffer_after_minutes",
    ]
    inlines = [TypeProviderInline, TypeResourceInline]

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """Once it is known in which practice to choose."""
        return self.inlines if obj else []

    @admin.display(description="usual length", ordering="default_duration_minutes")
    def duration(self, row: VisitType) -> str:
        """In minutes."""
        return f"{row.default_duration_minutes} min"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Visits point at it."""
        return False
