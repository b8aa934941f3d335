"""The queue of the background work: wake-ups and short tasks, never a store.

A message may be lost or come twice, so a task takes ids and looks at the rows; a long wait is a row
too. The schedule is CELERY_BEAT_SCHEDULE in the settings.
"""

import os
import warnings
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from django_structlog.celery.steps import DjangoStructLogInitStep

from emrapi import heartbeats

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emrapi.settings")

# Whoever tries things out as root has been told so often enough; the image has a user of its own.
warnings.filterwarnings("ignore", message="You're running the worker with superuser privileges")

app = Celery("emrapi")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    enable_utc=True,
    timezone="UTC",
    accept_content=["json"],
    task_serializer="json",
    task_ignore_result=True,
    # A task is done when it is done: a worker that dies hands it to another one.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_cancel_long_running_tasks_on_connection_loss=True,
    worker_prefetch_multiplier=1,
    task_time_limit=300,
    task_soft_time_limit=270,
    broker_connection_retry_on_startup=True,
    # For ever: the worker waits for a broker that is away, however long that takes.
    broker_connection_max_retries=None,
    # Sending is tried once more and then given up; the sweep finds the row. It must not hold a
    # request for long.
    task_publish_retry_policy={"max_retries": 1, "interval_start": 0.1, "interval_step": 0.1},
    broker_transport_options={
        # Longer than any task may take, else it would be handed out twice.
        "visibility_timeout": 900,
        "socket_connect_timeout": 2,
        "socket_timeout": 10,
    },
)
app.autodiscover_tasks()
app.steps["worker"].add(DjangoStructLogInitStep)


def keep_our_logging(**_: Any) -> None:
    """Celery sets up no logging of its own once somebody listens here; the settings' one stands."""


setup_logging.connect(keep_our_logging)
heartbeats.connect()
