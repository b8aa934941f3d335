"""Work on a timetable, and the sender's when it is woken."""

from celery import shared_task
from celery.worker import state
from django.conf import settings
from django.utils import timezone

from emrapi.partitions import add_ahead
from webhooks import notices, purging
from webhooks.pump import the_pump

_PURGE_SECONDS = 0.5


@shared_task(ignore_result=True)
def pump() -> int:
    """Publish and deliver until there is nothing to do; whatever is left is found by the next."""
    return the_pump().run(is_ending=_is_ending)


@shared_task(ignore_result=True)
def purge() -> int:
    """Delete deliveries that have been over for long; a few at a time, for the sender waits."""
    return purging.purge(older_than_days=settings.WEBHOOK_KEEP_DAYS, seconds=_PURGE_SECONDS)


@shared_task(ignore_result=True)
def send_letters() -> int:
    """Send the letters about what was disabled; not by the sender, whom slow mail would hold."""
    return notices.send_due(timezone.now())


@shared_task(ignore_result=True)
def add_log_partitions() -> int:
    """Make the log's partitions of the coming months."""
    return add_ahead("webhooks_log", cut_by="created_at", step="month", ahead=3)


def _is_ending() -> bool:
    """Whether the worker has been told to end; it says so by an exit code, which may be 0."""
    return any(
        told is not None and told is not False
        for told in (state.should_stop, state.should_terminate)
    )
