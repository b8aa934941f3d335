"""A partner's subscription: made or changed by signing up, given a new secret, ended."""

import datetime
from collections.abc import Sequence
from typing import NamedTuple

from django.db import IntegrityError, transaction

from webhooks import secrets, signing
from webhooks.models import Delivery, Subscription

# How long the old secret signs beside the new one.
OVERLAP = datetime.timedelta(hours=24)
_HEALTH = (
    *("disabled_reason", "disabled_at", "failing_since", "failures", "held_until"),
    "letter_due_at",
)


class NotSubscribed(Exception):
    """The partner has no subscription in this practice."""


class SignedUp(NamedTuple):
    """A subscription, and its secret if it is new."""

    subscription: Subscription
    secret: str | None


class Rotated(NamedTuple):
    """A subscription, and the secret that it has from now on."""

    subscription: Subscription
    secret: str


def sign_up(*, practice_id: int, partner_id: int, hook_url: str, scopes: Sequence[str]) -> SignedUp:
    """Make the client's one subscription, or change where it goes and what it tells.

    Signing up again is how a partner says that its receiver works again, so it ends a disabling;
    but not one by staff. The caller has checked the address and the scopes.
    """
    client = {"practice_id": practice_id, "partner_id": partner_id}
    try:
        subscription = subscription_of(**client, is_to_change=True)
    except NotSubscribed:
        secret = signing.new_secret()
        try:
            with transaction.atomic():
                made = Subscription.objects.create(
                    **client, hook_url=hook_url, scopes=scopes, secret=secrets.seal(secret)
                )
        except IntegrityError:  # somebody was faster by a moment
            subscription = subscription_of(**client, is_to_change=True)
        else:
            return SignedUp(made, secret)
    _change(subscription, hook_url=hook_url, scopes=scopes)
    return SignedUp(subscription, None)


def subscription_of(
    *, practice_id: int, partner_id: int, is_to_change: bool = False
) -> Subscription:
    """The client's subscription; one to change is ours until the transaction ends.

    Raises NotSubscribed.
    """
    live = Subscription.objects.exclude(status=Subscription.Status.REMOVED)
    own = live.filter(practice_id=practice_id, partner_id=partner_id)
    found = (own.select_for_update() if is_to_change else own).first()
    if found is None:
        raise NotSubscribed
    return found


def rotate_secret(*, subscription: Subscription, now: datetime.datetime) -> Rotated:
    """Give it a new secret; for a day the one before it signs as well, and no older one."""
    secret = signing.new_secret()
    subscription.previous_secret = subscription.secret
    subscription.previous_secret_until = now + OVERLAP
    subscription.secret = secrets.seal(secret)
    subscription.save(
        update_fields=["secret", "previous_secret", "previous_secret_until", "updated_at"]
    )
    return Rotated(subscription, secret)


def remove(*, subscription: Subscription, now: datetime.datetime) -> None:
    """End it: what was to be delivered is not. Its deliveries can still be looked at."""
    subscription.status = Subscription.Status.REMOVED
    subscription.previous_secret, subscription.previous_secret_until = "", None
    subscription.save(
        update_fields=["status", "previous_secret", "previous_secret_until", "updated_at"]
    )
    waiting = Delivery.objects.filter(
        practice_id=subscription.practice_id,
        subscription_id=subscription.pk,
        status=Delivery.Status.PENDING,
    )
    waiting.update(status=Delivery.Status.CANCELLED, finished_at=now)


def disable(*, subscription: Subscription, now: datetime.datetime) -> None:
    """Send it nothing until staff enable it again; what is on its way waits."""
    subscription.status = Subscription.Status.DISABLED
    subscription.disabled_reason = Subscription.Reason.STAFF
    subscription.disabled_at = now
    subscription.save(update_fields=["status", "disabled_reason", "disabled_at", "updated_at"])


def enable(subscription: Subscription) -> None:
    """Send to it again, at once and as if it had never failed."""
    subscription.status = Subscription.Status.ACTIVE
    subscription.disabled_reason = Subscription.Reason.NONE
    subscription.disabled_at = subscription.failing_since = subscription.held_until = None
    subscription.letter_due_at = None
    subscription.failures = 0
    subscription.save(update_fields=["status", *_HEALTH, "updated_at"])


def _change(subscription: Subscription, *, hook_url: str, scopes: Sequence[str]) -> None:
    subscription.hook_url, subscription.scopes = hook_url, list(scopes)
    subscription.save(update_fields=["hook_url", "scopes", "updated_at"])
    if subscription.disabled_reason != Subscription.Reason.STAFF:
        enable(subscription)
