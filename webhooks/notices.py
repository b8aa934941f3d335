"""Letters to a partner and to staff: a subscription has been disabled."""

import smtplib
import threading
from collections.abc import Iterable

import structlog
from django.conf import settings
from django.core.mail import EmailMessage

from webhooks.outcomes import Disabled

_log = structlog.get_logger(__name__)

_WHY = {
    "gone": "The receiver answered 410 Gone, which asks us to send nothing more.",
    "failing": "Nothing has got through to it for five days.",
}


def tell(disabled: Iterable[Disabled]) -> None:
    """Say so in the log, and write to those concerned; in the background, for mail may be slow."""
    letters = []
    for each in disabled:
        _log.warning(
            "webhook_subscription_disabled",
            subscription=each.subscription_id,
            practice=each.practice,
            partner=each.partner,
            reason=each.reason,
        )
        letters += _letters(each)
    if letters:
        threading.Thread(target=_send, args=(letters,), name="letters").start()


def _letters(disabled: Disabled) -> list[EmailMessage]:
    subject = f"Webhooks for {disabled.practice} are disabled"
    text = (
        f"We have stopped sending events of {disabled.practice} to {disabled.partner} at\n\n"
        f"    {disabled.hook_url}\n\n"
        f"{_WHY[disabled.reason]}\n\n"
        "Events are kept. To start again, mend the receiver and sign up again with\n"
        "POST /v1/webhooks/signup; what is waiting is then sent, and the rest can be pulled from\n"
        "GET /v1/webhooks/events.\n"
    )
    addresses = [disabled.email, *settings.STAFF_ALERT_EMAILS]
    return [EmailMessage(subject, text, to=[address]) for address in addresses if address]


def _send(letters: list[EmailMessage]) -> None:
    for letter in letters:
        try:
            letter.send()
        except (smtplib.SMTPException, OSError) as error:
            _log.exception("letter_not_sent", to=letter.to, error=str(error))
