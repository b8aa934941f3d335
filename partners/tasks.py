"""Work on a timetable."""

from celery import shared_task
from django.utils import timezone

from partners.idempotency import forget_old


@shared_task(ignore_result=True)
def forget_stored_answers() -> int:
    """Delete the answers that are too old to be replayed."""
    return forget_old(timezone.now())
