"""`/v1/me/…`: how much a partner has called, and how one call went."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from dashboard.me import calls, examples
from dashboard.me.serializers import OwnCallSerializer, UsageQuery, UsageSerializer
from emrapi.api.envelopes import one
from emrapi.api.schema import one_of
from partners.api import PartnerViewSet
from partners.permissions import ANY_KEY

_TAGS = ["My information"]


class UsageViewSet(PartnerViewSet):
    """What the partner that calls has called, by all of its keys."""

    required_scope = ANY_KEY
    serializer_class = UsageSerializer
    query_serializer_class = UsageQuery
    pagination_class = None

    @extend_schema(
        operation_id="getUsage",
        summary="Get how much you have called",
        description=(
            "By day and by route, with all of your keys; the busiest routes first. Days are those"
            f" of UTC, both inclusive, at most {calls.MOST_DAYS}. A call counts some"
            " seconds after its answer."
        ),
        tags=_TAGS,
        responses={200: one_of(UsageSerializer)},
        examples=examples.USAGE,
    )
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The figures."""
        found = calls.usage(
            partner_id=self.caller.partner_id,
            start=self.query["startDate"],
            end=self.query["endDate"],
        )
        return one(self.get_serializer(found).data)


class OwnCallViewSet(PartnerViewSet):
    """One call of the partner that calls."""

    required_scope = ANY_KEY
    serializer_class = OwnCallSerializer

    @extend_schema(
        operation_id="getOwnRequest",
        summary="Get what became of one of your requests",
        description=(
            "By the X-Request-Id of its answer; if several of your requests had the same, the last"
            " one. Neither bodies nor query strings are kept. It is there about a second after the"
            " answer."
        ),
        tags=_TAGS,
        responses={200: one_of(OwnCallSerializer)},
        examples=examples.CALL,
    )
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The call; 404 for one of others."""
        call = calls.named(partner_id=self.caller.partner_id, request_id=kwargs["requestId"])
        if call is None:
            raise Http404
        return one(self.get_serializer(call).data)
