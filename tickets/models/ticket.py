"""Tickets."""

from typing import Any, Self

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Lower, Now

from partners.instead import reading
from partners.models import PracticeModel
from partners.trigrams import contains_all, words_of
from tickets import steps

# The current practice's tickets without row-level security in front: see `partners.instead`.
_MINE = "tickets_ticket_mine"


class TicketQuerySet(models.QuerySet["Ticket"]):
    """Tickets by what one asks for."""

    counts: models.QuerySet[Any] | None = None

    def mine(self) -> Self:
        """Those of the transaction's practice (`app.practice_id`), to be searched by index."""
        return reading(self, _MINE)

    def mentioning(self, text: str) -> Self:
        """Those in whose subject, description, requester or category every word occurs."""
        return self.filter(contains_all(words_of(text)))

    def assigned_to(self, name: str) -> Self:
        """Those that somebody looks after, in whatever case."""
        return self.filter(assignee=name.lower())

    def counted_by(self, counts: models.QuerySet[Any]) -> Self:
        """The same tickets; `counts`, rows of TicketCount, tell how many they are."""
        made = self.all()
        made.counts = counts
        return made

    def count(self) -> int:
        """How many they are; what is made of this queryset is counted anew."""
        if self.counts is None:
            return super().count()
        # A handful of rows; adding them up here spares Django making an aggregate.
        return sum(self.counts.values_list("tickets", flat=True))


class Ticket(PracticeModel):
    """Something that a practice, or a partner for it, wants of support. Text not given is ''."""

    class Status(models.TextChoices):
        """How far it has come; `tickets.steps` says what may follow what."""

        OPEN = steps.OPEN, "Open"
        PENDING = steps.PENDING, "Pending"
        ON_HOLD = steps.ON_HOLD, "On hold"
        RESOLVED = steps.RESOLVED, "Resolved"
        CLOSED = steps.CLOSED, "Closed"

    class Priority(models.TextChoices):
        """How soon it must be looked at."""

        LOW = "Low"
        NORMAL = "Normal"
        HIGH = "High"
        URGENT = "Urgent"

    subject = models.CharField(max_length=200)
    description = models.TextField(max_length=10_000, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    priority = models.CharField(max_length=10, choices=Priority, default=Priority.NORMAL)
    category = models.CharField(max_length=50, blank=True)
    requester = models.CharField(max_length=200, blank=True, help_text="Who asks.")
    assigned_to = models.CharField(max_length=200, blank=True, help_text="Who looks after it.")
    api_key_id = models.BigIntegerField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    # Without regard to case; a column, because the policies let equality use an index, but no
    # function.
    assignee = models.GeneratedField(
        expression=Lower("assigned_to"), output_field=models.TextField(), db_persist=True
    )
    # What a search looks through; made by the database, also for rows that SQL clients write.
    search_text = models.GeneratedField(
        expression=models.Func(
            "subject",
            "description",
            "requester",
            "category",
            template="lower(%(expressions)s)",
            arg_joiner=" || E'\\n' || ",
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects = TicketQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["practice", "id"], name="ticket_in_practice"),
            models.CheckConstraint(condition=~models.Q(subject=""), name="ticket_has_subject"),
            models.CheckConstraint(
                condition=models.Q(status__in=["Open", "Pending", "OnHold", "Resolved", "Closed"]),
                name="ticket_status_known",
            ),
            models.CheckConstraint(
                condition=models.Q(priority__in=["Low", "Normal", "High", "Urgent"]),
                name="ticket_priority_known",
            ),
        ]
        indexes = [
            models.Index(fields=["practice", "status", "id"], name="ticket_by_status"),
            models.Index(fields=["practice", "priority", "id"], name="ticket_by_priority"),
            # With what a count looks at besides, so that it need not look at the rows themselves.
            models.Index(
                fields=["practice", "assignee", "id"],
                include=["status", "priority"],
                name="ticket_by_assignee",
            ),
            # What support still has to do, in all practices.
            models.Index(
                fields=["id"],
                condition=models.Q(status__in=["Open", "Pending", "OnHold"]),
                name="ticket_unresolved",
            ),
            GinIndex(
                "practice",
                OpClass("search_text", "gin_trgm_ops"),
                fastupdate=False,
                name="ticket_search",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.subject}"
