"""Events: the log, and their way to partners."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """The app of the log and its delivery."""

    name = "webhooks"

    def ready(self) -> None:
        """Register the checks."""
        from webhooks import checks  # noqa: F401 - importing registers them
