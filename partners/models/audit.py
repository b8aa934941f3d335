"""Who did what, and who read what, on staff pages and in operators' commands."""

from typing import Any

from django.db import models
from django.db.models.functions import Now


class AuditEntry(models.Model):
    """Something that somebody did. Kept by the database: no entry changes, none goes early.

    Nothing here names a patient or says what a row holds: a kind and a number lead to it.
    """

    class Action(models.TextChoices):
        """What was done."""

        SIGNED_IN = "signed_in", "signed in"
        SIGN_IN_FAILED = "sign_in_failed", "sign-in failed"
        LOCKED_OUT = "locked_out", "locked out"
        SIGNED_OUT = "signed_out", "signed out"
        VIEWED = "viewed", "viewed"
        LISTED = "listed", "listed"
        EXPORTED = "exported", "exported"
        REFUSED = "refused", "was refused"
        ADDED = "added", "added"
        CHANGED = "changed", "changed"
        DELETED = "deleted", "deleted"
        APPROVED = "approved", "approved"
        DENIED = "denied", "denied"
        ROTATED = "rotated", "rotated"
        REVOKED = "revoked", "revoked"
        ENABLED = "enabled", "enabled"
        DISABLED = "disabled", "disabled"
        SENT = "sent", "sent"
        REPLAYED = "replayed", "replayed"
        RESTORED = "restored", "restored"
        MOVED = "moved", "moved"
        PASSWORD_CHANGED = "password_changed", "changed a password"
        GRANTED = "granted", "granted"
        WITHDRAWN = "withdrawn", "withdrew"
        RAN = "ran", "ran a command"

    at = models.DateTimeField("time", db_default=Now())
    # No foreign keys: what is deleted was there all the same.
    actor_id = models.BigIntegerField(null=True)
    actor = models.CharField("who", max_length=150, db_default="")
    action = models.CharField(max_length=20, choices=Action)
    object_type = models.CharField(max_length=100, db_default="", help_text="app.model")
    object_id = models.CharField(max_length=64, db_default="")
    practice_id = models.BigIntegerField(null=True)
    detail = models.CharField(max_length=300, db_default="")
    ip = models.GenericIPAddressField("address", null=True)
    request_id = models.CharField(max_length=128, db_default="")

    class Meta:
        verbose_name = "audit log entry"
        verbose_name_plural = "audit log entries"
        default_permissions = ("view",)
        # One for each thing by which it is searched, in the order in which it is shown.
        indexes = [
            models.Index(fields=["at", "id"], name="audit_at"),
            *(
                models.Index(fields=[column, "at", "id"], name=f"audit_{name}")
                for column, name in (
                    ("actor", "actor"),
                    ("action", "action"),
                    ("object_type", "kind"),
                    ("object_id", "object"),
                    ("practice_id", "practice"),
                    ("ip", "ip"),
                    ("request_id", "request"),
                )
            ),
        ]

    def __str__(self) -> str:
        return f"{self.actor or 'somebody'} {self.get_action_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Not by way of the model: `partners.audit` writes, and nothing changes."""
        raise TypeError("The audit log is written by partners.audit.")
