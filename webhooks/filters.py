"""Query parameters and filters of webhooks, in wire names."""

import re
from typing import Any

from django.core.validators import RegexValidator
from django_filters.rest_framework import FilterSet

from emrapi.api.fields import BooleanField, ChoiceField, InstantField, IntegerField, TextField
from emrapi.api.queries import WireFilter
from emrapi.api.wire import WireSerializer
from webhooks.models import Delivery
from webhooks.serializers import ScopesField

_EVENT_ID = re.compile(r"^(evt_)?(0|[1-9][0-9]{0,17})$", re.ASCII)


class EventIdField(TextField):
    """An event's id, `evt_120`, or the bare number."""

    def __init__(self, **kwargs: Any) -> None:
        message = "Must be the id of an event, such as evt_120 or 120."
        super().__init__(validators=[RegexValidator(_EVENT_ID, message)], **kwargs)


def number_of(event_id: str) -> int:
    """The number of an event whose id is proper."""
    return int(event_id.removeprefix("evt_"))


class EventsQuery(WireSerializer):
    """Which events, and how many."""

    after = EventIdField(
        default="0",
        help_text="The id of the last event that you have, such as `evt_120`; 0: from the first.",
    )
    limit = IntegerField(default=25, min_value=1, max_value=100, help_text="How many at most.")
    scopes = ScopesField(required=False, help_text="Only events of these; else of all you hold.")


class MonitorQuery(WireSerializer):
    """What the monitor is to show."""

    practicepass = TextField(
        required=False, max_length=40, help_text="Only this practice, in any case."
    )
    success = BooleanField(
        required=False,
        help_text="`true`: only deliveries that have arrived; `false`: only those that have not.",
    )
    limit = IntegerField(
        default=50, min_value=1, max_value=200, help_text="How many deliveries at most."
    )
    offset = IntegerField(
        default=0, min_value=0, max_value=10_000_000, help_text="How many newer ones to leave out."
    )


class ReplayQuery(WireSerializer):
    """Whether it is only to be counted."""

    dryRun = BooleanField(  # noqa: N815
        default=False, help_text="`true`: only say how many there would be."
    )


class DeliveryFilters(FilterSet):  # type: ignore[misc]
    """Which of the client's deliveries."""

    success = WireFilter(
        BooleanField(required=False),
        method="by_success",
        help_text="`true`: only those that have arrived; `false`: only those that have not.",
    )
    status = WireFilter(
        ChoiceField(choices=Delivery.Status.values, required=False),
        "status",
        help_text="Only those that stand so.",
    )
    event = WireFilter(
        TextField(max_length=100, required=False, allow_blank=True),
        "event",
        help_text="Only those of this event, such as `patient.created`.",
    )
    eventId = WireFilter(  # noqa: N815
        EventIdField(required=False, allow_blank=True),
        method="by_event_id",
        help_text="Only those of the event with this id, such as `evt_120`.",
    )
    since = WireFilter(
        InstantField(required=False),
        "created_at",
        "gte",
        help_text="Made at this instant or later: ISO 8601 with its zone.",
    )
    until = WireFilter(
        InstantField(required=False), "created_at", "lt", help_text="Made before this instant."
    )

    def by_event_id(self, deliveries: Any, name: str, value: str) -> Any:
        """By the number in it."""
        return deliveries.filter(log_id=number_of(value))

    def by_success(self, deliveries: Any, name: str, value: bool) -> Any:
        """By the field of that name."""
        arrived = Delivery.Status.DELIVERED
        return deliveries.filter(status=arrived) if value else deliveries.exclude(status=arrived)
