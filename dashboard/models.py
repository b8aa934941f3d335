"""What was called, and the figures that are kept of it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now


class ApiCall(models.Model):
    """One call of the API, also a refused one. Never its body or query string.

    The table is cut by day and has no foreign keys: it is written in bulk beside the request, and a
    practice or key that is gone must not take its calls along.
    """

    at = models.DateTimeField()
    method = models.CharField(max_length=10)
    route = models.CharField(
        max_length=200, help_text="The pattern of the path; '' if none matched."
    )
    path = models.CharField(max_length=500)
    status = models.PositiveSmallIntegerField()
    duration_ms = models.FloatField()
    key_id = models.BigIntegerField(null=True)
    partner_id = models.BigIntegerField(null=True)
    practice_id = models.BigIntegerField(null=True)
    ip = models.GenericIPAddressField(null=True, unpack_ipv4=True)
    request_id = models.CharField(max_length=128)
    bytes_in = models.BigIntegerField()
    bytes_out = models.BigIntegerField()

    class Meta:
        verbose_name = "API call"

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status}"


class UncountedCalls(models.Model):
    """Calls of one minute, alike, that are in no figures yet.

    A trigger writes these rows with the calls themselves, in the same transaction; counting them
    deletes them in the transaction that adds them up. So each call is counted once, however late it
    was written and whoever wrote it.
    """

    minute = models.DateTimeField()
    practice_id = models.BigIntegerField(null=True)
    partner_id = models.BigIntegerField(null=True)
    endpoint = models.CharField(max_length=220)
    status = models.PositiveSmallIntegerField()
    bucket = models.PositiveSmallIntegerField()
    calls = models.IntegerField()
    duration_us = models.BigIntegerField()
    written_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "uncounted calls"

    def __str__(self) -> str:
        return f"{self.calls} × {self.endpoint} {self.status}"


class Usage(models.Model):
    """Calls of one span of time, beginning at `at`, summed up.

    Each call is in eight rows of a table: with its practice and with 0 for all practices, likewise
    its partner, and with its endpoint and with '*' for all of them. So whatever is asked, the sums
    are in a few rows. A call of nobody known is only in the rows of all.
    """

    pk = models.CompositePrimaryKey("practice_id", "partner_id", "at", "endpoint", "status")
    practice_id = models.BigIntegerField()
    partner_id = models.BigIntegerField()
    at = models.DateTimeField()
    endpoint = models.CharField(max_length=220)
    status = models.PositiveSmallIntegerField()
    calls = models.BigIntegerField()
    duration_us = models.BigIntegerField()
    histogram = ArrayField(models.IntegerField(), help_text="Calls by dashboard.latency's buckets.")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.endpoint} {self.status}: {self.calls}"


class MinuteUsage(Usage):
    """Minutes; kept for days. The table is cut by day."""


class HourUsage(Usage):
    """Hours; kept for weeks. The table is cut by day."""


class DayUsage(Usage):
    """Days of UTC; kept for good."""
