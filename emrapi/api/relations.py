"""References to other rows, which must be rows of the caller's practice."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.fields import empty

from emrapi.api.fields import BIGINT_MAX, BIGINT_MIN, refuse


class PracticeRelatedField(serializers.PrimaryKeyRelatedField[Any]):
    """The id of another row of the caller's practice; those of others are unknown to it."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "does_not_exist": "There is no such row in your practice."
    }

    def run_validation(self, data: Any = empty) -> Any:
        """DRF would take an empty string for null."""
        if data == "":
            refuse("Must be an integer.")
        return super().run_validation(data)

    def get_queryset(self) -> Any:
        """The rows of the practice, or all of a table that belongs to no practice."""
        queryset = super().get_queryset()
        if queryset is None or not _has_practice(queryset.model):
            return queryset
        return queryset.filter(practice_id=self.context["request"].user.practice_id)

    def to_internal_value(self, data: Any) -> Any:
        """The row itself."""
        if type(data) is not int:
            refuse("Must be an integer.")
        if not BIGINT_MIN <= data <= BIGINT_MAX:
            refuse("Is beyond the range of 64 bits.", "out_of_range")
        return super().to_internal_value(data)


def _has_practice(model: Any) -> bool:
    return any(field.name == "practice" for field in model._meta.fields)
