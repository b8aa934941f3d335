"""The catalogue of products, one for all practices."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """The app of products."""

    name = "catalog"
