"""For administrators' programs: the monitor, and a retry of any delivery."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from emrapi.api.envelopes import written
from emrapi.api.errors import Conflict
from emrapi.api.request_ids import request_id_of
from emrapi.api.schema import written_of
from emrapi.api.views import ApiView
from partners.admin_secret import AdminSecret, KnowsSecret
from partners.models import Practice
from partners.tenancy import STAFF, acting_as
from webhooks import by_hand, examples, monitoring
from webhooks.delivery import deliver_now
from webhooks.delivery_serializers import (
    MonitorSerializer,
    RecentDeliverySerializer,
    RetriedSerializer,
)
from webhooks.filters import MonitorQuery
from webhooks.models import Delivery
from webhooks.views.answers import outcome, retried
from webhooks.views.base import TAGS


class AdminViewSet(ApiView, GenericViewSet[Any]):
    """A view behind the administrators' secret. It sees every practice once that is checked."""

    authentication_classes = [AdminSecret]
    permission_classes = [KnowsSecret]

    def get_authenticate_header(self, request: Request) -> str:
        """The challenge of a 401."""
        return AdminSecret().authenticate_header(request)


class MonitorViewSet(AdminViewSet):
    """How webhooks are doing."""

    serializer_class = MonitorSerializer
    query_serializer_class = MonitorQuery

    @extend_schema(
        operation_id="monitorWebhooks",
        summary="Monitor webhook health and delivery activity",
        description=(
            "All of it is narrowed by `practicepass`; by `success`, `limit` and `offset` only the"
            " recent deliveries, newest first. Totals count deliveries that were tried at least"
            " once. How far the dispatch is behind is told in headers."
        ),
        parameters=[
            OpenApiParameter(name, type_, "header", description=words, response=[200])
            for name, type_, words in (
                ("X-Dispatch-Waiting", int, "How many events are not handed out yet."),
                ("X-Dispatch-Lag-Seconds", int, "How old the oldest of them is."),
                ("X-Dispatch-Warning", str, "Is there if that is too old, and says so."),
            )
        ],
        tags=TAGS,
        responses={200: OpenApiResponse(MonitorSerializer, "How they are.")},
        examples=examples.MONITOR,
    )
    def retrieve(self, request: Request) -> Response:
        """Exactly as published; warnings are headers."""
        asked = dict(self.query)
        with acting_as(STAFF):
            practice_id = _practice_id(asked.pop("practicepass", None))
            data = {
                "summary": monitoring.summary(practice_id),
                "dispatchStates": monitoring.dispatch_states(practice_id),
                "recentDeliveries": RecentDeliverySerializer(
                    monitoring.recent_deliveries(practice_id=practice_id, **asked), many=True
                ).data,
            }
            return Response(data, headers=monitoring.warnings())


class AdminRetryViewSet(AdminViewSet):
    """Any delivery, once more."""

    serializer_class = RetriedSerializer

    @extend_schema(
        operation_id="retryAnyWebhookDelivery",
        summary="Retry a specific webhook delivery record",
        description=(
            "Makes a new delivery of the same event to the address that the subscription has now,"
            " and tries it at once; `message` tells whether it worked. If it did not, it is tried"
            " again like any other. A subscription that is not active is a 409."
        ),
        tags=TAGS,
        request=None,
        responses={200: written_of(RetriedSerializer), 409: None},
        examples=examples.RETRIED,
    )
    def create(self, request: Request, id: int) -> Response:  # noqa: A002
        """What came of it."""
        with acting_as(STAFF, administrator="API", request=request_id_of(request)):
            source = get_object_or_404(Delivery.objects.select_related("subscription"), pk=id)
            try:
                made = by_hand.new_retry(source=source, now=timezone.now())
            except by_hand.NotActive as refusal:
                raise Conflict(str(refusal), code="subscription-not-active") from None
        delivery = deliver_now(made.pk)
        return written(outcome(delivery), retried(delivery))


def _practice_id(ppass: str | None) -> int | None:
    """The practice's number; None for all of them."""
    if ppass is None:
        return None
    found = Practice.objects.filter(ppass__iexact=ppass).values_list("pk", flat=True).first()
    if found is None:
        fault = ErrorDetail(f'There is no practice "{ppass}".', code="not_found")
        raise ValidationError({"practicepass": [fault]})
    return found
