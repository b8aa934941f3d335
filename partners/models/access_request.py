"""Who asks to come in, and what became of it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from partners.models.key import ApiKey
from partners.scopes import ALL_SCOPES, SCOPE_CHOICES


class AccessRequest(models.Model):
    """A company's wish to work for a practice.

    It is shown to staff once the address it came from is confirmed. Of the links that are mailed
    only digests are here. Approval makes a key that nobody knows; opening the link gives it its
    text, once.
    """

    class Status(models.TextChoices):
        """How far it has come."""

        UNCONFIRMED = "unconfirmed"
        PENDING = "pending"
        APPROVED = "approved"
        DENIED = "denied"

    company = models.CharField(max_length=200)
    practice = models.CharField(max_length=200, help_text="As the company names it.")
    contact = models.CharField(max_length=200)
    email = models.EmailField("e-mail")
    scopes = ArrayField(models.CharField(max_length=40, choices=SCOPE_CHOICES))
    purpose = models.TextField(max_length=2000)
    status = models.CharField(max_length=12, choices=Status, db_default="unconfirmed")
    address = models.GenericIPAddressField(null=True, help_text="Where it was sent from.")
    created_at = models.DateTimeField(db_default=Now())
    confirmed_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=150, blank=True, db_default="")
    reason = models.TextField(
        max_length=2000, blank=True, db_default="", help_text="Told to whoever asked."
    )
    api_key = models.OneToOneField(
        ApiKey, null=True, on_delete=models.PROTECT, related_name="access_request"
    )
    # The link that is out: to confirm the address, later to see the key.
    link_digest = models.CharField(max_length=64, blank=True, db_default="")
    link_expires_at = models.DateTimeField(null=True)
    # A letter that is still to be sent; the row is the queue.
    letter_due_at = models.DateTimeField(null=True, db_default=Now())
    revealed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "API access request"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(scopes__len__gt=0, scopes__contained_by=list(ALL_SCOPES)),
                name="accessrequest_scopes_known",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["unconfirmed", "pending", "approved", "denied"]),
                name="accessrequest_status_known",
            ),
            models.CheckConstraint(
                condition=models.Q(status="approved", api_key__isnull=False)
                | models.Q(~models.Q(status="approved"), api_key=None),
                name="accessrequest_key_when_approved",
            ),
            models.UniqueConstraint(
                fields=["link_digest"],
                condition=~models.Q(link_digest=""),
                name="accessrequest_link_unique",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "id"], name="accessrequest_by_status"),
            models.Index(
                fields=["letter_due_at"],
                condition=models.Q(letter_due_at__isnull=False),
                name="accessrequest_letter_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company} for {self.practice}"
