"""When a provider can be booked: is this free, what is free, what is next."""

import datetime
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from emrapi.api.envelopes import many, one
from emrapi.api.schema import many_of, one_of
from scheduling import calendars, examples
from scheduling.filters import CheckQuery, NextSlotQuery, SearchQuery, SlotsQuery
from scheduling.hours import SkippedTime, to_instant, to_wall
from scheduling.models import VisitTypeProvider
from scheduling.serializers import (
    ExplainedCheckSerializer,
    FoundSlotSerializer,
    SlotsSerializer,
)
from scheduling.views.base import CalendarViewSet, OneProviderViewSet, ProvidersViewSet

_TAGS = ["Providers"]


class _Asking(CalendarViewSet):
    """Views that ask the calendars."""

    @property
    def asked(self) -> calendars.Asked:
        """What the query looks for."""
        visit_type = self.query["visitType"]
        return calendars.Asked(
            practice_id=self.caller.practice_id,
            zone=self.zone,
            now=self.caller.now,
            minutes=self.query["duration"],
            visit_type_id=visit_type and visit_type.pk,
        )

    def clock(self, instant: int) -> str:
        """What the practice's clock shows."""
        return to_wall(self.zone, instant).time().isoformat("seconds")


class AvailabilityViewSet(_Asking, OneProviderViewSet):
    """The free time of one provider."""

    query_serializers = {"check": CheckQuery, "slots": SlotsQuery, "next_slot": NextSlotQuery}

    @extend_schema(
        operation_id="checkAvailability",
        summary="Check whether a time is available",
        description=(
            "The time need not be on the practice's grid. `explain=true` adds Reasons: all that"
            " stands against it, nothing if it is available."
        ),
        tags=_TAGS,
        responses={200: one_of(ExplainedCheckSerializer)},
        examples=examples.CHECK,
    )
    def check(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Yes or no."""
        asked = self.query
        try:
            start = to_instant(self.zone, asked["date"], asked["time"])
        except SkippedTime as skipped:
            raise ValidationError({"time": [ErrorDetail(str(skipped), code="skipped")]}) from None
        found = calendars.examine(self.asked, provider_id=self.provider.pk, start=start)
        answer = {
            "ProviderID": self.provider.pk,
            "Date": asked["date"].isoformat(),
            "Time": asked["time"].isoformat("seconds"),
            "Duration": asked["duration"],
            "Available": not found.reasons,
        }
        return one({**answer, "Reasons": found.reasons} if asked["explain"] else answer)

    @extend_schema(
        operation_id="listSlots",
        summary="Get the available slots of a day",
        description=(
            "A slot begins on the practice's grid and ends within the working hours it began in."
            " A time that the clock shows twice is its first; one that it skips is none."
        ),
        tags=_TAGS,
        responses={200: one_of(SlotsSerializer)},
        examples=examples.SLOTS,
    )
    def slots(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """All of the day, in order."""
        date, provider = self.query["date"], self.provider.pk
        found = calendars.find_slots(self.asked, provider_ids=[provider], first=date, last=date)
        slots = [self.clock(start) for start in found[provider]]
        return one(
            {
                "ProviderID": provider,
                "Date": date.isoformat(),
                "Duration": self.query["duration"],
                "Slots": slots,
                "Count": len(slots),
            }
        )

    @extend_schema(
        operation_id="findNextSlot",
        summary="Get the next available slot",
        description=(
            "The first slot from now on, within maxDays local days of which today is the first;"
            " TheNextSlot is null if there is none."
        ),
        tags=_TAGS,
        responses={200: one_of(FoundSlotSerializer)},
        examples=examples.NEXT_SLOT,
    )
    def next_slot(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The first one."""
        provider, most = self.provider.pk, self.query["maxDays"]
        start = calendars.find_next(self.asked, provider_id=provider, days=most)
        slot = None
        if start is not None:
            date = to_wall(self.zone, start).date()
            slot = {
                "ProviderID": str(provider),
                "Date": date.isoformat(),
                "Time": self.clock(start),
            }
        return one(
            {
                "ProviderID": provider,
                "Duration": self.query["duration"],
                "SearchWindowDays": most,
                "TheNextSlot": slot,
            }
        )


class SearchViewSet(_Asking, ProvidersViewSet):
    """The free time of many providers."""

    query_serializer_class = SearchQuery

    @extend_schema(
        operation_id="searchSlots",
        summary="Get the available slots of many providers and days",
        description=(
            "One item for each provider and day, the same as the slots of that day: by provider in"
            " the order asked for, or by their id, and then by day. At most 31 days."
        ),
        tags=_TAGS,
        responses={200: many_of(SlotsSerializer)},
        examples=examples.SEARCH,
    )
    def list_slots(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Day by day, provider by provider."""
        first, last = self.query["startDate"], self.query["endDate"]
        providers = self._provider_ids()
        found = calendars.find_slots(self.asked, provider_ids=providers, first=first, last=last)
        items = []
        for provider in providers:
            by_day = _by_day(first, last)
            for start in found[provider]:
                wall = to_wall(self.zone, start)
                by_day[wall.date()].append(wall.time().isoformat("seconds"))
            items += [
                {
                    "ProviderID": provider,
                    "Date": day.isoformat(),
                    "Duration": self.query["duration"],
                    "Slots": slots,
                    "Count": len(slots),
                }
                for day, slots in by_day.items()
            ]
        return many(items)

    def _provider_ids(self) -> list[int]:
        """Those that were asked for; else all who may give such a visit."""
        if "providers" in self.query:
            return list(self.query["providers"])
        providers = self.get_queryset()
        if self.query["visitType"]:
            links = VisitTypeProvider.objects.filter(
                practice_id=self.caller.practice_id, visit_type=self.query["visitType"]
            )
            providers = providers.filter(pk__in=links.values("provider_id"))
        return list(providers.order_by("id").values_list("pk", flat=True))


def _by_day(first: datetime.date, last: datetime.date) -> dict[datetime.date, list[str]]:
    """An empty list for each day."""
    day = datetime.timedelta(days=1)
    return {first + number * day: [] for number in range((last - first).days + 1)}
