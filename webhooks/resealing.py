"""Secrets of subscriptions under the newest key, so that an old one can be dropped."""

from webhooks import secrets
from webhooks.models import Subscription

_SECRETS = ("secret", "previous_secret")


def reseal(*, is_dry_run: bool = False) -> int:
    """Seal anew what an older key has sealed; returns for how many subscriptions.

    Removed ones too: no row may need the old key. Raises CannotOpen, naming the subscription.
    """
    resealed = 0
    for subscription in Subscription.objects.select_for_update().order_by("id"):
        old = {
            name: sealed
            for name in _SECRETS
            if (sealed := getattr(subscription, name)) and not secrets.is_current(sealed)
        }
        if not old:
            continue
        resealed += 1
        for name, sealed in old.items():
            try:
                setattr(subscription, name, secrets.seal(secrets.open(sealed)))
            except secrets.CannotOpen as error:
                raise secrets.CannotOpen(f"Subscription {subscription.pk}: {error}") from None
        if not is_dry_run:
            subscription.save(update_fields=[*old, "updated_at"])
    return resealed
