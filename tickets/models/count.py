"""How many tickets there are."""

from django.db import models

from partners.models import PracticeModel


class TicketCount(PracticeModel):
    """The number of a practice's tickets of one status and priority, kept by a trigger.

    A list tells its total; counting a million rows for that would take longer than all the rest.
    """

    status = models.CharField(max_length=10)
    priority = models.CharField(max_length=10)
    tickets = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "status", "priority"], name="ticketcount_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.tickets} {self.status} {self.priority}"
