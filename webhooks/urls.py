"""Paths of webhooks; none of them names a practice, since a key does."""

from django.urls import path

from webhooks.views import (
    AdminRetryViewSet,
    DeliveryViewSet,
    EventViewSet,
    MonitorViewSet,
    ReplayViewSet,
    SubscriptionViewSet,
)

_DELIVERIES = "webhooks/deliveries"

urlpatterns = [
    path(
        "webhooks/signup",
        SubscriptionViewSet.as_view({"post": "signup", "get": "retrieve", "delete": "destroy"}),
    ),
    path("webhooks/rotate-secret", SubscriptionViewSet.as_view({"post": "rotate_secret"})),
    path("webhooks/test", SubscriptionViewSet.as_view({"post": "test"})),
    path(_DELIVERIES, DeliveryViewSet.as_view({"get": "list"})),
    path(f"{_DELIVERIES}/<id:id>", DeliveryViewSet.as_view({"get": "retrieve"})),
    path(f"{_DELIVERIES}/<id:id>/retry", DeliveryViewSet.as_view({"post": "retry"})),
    path("webhooks/replay", ReplayViewSet.as_view({"post": "create"})),
    path("webhooks/events", EventViewSet.as_view({"get": "pull"})),
    path("admin/webhooks/monitor", MonitorViewSet.as_view({"get": "retrieve"})),
    path("admin/webhooks/retry/<id:id>", AdminRetryViewSet.as_view({"post": "create"})),
]
