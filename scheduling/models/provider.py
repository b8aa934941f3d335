"""Who sees patients, and the rooms and devices that it takes."""

from django.db import models

from partners.models import PracticeModel


class Provider(PracticeModel):
    """Somebody who sees patients: a physician, a nurse, an aesthetician."""

    name = models.CharField(max_length=200)
    title = models.CharField(max_length=50, blank=True)
    specialty = models.CharField(max_length=100, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            # What rows of the same practice point at, so that none can point at another's.
            models.UniqueConstraint(fields=["practice", "id"], name="provider_in_practice")
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.title}" if self.title else self.name


class Resource(PracticeModel):
    """A room or a device that one visit at a time may have."""

    class Kind(models.TextChoices):
        """What it is."""

        ROOM = "room"
        DEVICE = "device"

    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.ROOM)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["practice", "id"], name="resource_in_practice"),
            models.UniqueConstraint(fields=["practice", "name"], name="resource_name_unique"),
        ]

    def __str__(self) -> str:
        return self.name
