"""What staff see of the platform at work."""

from django.apps import AppConfig


class DashboardConfig(AppConfig):
    """The app of the call log."""

    name = "dashboard"
    verbose_name = "Calls"

    def ready(self) -> None:
        """Register the system check."""
        from dashboard import staff_groups  # noqa: F401
