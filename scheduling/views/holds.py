"""Holds: a slot kept for a moment, for the key that asked."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from emrapi.api.envelopes import OneMixin, written
from emrapi.api.schema import written_of
from partners.scopes import Scope
from scheduling import examples, holds
from scheduling.models import Hold
from scheduling.views.answers import refusals_answered
from scheduling.views.base import CalendarViewSet
from scheduling.visit_serializers import HoldSerializer, TimeSerializer

_TAGS = ["Visit scheduling"]


class HoldViewSet(OneMixin, CalendarViewSet):
    """The holds of the calling key that are not over; all others are not there."""

    required_scope = Scope.SCHEDULING
    serializer_class = TimeSerializer

    def get_queryset(self) -> Any:
        """With the name of the type."""
        mine = Hold.objects.filter(
            practice_id=self.caller.practice_id,
            api_key_id=self.caller.key_id,
            expires_at__gt=self.caller.now,
        )
        return mine.select_related("visit_type")

    @extend_schema(
        operation_id="holdSlot",
        summary="Keep a slot for five minutes",
        description=(
            "By the same checks, and with the same refusals, as booking. Nobody else gets this time"
            " until ExpiresAt; book it by sending the HoldID. A key that holds as many times as it"
            " may gets a 409 of type `hold-limit`, with `liveHolds` and `firstEndsAt`."
        ),
        tags=_TAGS,
        responses={201: written_of(HoldSerializer)},
        examples=examples.HOLD,
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The hold."""
        body = self.get_serializer(data=request.data)
        body.is_valid(raise_exception=True)
        asked = body.validated_data
        with refusals_answered(asked, self.get_serializer_context()):
            hold = holds.hold(
                practice_id=self.caller.practice_id,
                provider_id=asked["ProviderID"],
                visit_type=asked["VisitType"],
                date=asked["VisitDate"],
                time=asked["VisitTime"],
                duration_minutes=asked["VisitDuration"],
                provider_time=asked.get("ProviderTime"),
                provider_duration_minutes=asked.get("ProviderDuration"),
                api_key_id=self.caller.key_id,
                now=self.caller.now,
                time_zone=self.caller.time_zone,
            )
        return written("Slot held successfully", self._on_the_wire(hold), created=True)

    @extend_schema(
        operation_id="releaseHold",
        summary="Give a hold up",
        description="Answers it as it was. A hold that is over is a 404.",
        tags=_TAGS,
        request=None,
        responses={200: written_of(HoldSerializer)},
        examples=examples.RELEASE,
    )
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The hold as it was."""
        hold = self.get_object()
        data = self._on_the_wire(hold)
        holds.release(hold)
        return written("Hold released successfully", data)

    def _on_the_wire(self, hold: Hold) -> Any:
        return HoldSerializer(hold, context=self.get_serializer_context()).data
