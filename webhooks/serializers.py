"""Subscriptions, deliveries and events on the wire. Names of envelopes are camelCase here."""

import datetime
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.fields import empty

from emrapi.api.fields import (
    BooleanField,
    ChoiceField,
    InstantField,
    IntegerField,
    MoneyField,
    TextField,
    refuse,
)
from emrapi.api.wire import WireModelSerializer, WireSerializer
from webhooks.models import EVENT_SCOPES, Attempt, Delivery, Subscription
from webhooks.outgoing import Refused, check_address

LONGEST_REPLAY = datetime.timedelta(days=31)


class ScopesField(serializers.ListField):
    """Event scopes, each once, in the order in which they were sent."""

    child = ChoiceField(choices=EVENT_SCOPES)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_empty=False, max_length=2 * len(EVENT_SCOPES), **kwargs)

    def run_validation(self, data: Any = empty) -> Any:
        """Without repetitions."""
        scopes = super().run_validation(data)
        return list(dict.fromkeys(scopes)) if isinstance(scopes, list) else scopes


class SignupSerializer(WireSerializer):
    """Where to send which events."""

    hookUrl = TextField(  # noqa: N815
        max_length=2000,
        help_text="An https address that the public internet reaches; no user name in it.",
    )
    scopes = ScopesField(help_text="Event scopes that your key holds.")

    def validate_hookUrl(self, value: str) -> str:  # noqa: N802
        """An address that we may send to."""
        try:
            check_address(value)
        except Refused as refusal:
            refuse(str(refusal), "refused_address")
        return value


class SubscriptionSerializer(WireModelSerializer):
    """A subscription, as published."""

    class Meta:
        model = Subscription
        wire = {"id": "id", "hookUrl": "hook_url", "scopes": "scopes", "status": "status"}
        read_only = tuple(wire)


class SignedUpSerializer(SubscriptionSerializer):
    """A subscription; `secret` is there when it was made, and never again."""

    secret = TextField(read_only=True)

    sometimes = ("secret",)

    class Meta(SubscriptionSerializer.Meta):
        wire = {**SubscriptionSerializer.Meta.wire, "secret": "new_secret"}


class RotatedSerializer(SubscriptionSerializer):
    """A subscription with its new secret, and until when the old one signs too."""

    secret = TextField(read_only=True)
    previousSecretUntil = InstantField(read_only=True)  # noqa: N815

    class Meta(SubscriptionSerializer.Meta):
        wire = {
            **SubscriptionSerializer.Meta.wire,
            "secret": "new_secret",
            "previousSecretUntil": "previous_secret_until",
        }


class OneSubscriptionSerializer(SubscriptionSerializer):
    """A subscription, and how it is."""

    disabledReason = ChoiceField(  # noqa: N815
        choices=[reason for reason in Subscription.Reason.values if reason],
        allow_null=True,
        read_only=True,
        help_text=(
            "`gone`: your receiver answered 410; `failing`: nothing arrived for five days; `staff`:"
            " our staff did it."
        ),
    )

    class Meta(SubscriptionSerializer.Meta):
        wire = {
            **SubscriptionSerializer.Meta.wire,
            "disabledReason": "reason_or_none",
            "failingSince": "failing_since",
            "createdAt": "created_at",
            "updatedAt": "updated_at",
        }
        read_only = tuple(wire)


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


class ReplaySerializer(WireSerializer):
    """The time whose events are wanted again."""

    since = InstantField(help_text="From this instant on.")
    until = InstantField(required=False, help_text="Before this instant; now, unless sent.")
    scopes = ScopesField(required=False, help_text="Only events of these.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A time that is not empty, and not too long."""
        attrs = {"since": attrs["since"], "until": self.context["request"].user.now, **attrs}
        length = attrs["until"] - attrs["since"]
        if length <= datetime.timedelta(0):
            fault = ErrorDetail("Must be after since.", code="out_of_range")
            raise ValidationError({"until": [fault]})
        if length > LONGEST_REPLAY:
            fault = ErrorDetail(f"At most {LONGEST_REPLAY.days} days at once.", code="out_of_range")
            raise ValidationError({"until": [fault]})
        return attrs


class ReplayedSerializer(WireSerializer):
    """How many deliveries a replay makes."""

    since = InstantField()
    until = InstantField()
    scopes = ScopesField()
    deliveries = IntegerField(min_value=0)


class EventSerializer(WireSerializer):
    """An event, byte for byte as it is pushed."""

    id = TextField(help_text="`evt_` and its number, by which the feed is ordered.")
    type = TextField(help_text="Such as `patient.created`.")
    timestamp = InstantField(help_text="When it happened.")
    practice = TextField(help_text="The PPass.")
    data = serializers.DictField(  # type: ignore[assignment]
        child=serializers.JSONField(), help_text="Ids; nothing clinical."
    )
