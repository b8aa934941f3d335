"""Visits: book, list, read, cancel, move."""

import datetime
from typing import Any

from django.db.models import F
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from emrapi.api.envelopes import ListMixin, RetrieveMixin, written
from emrapi.api.etags import check_if_match, etag_of
from emrapi.api.schema import one_of, page_of, written_of
from partners.scopes import Scope
from scheduling import booking, examples
from scheduling.filters import VisitsQuery
from scheduling.hours import days
from scheduling.models import Visit
from scheduling.views.answers import refusals_answered
from scheduling.views.base import CalendarViewSet
from scheduling.visit_serializers import (
    BookedVisitSerializer,
    BookingSerializer,
    CancelSerializer,
    RescheduleSerializer,
    VisitSerializer,
)

_TAGS = ["Visit scheduling"]


class VisitViewSet(ListMixin, RetrieveMixin, CalendarViewSet):
    """The visits of the caller's practice."""

    required_scope = Scope.SCHEDULING
    query_serializers = {"list": VisitsQuery}
    etag_actions = ("book", "cancel", "reschedule")
    bodies = {
        "book": BookingSerializer,
        "cancel": CancelSerializer,
        "reschedule": RescheduleSerializer,
    }

    def get_serializer_class(self) -> Any:
        """Of a body, if the action takes one."""
        return self.bodies.get(self.action, VisitSerializer)

    def get_queryset(self) -> Any:
        """Newest first."""
        visits = Visit.objects.filter(practice_id=self.caller.practice_id)
        return visits.select_related("visit_type").order_by("-id")

    def filter_queryset(self, queryset: Any) -> Any:
        """Those that were asked for."""
        asked = dict(self.query)
        if "PatientID" in asked:
            queryset = queryset.filter(person_id=asked["PatientID"].pk)
        if "ProviderID" in asked:
            queryset = queryset.filter(provider_id=asked["ProviderID"].pk)
        if "status" in asked:
            queryset = queryset.filter(status=asked["status"])
        if "startDate" in asked:
            start, _ = self._instants(asked["startDate"])
            queryset = queryset.filter(starts_at__gte=start)
        if "endDate" in asked:
            _, end = self._instants(asked["endDate"])
            queryset = queryset.filter(starts_at__lt=end)
        if "startDate" in asked and "endDate" in asked:
            # Newest first, but not by the index of ids: what lies long ago is at its far end, and
            # the planner, which does not know that, would walk there past all that came since.
            queryset = queryset.order_by((F("id") + 0).desc())
        return queryset

    @extend_schema(
        operation_id="listVisits",
        summary="List visits",
        description=(
            "Those booked last come first: by descending VisitID. The dates are those on which"
            " visits begin, both inclusive."
        ),
        tags=_TAGS,
        responses={200: page_of(VisitSerializer)},
        examples=examples.VISITS,
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of them."""
        return super().list(request, *args, **kwargs)

    @extend_schema(
        operation_id="bookVisit",
        summary="Book a visit",
        description=(
            "Checks in one transaction that the provider gives this type, works then and is free,"
            " and takes the first free room of the type. What others have taken is a 409 whose"
            " `conflicts` name all that stands against the visit, and whose `alternatives` are up"
            " to five next slots. A slot that you hold is taken by its HoldID. The ETag is that of"
            " the visit as it is read."
        ),
        tags=_TAGS,
        responses={201: written_of(BookedVisitSerializer)},
        examples=examples.BOOK,
    )
    def book(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The visit, in exactly the published fields."""
        asked = self._body(request)
        with refusals_answered(asked, self.get_serializer_context()):
            visit = booking.book(
                practice_id=self.caller.practice_id,
                person_id=asked["PatientID"],
                provider_id=asked["ProviderID"],
                visit_type=asked["VisitType"],
                date=asked["VisitDate"],
                time=asked["VisitTime"],
                duration_minutes=asked["VisitDuration"],
                provider_time=asked.get("ProviderTime"),
                provider_duration_minutes=asked.get("ProviderDuration"),
                complaint=asked.get("VisitComplaint", ""),
                notes=asked.get("VisitNotes", ""),
                hold_id=asked.get("HoldID"),
                api_key_id=self.caller.key_id,
                now=self.caller.now,
                time_zone=self.caller.time_zone,
            )
        booked = BookedVisitSerializer(visit, context=self.get_serializer_context()).data
        response = written("Visit booked successfully", booked, created=True)
        response["ETag"] = etag_of(self._as_read(visit))
        return response

    @extend_schema(
        operation_id="getVisit",
        summary="Get one visit",
        description="Its times are by the practice's clock.",
        tags=_TAGS,
        responses={200: one_of(VisitSerializer)},
        examples=examples.VISIT,
    )
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One of them."""
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        operation_id="cancelVisit",
        summary="Cancel a visit",
        description="Gives its time back. A visit that is over, or cancelled already, is a 409.",
        tags=_TAGS,
        responses={200: written_of(VisitSerializer)},
        examples=examples.CANCEL,
    )
    def cancel(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The visit as it is now."""
        visit = self.get_locked_object()
        asked = self._body(request)
        check_if_match(request.headers, self._as_read(visit))
        with refusals_answered():
            booking.cancel(visit=visit, reason=asked.get("Reason", ""), now=self.caller.now)
        return self._changed("Visit cancelled successfully", visit)

    @extend_schema(
        operation_id="rescheduleVisit",
        summary="Move a visit to another time",
        description=(
            "By the same checks as booking. If they fail, the visit keeps the time it has. Lengths"
            " stay as they are unless sent, and the provider's part where it is in the visit; the"
            " room may become another."
        ),
        tags=_TAGS,
        responses={200: written_of(VisitSerializer)},
        examples=examples.RESCHEDULE,
    )
    def reschedule(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The visit as it is now."""
        visit = self.get_locked_object()
        asked = self._body(request)
        check_if_match(request.headers, self._as_read(visit))
        with refusals_answered({"ProviderID": visit.provider_id}):
            booking.reschedule(
                visit=visit,
                date=asked["VisitDate"],
                time=asked["VisitTime"],
                duration_minutes=asked.get("VisitDuration"),
                provider_time=asked.get("ProviderTime"),
                provider_duration_minutes=asked.get("ProviderDuration"),
                now=self.caller.now,
                time_zone=self.caller.time_zone,
            )
        return self._changed("Visit rescheduled successfully", visit)

    def _body(self, request: Request) -> Any:
        body = self.get_serializer(data=request.data)
        body.is_valid(raise_exception=True)
        return body.validated_data

    def _as_read(self, visit: Visit) -> Any:
        return VisitSerializer(visit, context=self.get_serializer_context()).data

    def _changed(self, message: str, visit: Visit) -> Response:
        data = self._as_read(visit)
        response = written(message, data)
        response["ETag"] = etag_of(data)
        return response

    def _instants(self, day: datetime.date) -> tuple[datetime.datetime, datetime.datetime]:
        """The beginning and the end of a day of the practice."""
        start, end = days(self.zone, day, day)
        zone = datetime.UTC
        return datetime.datetime.fromtimestamp(start, zone), datetime.datetime.fromtimestamp(
            end, zone
        )
