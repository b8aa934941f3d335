"""Rows that are there to be read."""

from typing import Any

from django.http import HttpRequest


class ReadOnlyMixin:
    """An admin of what happened: written by what happens, and by nobody here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """It is made by what happens."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What happened does not change."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nor is it undone."""
        return False
