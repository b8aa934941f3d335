"""Practices, partners, keys, tokens, and who may see what."""

from django.apps import AppConfig


class PartnersConfig(AppConfig):
    """The app that knows who calls."""

    name = "partners"
    verbose_name = "Access"

    def ready(self) -> None:
        """Register the system checks; note who signs in."""
        from partners import audit, checks  # noqa: F401

        audit.watch_sign_ins()
