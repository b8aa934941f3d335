"""Webhooks in the admin: who is told, what was delivered, what there was to tell."""

from webhooks.admin.deliveries import DeliveryAdmin
from webhooks.admin.log import DispatchStateAdmin, LogEntryAdmin
from webhooks.admin.subscriptions import SubscriptionAdmin

__all__ = ["DeliveryAdmin", "DispatchStateAdmin", "LogEntryAdmin", "SubscriptionAdmin"]
