"""Tags, and who has which."""

from collections.abc import Sequence
from typing import Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Coalesce, Lower

from partners.models import PracticeModel


class TagQuerySet(models.QuerySet["Tag"]):
    """Tags by what one asks for."""

    def named(self, names: Sequence[str]) -> Self:
        """Those with one of these names, without regard to case."""
        lowered = [Lower(models.Value(name)) for name in names]
        return self.alias(lowered_name=Lower("name")).filter(lowered_name__in=lowered)

    def with_count(self) -> Self:
        """Adds `people_count`, the number of people who have the tag, within the same query."""
        people = (
            PersonTag.objects.filter(
                practice_id=models.OuterRef("practice_id"), tag_id=models.OuterRef("id")
            )
            .order_by()
            .values("tag_id")
            .annotate(people=models.Count("*"))
            .values("people")
        )
        return self.annotate(people_count=Coalesce(models.Subquery(people), 0))


class Tag(PracticeModel):
    """A word that a practice puts on people, such as VIP."""

    name = models.CharField(max_length=50)
    color = models.CharField(
        max_length=7,
        default="#808080",
        validators=[RegexValidator(r"^#[0-9a-f]{6}\Z", "Must be a colour such as #1e90ff.")],
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = TagQuerySet.as_manager()

    class Meta:
        ordering = [Lower("name"), "id"]
        constraints = [
            models.UniqueConstraint("practice", Lower("name"), name="tag_unique"),
            models.UniqueConstraint(fields=["practice", "id"], name="tag_in_practice"),
            models.CheckConstraint(condition=~models.Q(name=""), name="tag_has_name"),
            models.CheckConstraint(
                condition=models.Q(color__regex="^#[0-9a-f]{6}$"), name="tag_color_form"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PersonTag(PracticeModel):
    """That a person has a tag. Keys on (practice_id, …), made in SQL, keep both in one practice."""

    person = models.ForeignKey(
        "prospects.Person",
        on_delete=models.CASCADE,
        related_name="person_tags",
        db_constraint=False,
        db_index=False,
    )
    tag = models.ForeignKey(
        "prospects.Tag",
        on_delete=models.CASCADE,
        related_name="person_tags",
        db_constraint=False,
        db_index=False,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "person", "tag"], name="persontag_unique")
        ]
        indexes = [models.Index(fields=["practice", "tag", "person"], name="persontag_by_tag")]

    def __str__(self) -> str:
        return f"of person {self.person_id}"
