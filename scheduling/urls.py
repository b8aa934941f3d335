"""Paths of providers, availability and visits."""

from django.urls import path

from scheduling.views import (
    AvailabilityViewSet,
    HoldViewSet,
    ProviderViewSet,
    ScheduleViewSet,
    SearchViewSet,
    VisitTypeViewSet,
    VisitViewSet,
)

_PROVIDERS = "<ppass:ppass>/availability/providers"
_VISITS = "<ppass:ppass>/visits"

urlpatterns = [
    path(_PROVIDERS, ProviderViewSet.as_view({"get": "list"})),
    path(f"{_PROVIDERS}/<id:id>", ProviderViewSet.as_view({"get": "retrieve"})),
    path(f"{_PROVIDERS}/<id:id>/schedule", ScheduleViewSet.as_view({"get": "retrieve"})),
    path(f"{_PROVIDERS}/<id:id>/check", AvailabilityViewSet.as_view({"get": "check"})),
    path(f"{_PROVIDERS}/<id:id>/slots", AvailabilityViewSet.as_view({"get": "slots"})),
    path(f"{_PROVIDERS}/<id:id>/next-slot", AvailabilityViewSet.as_view({"get": "next_slot"})),
    path("<ppass:ppass>/availability/slots", SearchViewSet.as_view({"get": "list_slots"})),
    path("<ppass:ppass>/visit-types", VisitTypeViewSet.as_view({"get": "list"})),
    path(_VISITS, VisitViewSet.as_view({"get": "list"})),
    path(f"{_VISITS}/book", VisitViewSet.as_view({"post": "book"})),
    path(f"{_VISITS}/hold", HoldViewSet.as_view({"post": "create"})),
    path(f"{_VISITS}/hold/<id:id>", HoldViewSet.as_view({"delete": "destroy"})),
    path(f"{_VISITS}/<id:id>", VisitViewSet.as_view({"get": "retrieve"})),
    path(f"{_VISITS}/<id:id>/cancel", VisitViewSet.as_view({"post": "cancel"})),
    path(f"{_VISITS}/<id:id>/reschedule", VisitViewSet.as_view({"post": "reschedule"})),
]
