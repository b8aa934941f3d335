"""Tickets between partners and support."""

from django.apps import AppConfig


class TicketsConfig(AppConfig):
    """The app of tickets."""

    name = "tickets"
    verbose_name = "Help desk"
