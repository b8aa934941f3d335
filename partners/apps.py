"""Practices, partners, keys, tokens, and who may see what."""

from django.apps import AppConfig


class PartnersConfig(AppConfig):
    """The app that knows who calls."""

    name = "partners"

    def ready(self) -> None:
        """Register the system checks."""
        from partners import checks  # noqa: F401
