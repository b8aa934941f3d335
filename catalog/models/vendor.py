"""Whose products a partner may write."""

from django.db import models

from partners.models import Partner


class VendorGrant(models.Model):
    """That a partner may write this vendor's products. Without any grant it may write all."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="vendor_grants")
    vendor_code = models.CharField(
        max_length=50,
        db_collation="C",
        help_text="A partner with any of these may write only the products of these vendors.",
    )

    class Meta:
        ordering = ["partner_id", "vendor_code"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "vendor_code"],
                name="vendorgrant_unique",
                violation_error_message="The partner may write this vendor's products already.",
            ),
            models.CheckConstraint(condition=~models.Q(vendor_code=""), name="vendorgrant_names"),
        ]

    def __str__(self) -> str:
        return f"{self.partner}: {self.vendor_code}"
