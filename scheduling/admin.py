"""Providers in the admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from partners.filters import PracticeFilter, StateFilter
from scheduling.models import Provider


@admin.register(Provider)
class ProviderAdmin(admin.ModelAdmin[Provider]):
    """Who sees patients, in which practice. Who leaves is switched off: visits point at them."""

    list_display = ["name", "title", "specialty", "practice", "is_active"]
    list_filter = [StateFilter, PracticeFilter]
    list_select_related = ["practice"]
    show_facets = admin.ShowFacets.NEVER
    search_fields = ["name", "specialty"]
    search_help_text = "By name or specialty."
    autocomplete_fields = ["practice"]
    fields = ["practice", "name", "title", "specialty", "is_active"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Nobody moves to another practice: what points at them would stay behind."""
        return ["practice"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Their name stays on what they did."""
        return False
