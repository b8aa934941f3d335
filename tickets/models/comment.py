"""What is said about a ticket."""

import pgtrigger
from django.db import models
from django.db.models.functions import Now

from partners.models import PracticeModel


class Comment(PracticeModel):
    """Said once and never changed: the database refuses that to everybody.

    So a comment is its own history. `author` is what its writer says; which key, or which member of
    staff, really wrote it stands beside it.
    """

    # The real key is (practice_id, ticket_id), made in SQL.
    ticket = models.ForeignKey(
        "tickets.Ticket",
        on_delete=models.PROTECT,
        related_name="comments",
        db_constraint=False,
        db_index=False,
    )
    text = models.TextField(max_length=10_000)
    author = models.CharField(max_length=200)
    api_key_id = models.BigIntegerField(null=True, blank=True, editable=False)
    staff_name = models.CharField(max_length=150, blank=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(text=""), name="comment_has_text")
        ]
        indexes = [models.Index(fields=["ticket", "id"], name="comment_of_ticket")]
        triggers = [
            pgtrigger.Protect(name="said_is_said", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"comment {self.pk} by {self.author}"
