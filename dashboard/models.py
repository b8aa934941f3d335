"""What was called."""

from django.db import models


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
