"""People."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from partners.models import PracticeModel
from prospects import normal, validators
from prospects.models.queries import PersonQuerySet
from prospects.models.tag import PersonTag, Tag


class Person(PracticeModel):
    """A patient of the practice, or somebody who may become one.

    Text that was not given is '', never null. The table is cut into 32 parts by practice, each with
    its own indexes, so that the cost of a search follows the size of the practice and not that of
    the platform; start every query from the practice, and only one part is touched.
    """

    class Gender(models.TextChoices):
        """As in the reference."""

        MALE = "m"
        FEMALE = "f"
        OTHER = "o"
        UNKNOWN = "u"

    class LifeStage(models.TextChoices):
        """As in the reference."""

        INFANT = "Infant"
        TODDLER = "Toddler"
        CHILD = "Child"
        ADOLESCENT = "Adolescent"
        EARLY_ADULT = "EarlyAdult"
        ADULT = "Adult"
        ALL_ADULTS = "AllAdults"
        SENIOR = "Senior"

    class Type(models.TextChoices):
        """As in the reference."""

        PATIENT = "Patient"
        CHILD = "Child"
        CASH = "Cash"
        INSURANCE = "Insurance"
        GUARANTOR = "Guarantor"

    first_name = models.CharField(max_length=100, blank=True)
    middle_initial = models.CharField(max_length=20, blank=True)
    last_name = models.CharField(max_length=100, blank=True)
    full_name = models.CharField(max_length=250, blank=True, help_text="Composed if left empty.")
    nickname = models.CharField(max_length=100, blank=True)
    gender = models.CharField(max_length=1, choices=Gender, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    life_stage = models.CharField(max_length=20, choices=LifeStage, blank=True)
    pronouns = models.CharField(max_length=50, blank=True)
    sexual_identity = models.CharField(max_length=50, blank=True)
    primary_language = models.CharField(max_length=50, blank=True)
    type = models.CharField(max_length=20, choices=Type, blank=True)
    phone = models.CharField(max_length=50, blank=True, validators=[validators.phone])
    cell_phone = models.CharField(max_length=50, blank=True, validators=[validators.phone])
    sms_phone = models.CharField(
        "SMS phone", max_length=50, blank=True, validators=[validators.phone]
    )
    email = models.CharField("e-mail", max_length=254, blank=True, validators=[validators.email])
    address = models.CharField(max_length=250, blank=True)
    unit = models.CharField(max_length=50, blank=True)
    city = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=100, blank=True)
    postal_code = models.CharField(
        "ZIP", max_length=20, blank=True, validators=[validators.postal_code]
    )
    country = models.CharField(max_length=100, blank=True)
    provider = models.ForeignKey(
        "scheduling.Provider",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        # The real key is (practice_id, provider_id), made in SQL.
        db_constraint=False,
        db_index=False,
    )
    is_prospect = models.BooleanField("prospect", default=True)
    shipping_name = models.CharField(max_length=250, blank=True)
    shipping_address = models.CharField(max_length=250, blank=True)
    shipping_unit = models.CharField(max_length=50, blank=True)
    shipping_city = models.CharField(max_length=100, blank=True)
    shipping_state = models.CharField(max_length=100, blank=True)
    shipping_postal_code = models.CharField(
        "shipping ZIP", max_length=20, blank=True, validators=[validators.postal_code]
    )
    shipping_country = models.CharField(max_length=100, blank=True)
    picture = models.FileField(max_length=200, blank=True, editable=False)
    notes = models.TextField(max_length=10_000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    # Normal forms (`prospects.normal`), kept by `derive`.
    normalized_phones = models.CharField(max_length=250, blank=True, editable=False)
    normalized_postal_code = models.CharField(max_length=20, blank=True, editable=False)
    identities = ArrayField(models.TextField(), default=list, blank=True, editable=False)
    # What a search looks through; made by the database, also for rows that SQL clients write.
    search_text = models.GeneratedField(
        expression=models.Func(
            "first_name",
            "middle_initial",
            "last_name",
            "full_name",
            "nickname",
            "email",
            "phone",
            "cell_phone",
            "sms_phone",
            "normalized_phones",
            function="prospects_search_text",
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    tags: models.ManyToManyField[Tag, PersonTag] = models.ManyToManyField(
        "Tag", through="PersonTag", related_name="people"
    )

    objects = PersonQuerySet.as_manager()

    _DERIVED = (
        "full_name",
        "normalized_phones",
        "normalized_postal_code",
        "identities",
        "updated_at",
    )

    class Meta:
        verbose_name_plural = "people"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(gender__in=["", *"mfou"]), name="person_gender_known"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    life_stage__in=[
                        "",
                        "Infant",
                        "Toddler",
                        "Child",
                        "Adolescent",
                        "EarlyAdult",
                        "Adult",
                        "AllAdults",
                        "Senior",
                    ]
                ),
                name="person_life_stage_known",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    type__in=["", "Patient", "Child", "Cash", "Insurance", "Guarantor"]
                ),
                name="person_type_known",
            ),
            models.CheckConstraint(condition=~models.Q(full_name=""), name="person_has_name"),
        ]
        indexes = [
            # fastupdate is off so that no search has to walk a list of what is not indexed yet;
            # it makes a write 0.1 ms dearer.
            GinIndex(
                fields=["search_text"],
                opclasses=["gin_trgm_ops"],
                fastupdate=False,
                name="person_search",
            ),
            GinIndex(fields=["identities"], fastupdate=False, name="person_identities"),
            models.Index(fields=["practice", "updated_at"], name="person_updated"),
            # For staff, who look across practices; all others start from the practice.
            models.Index(fields=["id"], name="person_id"),
        ]

    def __str__(self) -> str:
        return self.full_name

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Store, with what is derived from the rest."""
        self.derive()
        if update_fields is not None:
            update_fields = {*update_fields, *self._DERIVED}
        super().save(*args, update_fields=update_fields, **kwargs)

    def derive(self) -> None:
        """Compose the full name if there is none, and make the normal forms."""
        self.full_name = self.full_name or self.composed_name()
        region = settings.PHONE_REGION
        phones = [
            normal.phone(text, region)
            for text in dict.fromkeys([self.phone, self.cell_phone, self.sms_phone])
            if text
        ]
        self.normalized_phones = " ".join(dict.fromkeys(phones))
        self.normalized_postal_code = normal.postal_code(self.postal_code)
        self.identities = normal.identities(
            emails=[normal.email(self.email)],
            phones=phones,
            names=[normal.name(self.full_name), normal.name(f"{self.first_name} {self.last_name}")],
            birth_date=self.birth_date,
        )

    def composed_name(self) -> str:
        """First name, initial and last name in one."""
        return " ".join(filter(None, (self.first_name, self.middle_initial, self.last_name)))

    def _do_update(self, base_qs: Any, *args: Any) -> Any:
        # Django's save() asks for the id alone, which would look through every part of the table.
        return super()._do_update(base_qs.filter(practice_id=self.practice_id), *args)
