"""Labels of fields as people say them, made from the columns' names."""

import re
from typing import Any

from django.http import HttpRequest


def spoken(label: str) -> str:
    """`Is active` is Active; `Buffer after minutes` is Buffer after (minutes)."""
    label = re.sub(r" (minutes|days)$", r" (\1)", label)
    return re.sub(r"^Is (.)", lambda found: found[1].upper(), label)


class SpokenLabels:
    """An admin whose forms have such labels."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Django's field under our label."""
        base: Any = super()
        field = base.formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and field.label:
            field.label = spoken(str(field.label))
        return field
