"""Webhooks as partners and administrators' programs see them."""

from webhooks.views.administration import AdminRetryViewSet, MonitorViewSet
from webhooks.views.deliveries import DeliveryViewSet, ReplayViewSet
from webhooks.views.events import EventViewSet
from webhooks.views.subscriptions import SubscriptionViewSet

__all__ = [
    "AdminRetryViewSet",
    "DeliveryViewSet",
    "EventViewSet",
    "MonitorViewSet",
    "ReplayViewSet",
    "SubscriptionViewSet",
]
