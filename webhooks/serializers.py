"""Subscriptions and events on the wire."""

import datetime
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.fields import empty

from emrapi.api.fields import (
    ChoiceField,
    InstantField,
    IntegerField,
    TextField,
    refuse,
)
from emrapi.api.wire import WireModelSerializer, WireSerializer
from webhooks.models import EVENT_SCOPES, Subscription
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
