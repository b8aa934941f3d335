"""The tenant, and the base of what belongs to one."""

import zoneinfo

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower

from emrapi.api.converters import PPASS_PATTERN, RESERVED, is_ppass


def validate_ppass(value: str) -> None:
    """A PPass must be usable as a path segment and not head a global path."""
    if value.lower() in RESERVED:
        raise ValidationError(f'"{value}" is a reserved word of the API.', code="reserved")
    if not is_ppass(value):
        raise ValidationError(
            "A PPass is 2 to 40 letters, digits, - or _, beginning with a letter.", code="invalid"
        )


def validate_time_zone(value: str) -> None:
    """A time zone must be an IANA name that this machine knows."""
    if value not in zoneinfo.available_timezones():
        raise ValidationError(f'"{value}" is not an IANA time zone, such as America/New_York.')


class Practice(models.Model):
    """A medical practice, the tenant: every clinical row belongs to exactly one."""

    ppass = models.CharField(
        "PPass",
        max_length=40,
        validators=[validate_ppass],
        help_text="Its name in the API's paths.",
    )
    name = models.CharField(max_length=200)
    time_zone = models.CharField(
        max_length=64, default="America/New_York", validators=[validate_time_zone]
    )
    is_sandbox = models.BooleanField(
        default=False, help_text="Holds made-up people only; its keys begin with emr_test_."
    )
    is_active = models.BooleanField(
        default=True, help_text="Off: every key of the practice is refused from the next call on."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["ppass"]
        constraints = [
            models.UniqueConstraint(
                Lower("ppass"),
                name="practice_ppass_unique",
                violation_error_message="There is a practice with this PPass already.",
            ),
            models.CheckConstraint(
                condition=models.Q(ppass__regex=f"^{PPASS_PATTERN}$"), name="practice_ppass_form"
            ),
        ]

    def __str__(self) -> str:
        return self.ppass


class PracticeModel(models.Model):
    """Base of every row that belongs to a practice. Its table is to be under `Protect`."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True
