"""Visits, and times that are kept for a moment before they become one."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models

from partners.models import PracticeModel
from scheduling.models.keys import within_practice


class Occupation(PracticeModel):
    """What a visit and a hold have in common: whom and what they take, and when.

    Three half-open ranges in UTC, each within the next: the provider's part; the whole visit, for
    which the room is taken; and, around the provider's part, the buffers of the type as they were
    when it was made, for which the provider is taken.
    """

    provider = within_practice("scheduling.Provider")
    visit_type = within_practice("scheduling.VisitType")
    room = within_practice("scheduling.Resource", null=True, blank=True)
    during = DateTimeRangeField()
    provider_during = DateTimeRangeField()
    provider_busy = DateTimeRangeField()
    api_key_id = models.BigIntegerField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(during__contains=models.F("provider_during"))
                & models.Q(provider_busy__contains=models.F("provider_during"))
                & models.Q(provider_during__isempty=False)
                & models.Q(during__lower_inf=False, during__upper_inf=False)
                & models.Q(provider_busy__lower_inf=False, provider_busy__upper_inf=False),
                name="%(class)s_ranges_nested",
            )
        ]


class Visit(Occupation):
    """A visit of a person with a provider. Its rows never overlap: the database holds that."""

    class Status(models.TextChoices):
        """How far it has come."""

        BOOKED = "booked"
        ARRIVED = "arrived"
        COMPLETED = "completed"
        NO_SHOW = "no_show"
        CANCELLED = "cancelled"

    person = within_practice("prospects.Person")
    # What visits are found by: under the policies no operator of a range may use an index.
    starts_at = models.GeneratedField(
        expression=models.Func("during", function="lower"),
        output_field=models.DateTimeField(),
        db_persist=True,
        editable=False,
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.BOOKED)
    complaint = models.CharField(max_length=500, blank=True)
    notes = models.TextField(max_length=10_000, blank=True)
    cancel_reason = models.CharField(max_length=500, blank=True)
    is_overbooked = models.BooleanField(
        default=False, help_text="Put over another visit on purpose, by staff."
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(Occupation.Meta):
        abstract = False
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["practice", "person"], name="visit_of_person"),
            GistIndex(fields=["practice", "during"], name="visit_by_time"),
            models.Index(fields=["practice", "starts_at"], name="visit_by_start"),
            # The others are in the indexes of the constraints.
            GistIndex(
                fields=["practice", "provider", "provider_busy"],
                name="visit_overbooked",
                condition=models.Q(is_overbooked=True) & ~models.Q(status="cancelled"),
            ),
        ]
        constraints = [
            *Occupation.Meta.constraints,
            models.UniqueConstraint(fields=["practice", "id"], name="visit_in_practice"),
            ExclusionConstraint(
                name="visit_one_at_a_time_for_provider",
                expressions=[
                    ("practice", RangeOperators.EQUAL),
                    ("provider", RangeOperators.EQUAL),
                    ("provider_busy", RangeOperators.OVERLAPS),
                ],
                condition=~models.Q(status="cancelled") & models.Q(is_overbooked=False),
            ),
            ExclusionConstraint(
                name="visit_one_at_a_time_in_room",
                expressions=[
                    ("practice", RangeOperators.EQUAL),
                    ("room", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                condition=~models.Q(status="cancelled") & models.Q(is_overbooked=False),
            ),
            models.CheckConstraint(
                condition=models.Q(
                    status__in=["booked", "arrived", "completed", "no_show", "cancelled"]
                ),
                name="visit_status_known",
            ),
        ]

    def __str__(self) -> str:
        return f"visit {self.pk}"


class Hold(Occupation):
    """A time that is kept for whoever made the hold, until it expires."""

    expires_at = models.DateTimeField()

    class Meta(Occupation.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["practice", "provider", "expires_at"], name="hold_of_provider"),
            models.Index(fields=["practice", "room", "expires_at"], name="hold_of_room"),
            models.Index(fields=["practice", "api_key_id", "expires_at"], name="hold_of_key"),
            models.Index(fields=["expires_at"], name="hold_expiry"),
        ]
        constraints = [
            *Occupation.Meta.constraints,
            models.UniqueConstraint(fields=["practice", "id"], name="hold_in_practice"),
        ]

    def __str__(self) -> str:
        return f"hold {self.pk}"
