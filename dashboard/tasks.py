"""Work on a timetable."""

from celery import shared_task

from emrapi.partitions import add_ahead


@shared_task(ignore_result=True)
def add_call_partitions() -> int:
    """Make the call log's partitions of the coming days."""
    return add_ahead("dashboard_apicall", cut_by="at", step="day", ahead=7)
