"""Providers, their time, and visits."""

from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    """The app of providers."""

    name = "scheduling"
