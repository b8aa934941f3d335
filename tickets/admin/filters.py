"""Which tickets the queue shows; those that somebody has to do something about, unless asked."""

import datetime
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import HttpRequest

from partners import filters
from partners.models import Practice
from tickets import steps
from tickets.models import Ticket

_MOST_NAMES = 100


class StatusFilter(admin.SimpleListFilter):
    """By status. Without a choice, what is over is left out."""

    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Each, and all."""
        return [*Ticket.Status.choices, ("all", "All")]

    def choices(self, changelist: ChangeList) -> Iterator[dict[str, Any]]:  # type: ignore[override]
        """The first choice, Django's "All", is "To do" here."""
        for number, choice in enumerate(super().choices(changelist)):
            yield {**choice, **({"display": "To do"} if number == 0 else {})}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """A status that there is not is as good as none."""
        value = self.value()
        if value == "all":
            return queryset
        wanted = [value] if value in Ticket.Status.values else steps.UNRESOLVED
        return queryset.filter(status__in=wanted)


class AssignedFilter(admin.SimpleListFilter):
    """By who looks after them."""

    title = "assigned to"
    parameter_name = "assigned"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Oneself, nobody, any other of the staff."""
        mine = request.user.get_username()
        others = [name for name in staff_names() if name != mine]
        return [("me", f"Me ({mine})"), ("nobody", "Nobody"), *((f"={n}", n) for n in others)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        """In whatever case, as the API has it."""
        value = self.value() or ""
        if value == "nobody":
            return queryset.filter(assigned_to="")
        name = request.user.get_username() if value == "me" else value.removeprefix("=")
        tickets: Any = queryset
        return tickets.assigned_to(name) if name else None


class AgeFilter(filters.AgeFilter):
    """By when they were opened; also what has been lying about."""

    spans = {
        "day": ("Last 24 hours", "gte", datetime.timedelta(days=1)),
        "week": ("Last 7 days", "gte", datetime.timedelta(days=7)),
        "older": ("More than 7 days", "lt", datetime.timedelta(days=7)),
        "old": ("More than 30 days", "lt", datetime.timedelta(days=30)),
    }


def staff_names() -> list[str]:
    """Who may look after a ticket."""
    users = get_user_model().objects.filter(is_active=True, is_staff=True)
    return list(users.order_by("username").values_list("username", flat=True)[:_MOST_NAMES])


def practice_names() -> list[str]:
    """For whom one may open a ticket; more of them can be typed."""
    practices = Practice.objects.filter(is_active=True).order_by("ppass")
    return list(practices.values_list("ppass", flat=True)[:_MOST_NAMES])
