"""The log of what happened in each practice."""

from django.db import models
from django.db.models.functions import Now

from partners.models import PracticeModel
from partners.scopes import EventScope


class LogEntry(PracticeModel):
    """One event. The EMR, or any SQL client, may insert rows; the database fills in the rest.

    `id` is the order of insertion; `log_id`, the number that partners see, is given to rows that
    are already committed, so that reading by it can skip none. The table is cut by month.
    """

    scope = models.CharField(max_length=20, choices=[(scope, scope) for scope in EventScope])
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
