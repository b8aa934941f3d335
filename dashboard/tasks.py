"""Work on a timetable."""

import datetime

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from dashboard import counting
from emrapi.partitions import add_ahead


@shared_task(ignore_result=True)
def add_call_partitions() -> int:
    """Make the partitions of the coming days: of the calls, and of their figures."""
    return (
        add_ahead("dashboard_apicall", cut_by="at", step="day", ahead=7)
        + add_ahead("dashboard_minuteusage", cut_by="at", step="day", ahead=3)
        + add_ahead("dashboard_hourusage", cut_by="at", step="day", ahead=3)
    )


@shared_task(ignore_result=True)
def count_calls() -> int:
    """Bring the figures up to date."""
    return counting.count()


@shared_task(ignore_result=True)
def forget_old_calls() -> int:
    """Drop what is older than it is kept."""
    kept = datetime.timedelta(days=settings.CALL_LOG_DAYS)
    return counting.forget(calls_kept=kept, now=timezone.now())
