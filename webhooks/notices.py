"""Letters to a partner and to staff: a subscription has been disabled.

The subscription's row says that one is due. One that could not be handed over is tried again for a
day; so is one whose writer died. Nothing is sent within a transaction.
"""

import datetime
from collections.abc import Iterable

import structlog
from django.conf import settings
from django.core.mail import EmailMessage

from partners.letters import handed_over
from partners.tenancy import SENDER, acting_as
from webhooks.models import Subscription
from webhooks.outcomes import Disabled

_log = structlog.get_logger(__name__)

_AGAIN_AFTER = datetime.timedelta(minutes=10)
_GIVE_UP_AFTER = datetime.timedelta(days=1)
_AT_ONCE = 50
_WHY = {
    "gone": "The receiver answered 410 Gone, which asks us to send nothing more.",
    "failing": "Nothing has got through to it for five days.",
}


def tell(disabled: Iterable[Disabled]) -> None:
    """Say so in the log; the letter is due by then."""
    for each in disabled:
        _log.warning(
            "webhook_subscription_disabled",
            subscription=each.subscription_id,
            practice=each.practice,
            partner=each.partner,
            reason=each.reason,
        )


def send_due(now: datetime.datetime) -> int:
    """Send the letters that are due; returns how many went out."""
    sent = 0
    for _ in range(_AT_ONCE):
        if (subscription := _claim(now)) is None:
            break
        letter = _letter(subscription)
        if letter is None or handed_over(letter, subscription=subscription.pk):
            sent += letter is not None
            _settle(subscription)
    return sent


def _claim(now: datetime.datetime) -> Subscription | None:
    """One whose letter is due, put off so that nobody else takes it."""
    with acting_as(SENDER):
        due = Subscription.objects.filter(letter_due_at__lte=now).order_by("letter_due_at", "id")
        subscription = (
            due.select_for_update(skip_locked=True, of=("self",))
            .select_related("practice", "partner")
            .only(
                *("hook_url", "disabled_reason", "disabled_at", "letter_due_at"),
                *("practice__ppass", "partner__name", "partner__email", "partner__alert_email"),
            )
            .first()
        )
        if subscription is not None:
            since = subscription.disabled_at
            is_last = since is None or now > since + _GIVE_UP_AFTER
            subscription.letter_due_at = None if is_last else now + _AGAIN_AFTER
            subscription.save(update_fields=["letter_due_at"])
    return subscription


def _settle(subscription: Subscription) -> None:
    """Nothing more is due, unless it has been disabled anew meanwhile."""
    with acting_as(SENDER):
        Subscription.objects.filter(
            pk=subscription.pk, letter_due_at=subscription.letter_due_at
        ).update(letter_due_at=None)


def _letter(subscription: Subscription) -> EmailMessage | None:
    """One letter to all, for it is handed over as a whole; none if it works again by now."""
    reason = _WHY.get(subscription.disabled_reason)
    partner, practice = subscription.partner, subscription.practice.ppass
    address = partner.alert_email or partner.email
    if reason is None or not (address or settings.STAFF_ALERT_EMAILS):
        return None
    text = (
        f"We have stopped sending events of {practice} to {partner.name} at\n\n"
        f"    {subscription.hook_url}\n\n"
        f"{reason}\n\n"
        "Events are kept. To start again, mend the receiver and sign up again with\n"
        "POST /v1/webhooks/signup; what is waiting is then sent, and the rest can be pulled from\n"
        "GET /v1/webhooks/events.\n"
    )
    return EmailMessage(
        f"Webhooks for {practice} are disabled",
        text,
        to=[address] if address else [],
        bcc=settings.STAFF_ALERT_EMAILS,
    )
