"""Providers: who there is, when they work, and what they have to do."""

import datetime
from typing import Any

from django.db import connection
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from emrapi.api.envelopes import ListMixin, RetrieveMixin, one
from emrapi.api.schema import many_of, one_of
from scheduling import examples
from scheduling.filters import ScheduleQuery
from scheduling.hours import days
from scheduling.models import VisitType, WeeklyHours
from scheduling.serializers import (
    ProviderDetailSerializer,
    ProviderSerializer,
    ScheduleSerializer,
)
from scheduling.views.base import OneProviderViewSet, ProvidersViewSet


class ProviderViewSet(ListMixin, RetrieveMixin, ProvidersViewSet):
    """The active providers of the practice."""

    def get_serializer_class(self) -> Any:
        """More of one than of many."""
        return ProviderSerializer if self.action == "list" else ProviderDetailSerializer

    def get_object(self) -> dict[str, Any]:
        """The provider with all that the detail tells."""
        provider = super().get_object()
        practice_id = self.caller.practice_id
        hours = WeeklyHours.objects.filter(practice_id=practice_id, provider=provider)
        types = VisitType.objects.filter(
            practice_id=practice_id, is_active=True, type_providers__provider=provider
        )
        return {
            **ProviderSerializer(provider).data,
            "timezone": self.caller.time_zone,
            "hours": list(hours.exclude(valid_until__lt=self.today)),
            "visitTypes": list(types.values_list("name", flat=True)),
        }

    @extend_schema(
        operation_id="listProviders",
        summary="List all active providers",
        description="In alphabetical order; those of one name by their id.",
        tags=["Providers"],
        responses={200: many_of(ProviderSerializer)},
        examples=examples.PROVIDERS,
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """All of them."""
        return super().list(request, *args, **kwargs)

    @extend_schema(
        operation_id="getProvider",
        summary="Get one provider",
        description=(
            "With the time zone of the practice, the weekly hours in its wall-clock time, and the"
            " active types of visits that the provider gives. Hours that close no later than they"
            " open end on the next day."
        ),
        tags=["Providers"],
        examples=examples.PROVIDER,
    )
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One of them."""
        return super().retrieve(request, *args, **kwargs)


class ScheduleViewSet(OneProviderViewSet):
    """The visits of a provider, day by day."""

    query_serializer_class = ScheduleQuery

    @extend_schema(
        operation_id="getProviderSchedule",
        summary="Get the scheduled visits of a provider",
        description=(
            "The visits that begin on one of these days, both inclusive, by day and in order."
            " Days without visits are left out, and so are cancelled visits. Without dates: today"
            " and the six days after it; at most 366 days."
        ),
        tags=["Providers"],
        responses={200: one_of(ScheduleSerializer)},
        examples=examples.SCHEDULE,
    )
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The days and how many visits they have."""
        first, last = self.query["startDate"], self.query["endDate"]
        schedule: dict[str, list[dict[str, Any]]] = {}
        visits = self._visits(first, last)
        for visit_id, during, name in visits:
            start = during.lower.astimezone(self.zone)
            schedule.setdefault(start.date().isoformat(), []).append(
                {
                    "VisitID": visit_id,
                    "time": start.time().isoformat("seconds"),
                    "duration": (during.upper - during.lower) // datetime.timedelta(minutes=1),
                    "type": name,
                    "booked": True,
                }
            )
        return one(
            {
                "provider": {
                    "id": self.provider.pk,
                    "name": self.provider.name,
                    "title": self.provider.title,
                    "specialty": self.provider.specialty,
                },
                "startDate": first.isoformat(),
                "endDate": last.isoformat(),
                "schedule": schedule,
                "totalVisits": len(visits),
            }
        )

    def _visits(self, first: datetime.date, last: datetime.date) -> list[tuple[Any, ...]]:
        """Id, time and type of each, in one query."""
        visit_type = self.query.get("visitType")
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT * FROM scheduling_schedule(%s, to_timestamp(%s), to_timestamp(%s), %s)",
                [self.provider.pk, *days(self.zone, first, last), visit_type and visit_type.pk],
            )
            return list(cursor.fetchall())
