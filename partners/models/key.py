"""The keys that join partners and practices, and the answers kept for their retries."""

import datetime
import ipaddress

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models

from partners.models.partner import Partner
from partners.models.practice import Practice, PracticeModel
from partners.scopes import ALL_SCOPES, SCOPE_CHOICES


def validate_network(value: str) -> None:
    """A network must be an address or a CIDR range without host bits."""
    try:
        ipaddress.ip_network(value)
    except ValueError as error:
        raise ValidationError(f"{error}; write it as 203.0.113.0/24.") from None


# Of the keys that work, whose end is near and which nobody seems to need is worth a look.
SOON = datetime.timedelta(days=14)
IDLE = datetime.timedelta(days=90)


def working_at(now: datetime.datetime, of: str = "") -> models.Q:
    """Keys that would be let in; `of` is the way to them from another model, `keys__`."""
    return models.Q(**{f"{of}revoked_at": None}) & (
        models.Q(**{f"{of}expires_at": None}) | models.Q(**{f"{of}expires_at__gt": now})
    )


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    """Keys by what they are good for."""

    def working(self, now: datetime.datetime) -> "ApiKeyQuerySet":
        """Keys that would be let in now, partner and practice aside."""
        return self.filter(working_at(now))

    def in_status(self, status: "ApiKey.Status", now: datetime.datetime) -> "ApiKeyQuerySet":
        """Keys of which `ApiKey.status` says so at `now`."""
        if status == ApiKey.Status.REVOKED:
            return self.exclude(revoked_at=None)
        if status == ApiKey.Status.EXPIRED:
            return self.filter(revoked_at=None, expires_at__lte=now)
        is_replaced = status == ApiKey.Status.RETIRING
        return self.working(now).filter(replaced_by__isnull=not is_replaced)

    def ending(self, now: datetime.datetime) -> "ApiKeyQuerySet":
        """Keys of which `ApiKey.is_ending` says so at `now`."""
        return self.in_status(ApiKey.Status.ACTIVE, now).filter(expires_at__lte=now + SOON)

    def idle(self, now: datetime.datetime) -> "ApiKeyQuerySet":
        """Keys of which `ApiKey.is_idle` says so at `now`."""
        return self.in_status(ApiKey.Status.ACTIVE, now).filter(
            models.Q(last_used_at__lte=now - IDLE)
            | models.Q(last_used_at=None, created_at__lte=now - IDLE)
        )


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

    def is_ending(self, now: datetime.datetime) -> bool:
        """Whether it will have expired soon, with nothing in its place."""
        is_soon = self.expires_at is not None and self.expires_at <= now + SOON
        return is_soon and self.status(now) == self.Status.ACTIVE

    def is_idle(self, now: datetime.datetime) -> bool:
        """Whether it works and has not been used for long, or never since it was made."""
        last = self.last_used_at or self.created_at
        return last <= now - IDLE and self.status(now) == self.Status.ACTIVE


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
