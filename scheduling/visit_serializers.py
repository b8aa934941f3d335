"""Visits and holds on the wire: bodies that ask for them, and rows by the practice's clock."""

import datetime
import zoneinfo
from typing import Any

from emrapi.api.fields import (
    ChoiceField,
    DateField,
    InstantField,
    IntegerField,
    TextField,
    TimeField,
)
from emrapi.api.wire import WireSerializer
from scheduling.fields import DayField, MinutesField, PersonField, ProviderField, VisitTypeField
from scheduling.models import Visit

_MINUTE = datetime.timedelta(minutes=1)
_INSTANT = InstantField()


class TimeSerializer(WireSerializer):
    """When, with whom, and of which type; the provider's part is the whole unless sent."""

    ProviderID = IntegerField()
    VisitType = TextField(max_length=50, help_text="The name of a type, in any case.")
    VisitDate = DayField(help_text="By the practice's calendar.")
    VisitTime = TimeField(help_text="By the practice's clock.")
    VisitDuration = MinutesField(help_text="In minutes.")
    ProviderTime = TimeField(
        required=False, help_text="When the provider's part begins; with the visit unless sent."
    )
    ProviderDuration = MinutesField(
        required=False, help_text="How long it takes; to the end of the visit unless sent."
    )


class BookingSerializer(TimeSerializer):
    """A visit to be booked."""

    PatientID = IntegerField(help_text="A person of the practice, as in prospects.")
    VisitComplaint = TextField(max_length=500, required=False, allow_blank=True)
    VisitNotes = TextField(max_length=10_000, required=False, allow_blank=True)
    HoldID = IntegerField(required=False, help_text="The hold that keeps this slot for you.")


class RescheduleSerializer(WireSerializer):
    """Another time for a visit. What is not sent stays as it is in the visit."""

    VisitDate = DayField(help_text="By the practice's calendar.")
    VisitTime = TimeField(help_text="By the practice's clock.")
    VisitDuration = MinutesField(required=False, help_text="In minutes.")
    ProviderTime = TimeField(required=False)
    ProviderDuration = MinutesField(required=False)


class CancelSerializer(WireSerializer):
    """Why, if there is something to be said."""

    Reason = TextField(max_length=500, required=False, allow_blank=True)


class RowsSerializer(WireSerializer):
    """The rows that a booking names, to be told of all that are not there at once."""

    PatientID = PersonField(required=False)
    ProviderID = ProviderField()
    VisitType = VisitTypeField()


class BookedVisitSerializer(WireSerializer):
    """A visit as it was booked."""

    VisitID = IntegerField()
    PatientID = IntegerField()
    ProviderID = IntegerField()
    VisitType = TextField()
    VisitDate = DateField()
    VisitTime = TimeField()
    VisitDuration = IntegerField(min_value=1)
    ProviderTime = TimeField()
    ProviderDuration = IntegerField(min_value=1)
    RoomID = IntegerField(allow_null=True, help_text="Null if the type needs no room.")

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """The row, by the practice's clock."""
        return {
            "VisitID": instance.pk,
            "PatientID": instance.person_id,
            **_time_of(instance, self.context["request"].user.time_zone),
        }


class VisitSerializer(BookedVisitSerializer):
    """A visit and how it stands."""

    Status = ChoiceField(choices=Visit.Status.values)
    VisitComplaint = TextField(allow_blank=True)
    VisitNotes = TextField(allow_blank=True)
    CancelReason = TextField(allow_blank=True)
    CreatedAt = InstantField()
    UpdatedAt = InstantField()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """All of the row."""
        return {
            **super().to_representation(instance),
            "Status": str(instance.status),
            "VisitComplaint": instance.complaint,
            "VisitNotes": instance.notes,
            "CancelReason": instance.cancel_reason,
            "CreatedAt": _INSTANT.to_representation(instance.created_at),
            "UpdatedAt": _INSTANT.to_representation(instance.updated_at),
        }


class HoldSerializer(WireSerializer):
    """A slot that is kept for a moment."""

    HoldID = IntegerField()
    ProviderID = IntegerField()
    VisitType = TextField()
    VisitDate = DateField()
    VisitTime = TimeField()
    VisitDuration = IntegerField(min_value=1)
    ProviderTime = TimeField()
    ProviderDuration = IntegerField(min_value=1)
    RoomID = IntegerField(allow_null=True, help_text="Null if the type needs no room.")
    ExpiresAt = InstantField()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """The row, by the practice's clock."""
        return {
            "HoldID": instance.pk,
            **_time_of(instance, self.context["request"].user.time_zone),
            "ExpiresAt": _INSTANT.to_representation(instance.expires_at),
        }


def _time_of(row: Any, time_zone: str) -> dict[str, Any]:
    """What a visit and a hold have in common."""
    zone = zoneinfo.ZoneInfo(time_zone)
    start = row.during.lower.astimezone(zone)
    part = row.provider_during
    return {
        "ProviderID": row.provider_id,
        "VisitType": row.visit_type.name,
        "VisitDate": start.date().isoformat(),
        "VisitTime": start.time().isoformat("seconds"),
        "VisitDuration": (row.during.upper - row.during.lower) // _MINUTE,
        "ProviderTime": part.lower.astimezone(zone).time().isoformat("seconds"),
        "ProviderDuration": (part.upper - part.lower) // _MINUTE,
        "RoomID": row.room_id,
    }
