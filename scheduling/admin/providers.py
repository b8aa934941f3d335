"""Providers with their week, rooms, and the rules of a practice's calendars."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from partners.filters import PracticeFilter, StateFilter
from scheduling.admin.base import NamedFormSet, OwnPracticeMixin, PracticeAdmin, PracticeInline
from scheduling.models import CalendarRules, Provider, Resource, WeeklyHours


def _clock() -> forms.TimeInput:
    return forms.TimeInput(format="%H:%M", attrs={"type": "time"})


class WeekFormSet(NamedFormSet):
    """The spans there are, and an empty one for each weekday that has none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        provider = kwargs.get("instance")
        if provider is not None and provider.pk:
            known = WeeklyHours.objects.filter(provider=provider, practice_id=provider.practice_id)
            taken = set(known.values_list("weekday", flat=True))
        else:
            taken = set()
        free = [{"weekday": day.value} for day in WeeklyHours.Weekday if day not in taken]
        super().__init__(*args, **{"initial": free, **kwargs})
        self.extra = len(free) + 1


class WeeklyHoursInline(PracticeInline):
    """A week: several spans a day, by the practice's clock; an empty day is a day off."""

    model = WeeklyHours
    formset = WeekFormSet
    fields = ["weekday", "opens", "closes", "valid_from", "valid_until"]
    ordering = ["weekday", "opens"]
    verbose_name_plural = "weekly hours (by the practice's clock; leave a day empty if it is off)"

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """The browser's own fields for times and dates: short, and good with the keyboard."""
        if db_field.name in ("opens", "closes"):
            kwargs["widget"] = _clock()
        if db_field.name in ("valid_from", "valid_until"):
            kwargs["widget"] = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(Provider)
class ProviderAdmin(OwnPracticeMixin, PracticeAdmin):
    """Who sees patients, in which practice. Who leaves is switched off: visits point at them."""

    list_display = ["name", "title", "specialty", "practice", "state"]
    list_filter = [StateFilter, PracticeFilter]
    search_fields = ["name", "specialty"]
    search_help_text = "By name or specialty."
    fields = ["practice", "name", "title", "specialty", "is_active"]
    inlines = [WeeklyHoursInline]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Their name stays on what they did."""
        return False


@admin.register(Resource)
class ResourceAdmin(PracticeAdmin):
    """Rooms and devices. What is given up is switched off: visits took place in it."""

    list_display = ["name", "kind", "practice", "state"]
    list_filter = [StateFilter, PracticeFilter]
    search_fields = ["name"]
    fields = ["practice", "name", "kind", "is_active"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Visits point at it."""
        return False


@admin.register(CalendarRules)
class CalendarRulesAdmin(PracticeAdmin):
    """Grid, notice and horizon; a practice without a row has the defaults."""

    list_display = ["practice", "grid_minutes", "minimum_notice_minutes", "horizon_days"]
    fields = ["practice", "grid_minutes", "minimum_notice_minutes", "horizon_days"]
