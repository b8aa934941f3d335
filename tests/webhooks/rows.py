"""Subscriptions, events and deliveries to arrange tests with."""

from typing import Any

from django.utils import timezone

from partners import tenancy
from webhooks import dispatch, secrets, signing
from webhooks.models import Delivery, LogEntry, Subscription


def subscribe(practice: Any, partner: Any, hook_url: str, **facts: Any) -> Subscription:
    """A subscription to everything; its secret is at `.plain_secret`, for this test only."""
    secret = signing.new_secret()
    with tenancy.acting_as(tenancy.STAFF, staff="tests"):
        made = Subscription.objects.create(
            practice=practice,
            partner=partner,
            hook_url=hook_url,
            **{"scopes": ["Patients"], "secret": secrets.seal(secret), **facts},
        )
    made.plain_secret = secret
    return made


def publish() -> None:
    """Number all that is in the log, and hand it out."""
    with tenancy.acting_as(tenancy.SENDER):
        while dispatch.publish():
            pass


def due(subscription: Subscription, *log_ids: int, **facts: Any) -> list[Delivery]:
    """Numbered events in the log, each with its pending delivery."""
    now = timezone.now()
    with tenancy.acting_as(tenancy.STAFF, staff="tests"):
        LogEntry.objects.bulk_create(
            LogEntry(
                practice_id=subscription.practice_id,
                scope="Patients",
                event="patient.created",
                object_id=log_id,
                data={"PatientID": log_id},
                created_at=now,
                log_id=log_id,
            )
            for log_id in log_ids
        )
        return Delivery.objects.bulk_create(
            Delivery(
                practice_id=subscription.practice_id,
                subscription=subscription,
                log_id=log_id,
                occurred_at=now,
                event="patient.created",
                **{"next_attempt_at": now, **facts},
            )
            for log_id in log_ids
        )


def now_is(row: Any) -> Any:
    """The row as it is in the database now."""
    with tenancy.acting_as(tenancy.STAFF, staff="tests"):
        return type(row).objects.get(pk=row.pk)


def change(row: Any, **facts: Any) -> None:
    """Set some columns of a row, as nothing in the product would."""
    with tenancy.acting_as(tenancy.STAFF, staff="tests"):
        type(row).objects.filter(pk=row.pk).update(**facts)
