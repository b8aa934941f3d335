"""Providers, calendars and visits on the wire."""

from rest_framework import serializers

from emrapi.api.fields import (
    BooleanField,
    ChoiceField,
    DateField,
    IntegerField,
    TextField,
    TimeField,
)
from emrapi.api.wire import WireModelSerializer, WireSerializer
from scheduling.fields import MinutesField
from scheduling.models import Provider, VisitType, WeeklyHours

REASONS = "past notice horizon provider hours closure timeOff visit hold room".split()


class ProviderSerializer(WireModelSerializer):
    """Somebody who sees patients."""

    class Meta:
        model = Provider
        wire = {"id": "id", "name": "name", "title": "title", "specialty": "specialty"}
        read_only = tuple(wire)


class WeeklyHoursSerializer(WireSerializer):
    """A span of a weekday in which a provider works, on the practice's clock."""

    weekday = ChoiceField(
        source="get_weekday_display", choices=[day.label for day in WeeklyHours.Weekday]
    )
    opens = TimeField()
    closes = TimeField(help_text="Not after `opens`: on the next day.")
    validFrom = DateField(source="valid_from", allow_null=True)  # noqa: N815
    validUntil = DateField(  # noqa: N815
        source="valid_until", allow_null=True, help_text="The last day."
    )


class ProviderDetailSerializer(WireSerializer):
    """A provider, with the usual hours and what is on offer."""

    id = IntegerField()
    name = TextField()
    title = TextField()
    specialty = TextField()
    timezone = TextField(help_text="The practice's, such as `America/New_York`.")
    hours = WeeklyHoursSerializer(many=True)
    visitTypes = serializers.ListField(child=TextField())  # noqa: N815


class ScheduledVisitSerializer(WireSerializer):
    """A visit in a schedule; its time is by the practice's clock, its length in minutes."""

    VisitID = IntegerField()
    time = TimeField()
    duration = MinutesField()
    type = TextField()
    booked = BooleanField()


class ScheduleSerializer(WireSerializer):
    """The visits of a provider by day."""

    provider = ProviderSerializer()
    startDate = DateField()  # noqa: N815
    endDate = DateField()  # noqa: N815
    schedule = serializers.DictField(child=ScheduledVisitSerializer(many=True))
    totalVisits = IntegerField(min_value=0)  # noqa: N815


class VisitTypeSerializer(WireModelSerializer):
    """A kind of visit."""

    Providers = serializers.ListField(source="provider_ids", child=IntegerField())
    Resources = serializers.ListField(source="resource_ids", child=IntegerField())

    class Meta:
        model = VisitType
        wire = {
            "VisitType": "name",
            "Active": "is_active",
            "Providers": "provider_ids",
            "Resources": "resource_ids",
        }
        read_only = ("VisitType", "Active")


class CheckSerializer(WireSerializer):
    """Whether a time can be booked."""

    ProviderID = IntegerField()
    Date = DateField()
    Time = TimeField()
    Duration = MinutesField()
    Available = BooleanField()


class ExplainedCheckSerializer(CheckSerializer):
    """Whether a time can be booked; Reasons, with `explain=true` only, say why not."""

    Reasons = serializers.ListField(child=ChoiceField(choices=REASONS))

    sometimes = ("Reasons",)


class SlotsSerializer(WireSerializer):
    """The beginnings of a day, by the practice's clock, at which the length fits."""

    ProviderID = IntegerField()
    Date = DateField()
    Duration = MinutesField()
    Slots = serializers.ListField(child=TimeField())
    Count = IntegerField(min_value=0)


class NextSlotSerializer(WireSerializer):
    """Where and when it is; ProviderID is a string here, as published."""

    ProviderID = TextField()
    Date = DateField()
    Time = TimeField()


class FoundSlotSerializer(WireSerializer):
    """The first slot there is, if any."""

    ProviderID = IntegerField()
    Duration = MinutesField()
    SearchWindowDays = IntegerField(min_value=1)
    TheNextSlot = NextSlotSerializer(allow_null=True)
