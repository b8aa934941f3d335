"""The log of what happened in each practice, who is told of it, and how that went."""

import datetime
from urllib.parse import urlsplit

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from partners.models import Partner, Practice, PracticeModel
from partners.scopes import EventScope

EVENT_SCOPES = [scope.value for scope in EventScope]
EVENT_SCOPE_CHOICES = [(scope, scope) for scope in EVENT_SCOPES]


class LogEntry(PracticeModel):
    """One event. The EMR, or any SQL client, may insert rows; the database fills in the rest.

    `id` is the order of insertion; `log_id`, the number that partners see, is given to rows that
    are already committed, so that reading by it can skip none. The table is cut by month.
    """

    scope = models.CharField(max_length=20, choices=EVENT_SCOPE_CHOICES)
    event = models.CharField(max_length=100)
    object_id = models.BigIntegerField(null=True)
    data = models.JSONField(db_default={})
    created_at = models.DateTimeField(db_default=Now())
    log_id = models.BigIntegerField(null=True, editable=False)

    class Meta:
        db_table = "webhooks_log"
        verbose_name = "log entry"
        verbose_name_plural = "log"

    def __str__(self) -> str:
        return f"{self.event} {self.object_id}"


class DispatchState(PracticeModel):
    """How far the log of a practice has been turned into deliveries."""

    practice = models.OneToOneField(Practice, on_delete=models.CASCADE, related_name="+")
    last_log_id = models.BigIntegerField(default=0)
    is_behind = models.BooleanField(
        default=False, help_text="Set when the cursor was moved back: there is more to hand out."
    )
    updated_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"up to {self.last_log_id}"


class Subscription(PracticeModel):
    """Where one partner wants to be told of one practice's events."""

    class Status(models.TextChoices):
        """Only an active one is sent to; a removed one is kept for its deliveries' sake."""

        ACTIVE = "active"
        DISABLED = "disabled"
        REMOVED = "removed"

    class Reason(models.TextChoices):
        """Why a subscription is disabled."""

        NONE = "", "–"
        GONE = "gone", "the receiver answered 410 Gone"
        FAILING = "failing", "nothing arrived for five days"
        STAFF = "staff", "by staff"

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="subscriptions")
    hook_url = models.CharField("address", max_length=2000)
    scopes = ArrayField(models.CharField(max_length=20, choices=EVENT_SCOPE_CHOICES))
    status = models.CharField(max_length=10, choices=Status, default=Status.ACTIVE)
    disabled_reason = models.CharField(
        max_length=10, choices=Reason, default=Reason.NONE, blank=True
    )
    disabled_at = models.DateTimeField(null=True, editable=False)
    # Encrypted (webhooks/secrets.py); the previous one signs beside it until it runs out.
    secret = models.TextField(editable=False)
    previous_secret = models.TextField(blank=True, editable=False)
    previous_secret_until = models.DateTimeField(null=True, editable=False)
    # Since when, and how many times in a row, nothing has arrived.
    failing_since = models.DateTimeField(null=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    held_until = models.DateTimeField(
        null=True, editable=False, help_text="Unreachable, so left alone until then."
    )
    # A letter about the disabling is to be written.
    letter_due_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["letter_due_at"],
                condition=models.Q(letter_due_at__isnull=False),
                name="subscription_letter_due",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "practice"],
                condition=~models.Q(status="removed"),
                name="subscription_one_a_client",
            ),
            models.UniqueConstraint(fields=["practice", "id"], name="subscription_practice_id"),
            models.CheckConstraint(
                condition=models.Q(scopes__len__gt=0, scopes__contained_by=EVENT_SCOPES),
                name="subscription_scopes_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {urlsplit(self.hook_url).netloc}"

    @property
    def reason_or_none(self) -> str | None:
        """Why it is disabled."""
        return self.disabled_reason or None


class Delivery(PracticeModel):
    """One event on its way to one subscription; the row is the queue's entry as well.

    Due when it is pending, `next_attempt_at` has come and nobody holds a lease. An outcome is
    written only by whoever made attempt number `attempts`.
    """

    class Status(models.TextChoices):
        """Pending ones are tried again; the others are over."""

        PENDING = "pending"
        DELIVERED = "delivered"
        FAILED = "failed"
        CANCELLED = "cancelled"

    class Origin(models.TextChoices):
        """Why it was made: once by the dispatch, besides by hand."""

        DISPATCH = "dispatch"
        RETRY = "retry"
        REPLAY = "replay"
        TEST = "test"

    practice = models.ForeignKey(
        Practice, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    subscription = models.ForeignKey(
        Subscription, on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )
    # The event, by its number and its time: the log is cut by time. A test has no entry there.
    log_id = models.BigIntegerField(null=True)
    occurred_at = models.DateTimeField()
    event = models.CharField(max_length=100)
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.DISPATCH)
    source_delivery_id = models.BigIntegerField(null=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True)
    # What the last attempt met.
    hook_url = models.CharField("address", max_length=2000, blank=True)
    status_code = models.PositiveSmallIntegerField(null=True)
    duration_ms = models.PositiveIntegerField(null=True)
    error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            # Handing out the same event twice is harmless.
            models.UniqueConstraint(
                fields=["subscription", "log_id"],
                condition=models.Q(origin="dispatch"),
                name="delivery_dispatched_once",
            ),
            models.UniqueConstraint(fields=["practice", "id"], name="delivery_practice_id"),
            models.CheckConstraint(
                condition=models.Q(origin="test", log_id=None)
                | models.Q(~models.Q(origin="test"), log_id__isnull=False),
                name="delivery_of_an_event",
            ),
        ]
        indexes = [
            models.Index(
                fields=["subscription", "next_attempt_at", "id"],
                condition=models.Q(status="pending"),
                name="delivery_due",
            ),
            # With the practice, so that a partner's are counted without a look at the table.
            models.Index(
                fields=["subscription", "id"],
                include=["practice"],
                name="delivery_by_subscription",
            ),
            models.Index(
                fields=["id"], condition=~models.Q(status="delivered"), name="delivery_open"
            ),
            models.Index(fields=["created_at"], name="delivery_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.log_id or ''}".strip()

    @property
    def is_delivered(self) -> bool:
        """Whether the receiver has it."""
        return self.status == self.Status.DELIVERED

    @property
    def address(self) -> str:
        """Where the last attempt went, or the first one would."""
        return self.hook_url or self.subscription.hook_url

    @property
    def due_at(self) -> datetime.datetime | None:
        """When it is tried next; None once it is over."""
        return self.next_attempt_at if self.status == self.Status.PENDING else None

    @property
    def error_or_none(self) -> str | None:
        """What went wrong with the last attempt."""
        return self.error or None


class Attempt(PracticeModel):
    """One try to deliver, kept for a while so that a partner can see what went wrong."""

    practice = models.ForeignKey(
        Practice, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    delivery = models.ForeignKey(
        Delivery, on_delete=models.CASCADE, related_name="tries", db_index=False
    )
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField(db_default=Now())
    status_code = models.PositiveSmallIntegerField(null=True)
    duration_ms = models.PositiveIntegerField()
    error = models.CharField(max_length=500, blank=True)
    answer = models.TextField(blank=True, help_text="The first 2 KB of the receiver's answer.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["delivery", "number"], name="attempt_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number} at {self.at:%Y-%m-%d %H:%M:%S}"

    @property
    def error_or_none(self) -> str | None:
        """What went wrong with it."""
        return self.error or None
