"""Deliveries on the wire, and the monitor of them."""

from emrapi.api.fields import BooleanField, InstantField, IntegerField, MoneyField, TextField
from emrapi.api.wire import WireModelSerializer, WireSerializer
from webhooks.models import Attempt, Delivery


class AttemptSerializer(WireModelSerializer):
    """One try."""

    errorMessage = TextField(read_only=True, allow_null=True)  # noqa: N815

    class Meta:
        model = Attempt
        wire = {
            "number": "number",
            "at": "at",
            "statusCode": "status_code",
            "durationMs": "duration_ms",
            "errorMessage": "error_or_none",
            "answer": "answer",
        }
        read_only = tuple(wire)


class _DeliverySerializer(WireModelSerializer):
    hookUrl = TextField(read_only=True, help_text="Where the last attempt went.")  # noqa: N815
    success = BooleanField(read_only=True)
    errorMessage = TextField(read_only=True, allow_null=True)  # noqa: N815


class DeliverySerializer(_DeliverySerializer):
    """One event on its way to one subscription."""

    nextAttemptAt = InstantField(  # noqa: N815
        read_only=True, allow_null=True, help_text="null once it is over."
    )

    class Meta:
        model = Delivery
        wire = {
            "id": "id",
            "subscriptionId": "subscription",
            "event": "event",
            "eventId": "log_id",
            "hookUrl": "address",
            "status": "status",
            "success": "is_delivered",
            "statusCode": "status_code",
            "attempts": "attempts",
            "durationMs": "duration_ms",
            "errorMessage": "error_or_none",
            "origin": "origin",
            "sourceDeliveryId": "source_delivery_id",
            "createdAt": "created_at",
            "nextAttemptAt": "due_at",
        }
        read_only = tuple(wire)


class OneDeliverySerializer(DeliverySerializer):
    """One delivery with its attempts, as long as they are kept."""

    tries = AttemptSerializer(many=True, read_only=True)

    class Meta(DeliverySerializer.Meta):
        wire = {**DeliverySerializer.Meta.wire, "tries": "tries_in_order"}


class RecentDeliverySerializer(_DeliverySerializer):
    """A delivery as the monitor shows it."""

    practicepass = TextField(source="practice.ppass", read_only=True)

    class Meta:
        model = Delivery
        wire = {
            "id": "id",
            "practicepass": "practice.ppass",
            "subscriptionId": "subscription",
            "event": "event",
            "eventId": "log_id",
            "hookUrl": "address",
            "success": "is_delivered",
            "statusCode": "status_code",
            "attempts": "attempts",
            "durationMs": "duration_ms",
            "errorMessage": "error_or_none",
            "sourceDeliveryId": "source_delivery_id",
            "createdAt": "created_at",
        }
        read_only = tuple(wire)


class SummarySerializer(WireSerializer):
    """Subscriptions that were not removed, and deliveries that were tried at least once."""

    totalSubscriptions = IntegerField(min_value=0)  # noqa: N815
    activeSubscriptions = IntegerField(min_value=0)  # noqa: N815
    totalDeliveries = IntegerField(min_value=0)  # noqa: N815
    failedDeliveries = IntegerField(min_value=0)  # noqa: N815
    successRate = MoneyField(  # noqa: N815
        max_digits=5, min_value=0, max_value=100, help_text="Per cent; 100 without deliveries."
    )


class DispatchStateSerializer(WireSerializer):
    """The highest number of a practice's log that has been handed out."""

    practicepass = TextField()
    lastLogId = IntegerField(min_value=0)  # noqa: N815


class MonitorSerializer(WireSerializer):
    """What the monitor shows."""

    summary = SummarySerializer()
    dispatchStates = DispatchStateSerializer(many=True)  # noqa: N815
    recentDeliveries = RecentDeliverySerializer(many=True)  # noqa: N815


class RetriedSerializer(WireSerializer):
    """What became of a retry."""

    sourceDeliveryId = IntegerField()  # noqa: N815
    retryDeliveryId = IntegerField()  # noqa: N815
    success = BooleanField()
    statusCode = IntegerField(allow_null=True)  # noqa: N815
    attempts = IntegerField(min_value=0)
    errorMessage = TextField(allow_null=True)  # noqa: N815


class TestedSerializer(WireSerializer):
    """What the receiver answered; `answer` is the first 2 KB of it."""

    deliveryId = IntegerField()  # noqa: N815
    success = BooleanField()
    statusCode = IntegerField(allow_null=True)  # noqa: N815
    durationMs = IntegerField(min_value=0, allow_null=True)  # noqa: N815
    errorMessage = TextField(allow_null=True)  # noqa: N815
    answer = TextField(allow_null=True)
