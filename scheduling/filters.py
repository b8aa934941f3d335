"""The query parameters of calendars and visits, in wire names."""

import datetime
import zoneinfo
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from emrapi.api.fields import BooleanField, ChoiceField, IntegerField, TimeField
from emrapi.api.wire import WireSerializer
from scheduling.fields import DayField, MinutesField, PersonField, ProviderField, VisitTypeField
from scheduling.models import Provider, Visit

LONGEST_SCHEDULE, LONGEST_SEARCH, LONGEST_WINDOW = 366, 31, 730
MOST_PROVIDERS = 100

_REQUIRED = ErrorDetail("This field is required.", code="required")


def check_days(first: datetime.date, last: datetime.date, most: int) -> None:
    """Raise ValidationError for an end before its start, and for more days than `most`."""
    if last < first:
        raise ValidationError(
            {"endDate": [ErrorDetail("Must not be before startDate.", code="out_of_range")]}
        )
    if (last - first).days >= most:
        raise ValidationError(
            {"endDate": [ErrorDetail(f"At most {most} days at once.", code="out_of_range")]}
        )


class ScheduleQuery(WireSerializer):
    """Which days, and of what type."""

    startDate = DayField(required=False, help_text="The first day; today unless sent.")  # noqa: N815
    endDate = DayField(  # noqa: N815
        required=False, help_text="The last day; six days after the first unless sent."
    )
    visitType = VisitTypeField(  # noqa: N815
        is_active=None, required=False, help_text="Only visits of this type."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The days that were not sent."""
        caller = self.context["request"].user
        today = caller.now.astimezone(zoneinfo.ZoneInfo(caller.time_zone)).date()
        first = attrs.setdefault("startDate", today)
        last = attrs.setdefault("endDate", first + datetime.timedelta(days=6))
        check_days(first, last, LONGEST_SCHEDULE)
        return attrs


class _NeedQuery(WireSerializer):
    """What has to fit: a length, or a type of visit, or both."""

    duration = MinutesField(
        required=False, help_text="In minutes; needed, unless visitType gives its usual one."
    )
    visitType = VisitTypeField(  # noqa: N815
        required=False,
        help_text="As a visit of this type: its provider, its buffers, and a free room for it.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The length, from one or the other."""
        visit_type = attrs.setdefault("visitType", None)
        if "duration" not in attrs:
            if visit_type is None:
                raise ValidationError({"duration": [_REQUIRED]})
            attrs["duration"] = visit_type.default_duration_minutes
        return attrs


class CheckQuery(_NeedQuery):
    """A time to be looked at."""

    date = DayField(help_text="By the practice's calendar.")
    time = TimeField(help_text="By the practice's clock; it need not be on the grid.")
    explain = BooleanField(default=False, help_text="`true`: with the reasons against it.")


class SlotsQuery(_NeedQuery):
    """A day to be looked through."""

    date = DayField(help_text="By the practice's calendar.")


class NextSlotQuery(_NeedQuery):
    """How far ahead to look."""

    maxDays = IntegerField(  # noqa: N815
        default=365,
        min_value=1,
        max_value=LONGEST_WINDOW,
        help_text="How many days to look at, beginning with today.",
    )


class SearchQuery(_NeedQuery):
    """Several days of several providers."""

    startDate = DayField(help_text="The first day.")  # noqa: N815
    endDate = DayField(help_text="The last day; at most 31 days.")  # noqa: N815
    providers = serializers.ListField(
        child=IntegerField(min_value=1),
        required=False,
        max_length=MOST_PROVIDERS,
        help_text=(
            "Their ids, with commas. Unless sent: all active ones, or with visitType those who may"
            " give that type."
        ),
    )

    def validate_providers(self, value: list[int]) -> list[int]:
        """Active providers of the practice, each once."""
        wanted = list(dict.fromkeys(value))
        practice_id = self.context["request"].user.practice_id
        there = Provider.objects.filter(practice_id=practice_id, is_active=True, pk__in=wanted)
        known = set(there.values_list("pk", flat=True))
        if missing := [each for each in wanted if each not in known]:
            names = ", ".join(map(str, missing[:10]))
            raise ValidationError(
                f"There is no such provider in your practice: {names}.", code="not_found"
            )
        return wanted

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Not too many days at once."""
        check_days(attrs["startDate"], attrs["endDate"], LONGEST_SEARCH)
        return super().validate(attrs)


class VisitTypesQuery(WireSerializer):
    """Whether those out of use are wanted too."""

    includeInactive = BooleanField(  # noqa: N815
        default=False, help_text="`true`: those that are out of use, too."
    )


class VisitsQuery(WireSerializer):
    """Which visits of the practice."""

    PatientID = PersonField(required=False, help_text="Only visits of this person.")
    ProviderID = ProviderField(
        queryset=Provider.objects.all(), required=False, help_text="Only visits with this provider."
    )
    startDate = DayField(required=False, help_text="Only visits that begin on this day or later.")  # noqa: N815
    endDate = DayField(required=False, help_text="Only visits that begin on this day or earlier.")  # noqa: N815
    status = ChoiceField(
        choices=Visit.Status.values, required=False, help_text="Only visits that stand so."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """An end after its start."""
        if "startDate" in attrs and "endDate" in attrs:
            check_days(attrs["startDate"], attrs["endDate"], 10**6)
        return attrs
