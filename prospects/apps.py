"""People of a practice and their tags."""

from django.apps import AppConfig


class ProspectsConfig(AppConfig):
    """The app of people and tags."""

    name = "prospects"
