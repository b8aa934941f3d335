"""Work on a timetable."""

from celery import shared_task

from emrapi.partitions import add_ahead


@shared_task(ignore_result=True)
def add_log_partitions() -> int:
    """Make the log's partitions of the coming months."""
    return add_ahead("webhooks_log", cut_by="created_at", step="month", ahead=3)
