"""Kinds of visits: who gives them, what they need, how long they take."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower

from partners.models import PracticeModel
from scheduling.models.keys import within_practice

LONGEST_MINUTES = 1440


class VisitType(PracticeModel):
    """A kind of visit. Without providers nobody may give it; without resources it needs no room."""

    name = models.CharField(max_length=50)
    is_active = models.BooleanField(default=True)
    default_duration_minutes = models.PositiveSmallIntegerField(
        default=30, validators=[MinValueValidator(1), MaxValueValidator(LONGEST_MINUTES)]
    )
    buffer_before_minutes = models.PositiveSmallIntegerField(
        default=0,
        validators=[MaxValueValidator(LONGEST_MINUTES)],
        help_text="The provider is taken for so long before his part of the visit.",
    )
    buffer_after_minutes = models.PositiveSmallIntegerField(
        default=0,
        validators=[MaxValueValidator(LONGEST_MINUTES)],
        help_text="The provider is taken for so long after his part of the visit.",
    )
    providers = models.ManyToManyField(
        "scheduling.Provider", through="scheduling.VisitTypeProvider", related_name="visit_types"
    )
    resources = models.ManyToManyField(
        "scheduling.Resource", through="scheduling.VisitTypeResource", related_name="visit_types"
    )

    class Meta:
        ordering = [Lower("name"), "id"]
        constraints = [
            models.UniqueConstraint(fields=["practice", "id"], name="visittype_in_practice"),
            models.UniqueConstraint("practice", Lower("name"), name="visittype_name_unique"),
            models.CheckConstraint(
                condition=models.Q(
                    default_duration_minutes__range=(1, LONGEST_MINUTES),
                    buffer_before_minutes__lte=LONGEST_MINUTES,
                    buffer_after_minutes__lte=LONGEST_MINUTES,
                ),
                name="visittype_minutes",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class VisitTypeProvider(PracticeModel):
    """That a provider may give visits of a type."""

    visit_type = within_practice(
        "scheduling.VisitType", on_delete=models.CASCADE, related_name="type_providers"
    )
    provider = within_practice(
        "scheduling.Provider", on_delete=models.CASCADE, related_name="provider_types"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "visit_type", "provider"], name="visittypeprovider_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.visit_type_id} by {self.provider_id}"


class VisitTypeResource(PracticeModel):
    """That a visit of a type may take place in a room; of several, the first free one is taken."""

    visit_type = within_practice(
        "scheduling.VisitType", on_delete=models.CASCADE, related_name="type_resources"
    )
    resource = within_practice(
        "scheduling.Resource", on_delete=models.CASCADE, related_name="resource_types"
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "visit_type", "resource"], name="visittyperesource_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.visit_type_id} in {self.resource_id}"
