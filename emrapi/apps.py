"""The project itself as an app: its commands, and the queue that every process sends tasks to."""

from importlib import import_module

from django.apps import AppConfig


class EmrApiConfig(AppConfig):
    name = "emrapi"

    def ready(self) -> None:
        # Without it, a task sent from a process that is no worker would go to Celery's default
        # broker, which nobody runs.
        import_module("emrapi.celery")
