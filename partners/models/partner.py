"""Outside companies, and how their profiles have changed."""

import pghistory
from django.db import models
from django.db.models.functions import Lower


class Partner(models.Model):
    """An outside company that calls the API, for one practice or for many."""

    name = models.CharField(max_length=200)
    company_name = models.CharField(max_length=200, blank=True)
    contact_name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=50, blank=True)
    website = models.URLField(blank=True)
    alert_email = models.EmailField(blank=True, help_text="Where we tell of trouble.")
    is_active = models.BooleanField(
        default=True, help_text="Off: all its keys are refused from the next call on."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="partner_name_unique",
                violation_error_message="There is a partner of this name already.",
            )
        ]

    def __str__(self) -> str:
        return self.name


PartnerEvent = pghistory.create_event_model(
    Partner,
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    model_name="PartnerEvent",
    abstract=False,
    attrs={"pgh_id": models.BigAutoField(primary_key=True)},
    meta={
        "verbose_name": "change of a partner",
        "verbose_name_plural": "changes of partners",
        "indexes": [models.Index(fields=["pgh_obj", "pgh_id"], name="partnerevent_of")],
    },
)
