"""A partner's calls on the wire."""

import datetime
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from dashboard.me.calls import MOST_DAYS
from dashboard.models import ApiCall
from emrapi.api.fields import DateField, IntegerField, NumberField
from emrapi.api.wire import WireModelSerializer, WireSerializer

_WEEK = datetime.timedelta(days=6)


class UsageQuery(WireSerializer):
    """Which days."""

    startDate = DateField(required=False, help_text="Six days before the end unless sent.")  # noqa: N815
    endDate = DateField(required=False, help_text="Today unless sent.")  # noqa: N815

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A span of days, in order and not too long."""
        today = self.context["request"].user.now.astimezone(datetime.UTC).date()
        end = attrs.get("endDate") or max(today, attrs.get("startDate", today))
        try:
            start = attrs.get("startDate") or end - _WEEK
        except OverflowError:
            start = end
        if start > end:
            raise ValidationError({"endDate": [_BEFORE]})
        if (end - start).days >= MOST_DAYS or end == datetime.date.max:
            raise ValidationError({"endDate": [_TOO_LONG]})
        return {"startDate": start, "endDate": end}


_BEFORE = ErrorDetail("Must not be before startDate.", code="order")
_TOO_LONG = ErrorDetail(f"Must be at most {MOST_DAYS} days on, startDate's included.", "range")


class FiguresSerializer(WireSerializer):
    """How calls went."""

    calls = IntegerField(min_value=0)
    refused = IntegerField(min_value=0, help_text="Answered with 4xx.")
    failed = IntegerField(min_value=0, help_text="Answered with 5xx.")
    averageMs = NumberField(  # noqa: N815
        source="average_ms", allow_null=True, help_text="Null without calls."
    )


class DayFiguresSerializer(FiguresSerializer):
    """Calls of a day of UTC."""

    date = DateField()


class RouteFiguresSerializer(FiguresSerializer):
    """Calls of one operation."""

    method = serializers.CharField(allow_blank=True, help_text='"" where path is.')
    path = serializers.CharField(
        allow_blank=True, help_text='As published; "" for addresses that there are not.'
    )


class UsageSerializer(WireSerializer):
    """Calls of some days."""

    startDate = DateField(source="start")  # noqa: N815
    endDate = DateField(source="end")  # noqa: N815
    totals = FiguresSerializer()
    days = DayFiguresSerializer(many=True)
    routes = RouteFiguresSerializer(many=True)


class OwnCallSerializer(WireModelSerializer):
    """One call."""

    class Meta:
        model = ApiCall
        wire = {
            "requestId": "request_id",
            "at": "at",
            "method": "method",
            "path": "path",
            "status": "status",
            "durationMs": "duration_ms",
            "keyId": "key_id",
            "ip": "ip",
            "bytesIn": "bytes_in",
            "bytesOut": "bytes_out",
        }
        read_only = tuple(wire)
