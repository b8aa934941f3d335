"""Work on a timetable, and letters."""

import structlog
from celery import shared_task
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from partners import letters
from partners.idempotency import forget_old

_log = structlog.get_logger(__name__)


@shared_task(ignore_result=True)
def forget_stored_answers() -> int:
    """Delete the answers that are too old to be replayed."""
    return forget_old(timezone.now())


@shared_task(ignore_result=True)
def send_letters() -> int:
    """Send the letters that are due."""
    return letters.send_due(timezone.now())


def wake_letters() -> None:
    """Have letters sent as soon as this transaction commits; the timetable does it otherwise."""
    transaction.on_commit(_wake)


def _wake() -> None:
    try:
        send_letters.apply_async(expires=60)
    except OperationalError as error:
        _log.warning("letters_not_woken", error=type(error).__name__)
