"""Work on a timetable."""

from celery import shared_task
from django.utils import timezone

from scheduling import holds


@shared_task(ignore_result=True)
def forget_expired_holds() -> int:
    """Delete holds that are over; nobody is kept waiting by them, they only take up space."""
    return holds.forget_expired(timezone.now())
