"""Filters of the lists of webhooks."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from partners.filters import ExactFilter, InputFilter
from partners.models import Partner
from webhooks.health import HEALTH
from webhooks.models import Delivery, Subscription


class ChoicesFilter(admin.SimpleListFilter):
    """One of a few conditions, by name."""

    conditions: dict[str, tuple[str, Q]] = {}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Their words."""
        return [(name, words) for name, (words, _) in self.conditions.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        """One that there is not is as good as none."""
        found = self.conditions.get(self.value() or "")
        return queryset.filter(found[1]) if found else None


class HealthFilter(ChoicesFilter):
    """Subscriptions by how they are."""

    title = "health"
    parameter_name = "health"
    conditions = HEALTH


class DeliveryFilter(ChoicesFilter):
    """Deliveries by how they stand."""

    title = "status"
    parameter_name = "state"
    conditions = {
        "delivered": ("delivered", Q(status=Delivery.Status.DELIVERED)),
        "waiting": ("waiting for the first try", Q(status=Delivery.Status.PENDING, attempts=0)),
        "again": ("to be tried again", Q(status=Delivery.Status.PENDING, attempts__gt=0)),
        "failed": ("failed", Q(status=Delivery.Status.FAILED)),
        "cancelled": ("cancelled", Q(status=Delivery.Status.CANCELLED)),
    }


class OriginFilter(ChoicesFilter):
    """Deliveries by why they were made."""

    title = "origin"
    parameter_name = "origin"
    conditions = {
        origin.value: (origin.label.lower(), Q(origin=origin)) for origin in Delivery.Origin
    }


class EventFilter(ExactFilter):
    """Rows of one event, by its whole name."""

    title = "event"
    parameter_name = "event"
    placeholder = "patient.created"
    field = "event"


class OwnerFilter(InputFilter):
    """Deliveries to one partner, by its name."""

    title = "partner"
    parameter_name = "partner"
    placeholder = "Name"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """By the numbers of its subscriptions, which are few."""
        if not (name := (self.value() or "").strip()):
            return queryset
        partner = Partner.objects.filter(name__iexact=name).first()
        theirs = Subscription.objects.filter(partner=partner).values_list("pk", flat=True)
        return queryset.filter(subscription_id__in=list(theirs))
