"""Practices, the partners that work for them, and the keys that join the two."""

import datetime
import ipaddress
import zoneinfo

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower

from emrapi.api.converters import PPASS_PATTERN, RESERVED, is_ppass
from partners.scopes import ALL_SCOPES, SCOPE_CHOICES


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


def validate_network(value: str) -> None:
    """A network must be an address or a CIDR range without host bits."""
    try:
        ipaddress.ip_network(value)
    except ValueError as error:
        raise ValidationError(f"{error}; write it as 203.0.113.0/24.") from None


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


class Partner(models.Model):
    """An outside company that calls the API, for one practice or for many."""

    name = models.CharField(max_length=200)
    company_name = models.CharField(max_length=200, blank=True)
    contact_name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=50, blank=True)
    website = models.URLField(blank=True)
    alert_email = models.EmailField(blank=True, help_text="Where we tell of trouble.")
    is_active = models.BooleanField(
        default=True, help_text="Off: all its keys are refused from the next call on."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="partner_name_unique",
                violation_error_message="There is a partner of this name already.",
            )
        ]

    def __str__(self) -> str:
        return self.name


PartnerEvent = pghistory.create_event_model(
    Partner,
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    model_name="PartnerEvent",
    abstract=False,
    attrs={"pgh_id": models.BigAutoField(primary_key=True)},
    meta={
        "verbose_name": "change of a partner",
        "verbose_name_plural": "changes of partners",
        "indexes": [models.Index(fields=["pgh_obj", "pgh_id"], name="partnerevent_of")],
    },
)


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    """Keys by what they are good for."""

    def working(self, now: datetime.datetime) -> "ApiKeyQuerySet":
        """Keys that would be let in now, partner and practice aside."""
        return self.filter(revoked_at=None).filter(
            models.Q(expires_at=None) | models.Q(expires_at__gt=now)
        )

    def in_status(self, status: "ApiKey.Status", now: datetime.datetime) -> "ApiKeyQuerySet":
        """Keys of which `ApiKey.status` says so at `now`."""
        if status == ApiKey.Status.REVOKED:
            return self.exclude(revoked_at=None)
        if status == ApiKey.Status.EXPIRED:
            return self.filter(revoked_at=None, expires_at__lte=now)
        is_replaced = status == ApiKey.Status.RETIRING
        return self.working(now).filter(replaced_by__isnull=not is_replaced)


class ApiKey(models.Model):
    """What lets one partner act for one practice. The key itself is not here, only its digest."""

    class Status(models.TextChoices):
        """What a key is good for at a moment; derived, never stored."""

        ACTIVE = "active"
        RETIRING = "retiring"
        EXPIRED = "expired"
        REVOKED = "revoked"

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="keys")
    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="keys")
    name = models.CharField(max_length=100, help_text="What the key is for.")
    scopes = ArrayField(models.CharField(max_length=40, choices=SCOPE_CHOICES), default=list)
    expires_at = models.DateTimeField(null=True, blank=True)
    allowed_networks = ArrayField(
        models.CharField(max_length=50, validators=[validate_network]),
        default=list,
        blank=True,
        help_text="CIDR ranges, separated by commas; empty: from anywhere.",
    )
    rate_limit = models.PositiveIntegerField(
        null=True, blank=True, help_text="Calls a minute; empty: the platform's default."
    )
    lookup_id = models.CharField(max_length=8, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    pepper = models.CharField(max_length=40, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)
    replaced_by = models.OneToOneField(
        "self", null=True, editable=False, on_delete=models.PROTECT, related_name="replaces"
    )

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = "API key"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(scopes__contained_by=list(ALL_SCOPES)),
                name="apikey_scopes_known",
            ),
            models.CheckConstraint(
                condition=models.Q(rate_limit=None) | models.Q(rate_limit__gt=0),
                name="apikey_rate_limit_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.lookup_id})"

    def clean(self) -> None:
        """A key without a scope could do nothing, and one born expired neither."""
        if not self.scopes:
            raise ValidationError({"scopes": "Choose at least one scope."})
        if self.rate_limit == 0:
            raise ValidationError({"rate_limit": "Leave it empty, or allow at least one call."})

    def status(self, now: datetime.datetime) -> "ApiKey.Status":
        """What the key is good for at `now`, partner and practice aside."""
        if self.revoked_at is not None:
            return self.Status.REVOKED
        if self.expires_at is not None and self.expires_at <= now:
            return self.Status.EXPIRED
        return self.Status.ACTIVE if self.replaced_by_id is None else self.Status.RETIRING


class StoredAnswer(PracticeModel):
    """The answer to a write, kept so that a retry with the same Idempotency-Key gets it again."""

    api_key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="+")
    idempotency_key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of method, path and body.")
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("api_key", "idempotency_key", name="storedanswer_unique")
        ]

    def __str__(self) -> str:
        return f"{self.status} for {self.idempotency_key}"
