"""Somebody on the staff, and what the audit log has noted."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.contrib.auth.models import User

from partners.models import AuditEntry

Staff = Callable[[], AbstractContextManager[None]]
PASSWORD = "correct horse battery"


@pytest.fixture
def kim(staff: Staff) -> Any:
    """An administrator."""
    with staff():
        return User.objects.create_superuser("kim", "kim@example.com", PASSWORD)


@pytest.fixture
def noted(staff: Staff) -> Callable[..., list[Any]]:
    """What was noted since the last time one asked, in the named columns."""
    seen = [0]

    def told(*columns: str) -> list[Any]:
        with staff():
            rows = AuditEntry.objects.filter(id__gt=seen[0]).order_by("id")
            found = list(rows.values_list(*columns, flat=len(columns) == 1))
            seen[0] = max(rows.values_list("id", flat=True), default=seen[0])
        return found

    return told
