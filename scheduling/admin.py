"""Providers in the admin."""

from django.contrib import admin

from scheduling.models import Provider


@admin.register(Provider)
class ProviderAdmin(admin.ModelAdmin[Provider]):
    """Who sees patients, in which practice."""

    list_display = ["name", "title", "specialty", "practice", "is_active"]
    list_filter = ["is_active", "practice"]
    list_select_related = ["practice"]
    search_fields = ["name", "specialty"]
    autocomplete_fields = ["practice"]
