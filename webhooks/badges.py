"""How subscriptions and deliveries are, in a word and its colour."""

import datetime

from django.utils.safestring import SafeString

from partners.badges import badge, how_long
from webhooks.models import Delivery, Subscription

_DELIVERY_TONES = {
    Delivery.Status.DELIVERED: "good",
    Delivery.Status.FAILED: "bad",
    Delivery.Status.CANCELLED: "off",
}


def subscription_badge(subscription: Subscription, now: datetime.datetime) -> SafeString:
    """Whether anything is sent, and whether it arrives."""
    match subscription.status:
        case Subscription.Status.REMOVED:
            return badge("off", "removed", "by the partner")
        case Subscription.Status.DISABLED:
            return badge("bad", "disabled", subscription.get_disabled_reason_display())
    if not subscription.partner.is_active:
        return badge("bad", "silent", "its partner is off")
    if not subscription.practice.is_active:
        return badge("bad", "silent", "its practice is off")
    if subscription.failing_since is None:
        return badge("good", "well")
    since = how_long(subscription.failing_since, now)
    held = subscription.held_until
    rest = f", left alone for {how_long(now, held)}" if held and held > now else ""
    return badge("warn", "failing", f"for {since}, {subscription.failures} in a row{rest}")


def delivery_badge(delivery: Delivery, now: datetime.datetime) -> SafeString:
    """Whether it has arrived, and when it is tried next."""
    if delivery.status != Delivery.Status.PENDING:
        return badge(_DELIVERY_TONES[Delivery.Status(delivery.status)], delivery.status)
    if delivery.lease_until and delivery.lease_until > now:
        return badge("info", "on its way")
    due = delivery.next_attempt_at
    when = f"in {how_long(now, due)}" if due > now else "is due"
    if delivery.attempts:
        return badge("warn", "to be tried again", when)
    return badge("info", "waiting", when)
