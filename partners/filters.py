"""Filters of the staff pages' lists."""

import datetime
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from partners.models import ApiKey, Partner, Practice


class InputFilter(admin.SimpleListFilter):
    """A filter that is typed, for what there are too many of to list."""

    template = "admin/partners/input_filter.html"
    placeholder = ""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """None to choose from; one, since Django leaves out a filter without any."""
        return [("", "")]

    def choices(self, changelist: ChangeList) -> Iterator[dict[str, Any]]:  # type: ignore[override]
        """What the template needs: the other filters in force, and the way to drop this one."""
        yield {
            "kept": [
                (name, value)
                for name, value in changelist.params.items()
                if name != self.parameter_name
            ],
            "all_query": changelist.get_query_string(remove=[str(self.parameter_name)]),
        }


class ExactFilter(InputFilter):
    """Rows by one of their columns, exactly; `field` may end in another lookup."""

    field = ""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those that have it; all, if nothing was typed."""
        wanted = (self.value() or "").strip()
        return queryset.filter(**{self.field: wanted}) if wanted else queryset


class ChoiceFilter(admin.SimpleListFilter):
    """Rows by a yes or no, in better words."""

    field = ""
    words = ("yes", "no")

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The words stand for themselves."""
        return [(word, word) for word in self.words]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        """Another word is as good as none."""
        if self.value() not in self.words:
            return None
        return queryset.filter(**{self.field: self.value() == self.words[0]})


class AgeFilter(admin.SimpleListFilter):
    """Rows by how long ago something was."""

    title = "age"
    parameter_name = "age"
    field = "created_at"
    # By what stands in the address: the words, and whether it was since (`gte`) or before (`lt`).
    spans = {
        "hour": ("Last hour", "gte", datetime.timedelta(hours=1)),
        "day": ("Last 24 hours", "gte", datetime.timedelta(days=1)),
        "week": ("Last 7 days", "gte", datetime.timedelta(days=7)),
        "month": ("Last 30 days", "gte", datetime.timedelta(days=30)),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """In the order given."""
        return [(name, words) for name, (words, _, _) in self.spans.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        """A span that there is not is as good as none."""
        if (span := self.spans.get(self.value() or "")) is None:
            return None
        _, lookup, age = span
        return queryset.filter(**{f"{self.field}__{lookup}": timezone.now() - age})


class StateFilter(ChoiceFilter):
    """Practices or partners by whether they are let in."""

    title = "state"
    parameter_name = "state"
    field = "is_active"
    words = ("on", "off")


class KindFilter(ChoiceFilter):
    """Practices by whether their people are real."""

    title = "kind"
    parameter_name = "kind"
    field = "is_sandbox"
    words = ("sandbox", "live")


class PracticeFilter(InputFilter):
    """Rows of one practice, by its PPass."""

    title = "practice"
    parameter_name = "ppass"
    placeholder = "PPass"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """By number, so that it serves rows without a foreign key as well."""
        if not (ppass := (self.value() or "").strip()):
            return queryset
        wanted = Practice.objects.filter(ppass__iexact=ppass).values_list("pk", flat=True).first()
        return queryset.none() if wanted is None else queryset.filter(practice_id=wanted)


class PartnerFilter(InputFilter):
    """Rows of one partner, by its name."""

    title = "partner"
    parameter_name = "partner"
    placeholder = "Name"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """As for practices."""
        if not (name := (self.value() or "").strip()):
            return queryset
        wanted = Partner.objects.filter(name__iexact=name).values_list("pk", flat=True).first()
        return queryset.none() if wanted is None else queryset.filter(partner_id=wanted)


class StatusFilter(admin.SimpleListFilter):
    """Keys by what they are good for."""

    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The four states of a key."""
        return [(status.value, status.value) for status in ApiKey.Status]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        """Those in the chosen state; a state that there is not is as good as none."""
        value = self.value()
        if value not in ApiKey.Status.values:
            return None
        keys = ApiKey.objects.in_status(ApiKey.Status(value), timezone.now())
        return queryset.filter(pk__in=keys.values("pk"))
