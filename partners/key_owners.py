"""What practices and partners have in common in the admin: keys hang on them."""

import zoneinfo
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from partners.badges import on_or_off
from partners.labels import SpokenLabels
from partners.models import Practice, working_at


class KeyOwnerAdmin(SpokenLabels, admin.ModelAdmin[Any]):
    """A row that keys hang on: counted, never deleted; switched off instead."""

    show_facets = admin.ShowFacets.NEVER
    # The filter of the keys' list that finds this row's.
    key_filter: str

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the number of its keys that work."""
        working = working_at(timezone.now(), of="keys__")
        rows: QuerySet[Any] = super().get_queryset(request)
        rows = rows.annotate(working_keys=Count("keys", filter=working))
        return rows  # noqa: RET504 - the plugin calls it Any when returned at once

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new one has no story yet."""
        fields = super().get_fields(request, obj)
        return fields if obj else [name for name in fields if name not in self.readonly_fields]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What it did must stay explainable: switch it off instead."""
        return False

    @admin.display(description="state", ordering="is_active")
    def state(self, row: Any) -> SafeString:
        """On or off."""
        return on_or_off(is_active=row.is_active)

    @admin.display(description="working keys", ordering="working_keys")
    def keys(self, row: Any) -> SafeString:
        """How many of its keys work, with the way to them."""
        url = reverse("admin:partners_apikey_changelist", query={self.key_filter: str(row)})
        return format_html('<a href="{}">{}</a>', url, row.working_keys)


class PracticeForm(forms.ModelForm[Practice]):
    """A practice, its time zone chosen from those that there are."""

    time_zone = forms.ChoiceField(
        choices=lambda: [(zone, zone) for zone in sorted(zoneinfo.available_timezones())],
        initial="America/New_York",
    )

    class Meta:
        model = Practice
        fields = ["ppass", "name", "time_zone", "is_sandbox", "is_active"]
