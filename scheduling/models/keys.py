"""Foreign keys within a practice."""

from typing import Any

from django.db import models


def within_practice(to: str, **options: Any) -> Any:
    """A foreign key to a row of the same practice.

    The real key is (practice_id, x_id), made in SQL by the migration operation `SamePractice`: a
    key on the id alone would take another practice's row, since keys are checked past the policies.
    """
    facts: dict[str, Any] = {
        "on_delete": models.PROTECT,
        "related_name": "+",
        "db_constraint": False,
        "db_index": False,
    }
    return models.ForeignKey(to, **{**facts, **options})
