"""A client's deliveries: look, try one again, replay a time."""

from typing import Any

from django.db.models import Prefetch
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from emrapi.api.envelopes import ListMixin, OneMixin, one, written
from emrapi.api.errors import Conflict
from emrapi.api.schema import one_of, page_of, written_of
from webhooks import by_hand, examples, replay
from webhooks.delivery_serializers import (
    DeliverySerializer,
    OneDeliverySerializer,
    RetriedSerializer,
)
from webhooks.filters import DeliveryFilters, ReplayQuery
from webhooks.models import Attempt, Delivery, Subscription
from webhooks.serializers import ReplayedSerializer, ReplaySerializer
from webhooks.views.answers import outcome, retried
from webhooks.views.base import TAGS, WebhookViewSet

MOST_REPLAYED = 100_000


class DeliveryViewSet(ListMixin, OneMixin, WebhookViewSet):
    """What was, or is to be, delivered to the caller's partner in the caller's practice."""

    filterset_class = DeliveryFilters

    def get_serializer_class(self) -> Any:
        """More of one than of many."""
        return DeliverySerializer if self.action == "list" else OneDeliverySerializer

    def get_queryset(self) -> Any:
        """Newest first; also those of subscriptions that have ended."""
        mine = Subscription.objects.filter(**self.client).values_list("pk", flat=True)
        deliveries = Delivery.objects.filter(
            practice_id=self.caller.practice_id, subscription_id__in=list(mine)
        )
        return deliveries.select_related("subscription").order_by("-id")

    @extend_schema(
        operation_id="listWebhookDeliveries",
        summary="List your webhook deliveries",
        description=(
            "Newest first: by descending id. One that is over is kept for 30 days. `attempts`"
            " counts the tries; `statusCode`, `durationMs` and `errorMessage` are of the last one."
        ),
        tags=TAGS,
        responses={200: page_of(DeliverySerializer)},
        examples=examples.DELIVERIES,
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of them."""
        return super().list(request, *args, **kwargs)

    @extend_schema(
        operation_id="getWebhookDelivery",
        summary="Get one webhook delivery with its attempts",
        description="Each try with the first 2 KB of what your receiver answered.",
        tags=TAGS,
        responses={200: one_of(OneDeliverySerializer)},
        examples=examples.DELIVERY,
    )
    def retrieve(self, request: Request, id: int) -> Response:  # noqa: A002
        """One of them."""
        tries = Attempt.objects.filter(practice_id=self.caller.practice_id).order_by("number")
        prefetch = Prefetch("tries", tries, to_attr="tries_in_order")
        delivery = self._find(self.get_queryset().prefetch_related(prefetch))
        return one(self.get_serializer(delivery).data)

    @extend_schema(
        operation_id="retryWebhookDelivery",
        summary="Send a webhook delivery again",
        description=(
            "Makes a new delivery of the same event, with the same ids, to the address that your"
            " subscription has now, and tries it at once; `message` tells whether it worked. If it"
            " did not, it is tried again like any other. Tests and retries are limited together."
        ),
        tags=TAGS,
        request=None,
        responses={200: written_of(RetriedSerializer)},
        examples=examples.RETRIED,
    )
    def retry(self, request: Request, id: int) -> Response:  # noqa: A002
        """What came of it; before that, that it is on its way."""
        source = self.get_object()
        self.count_try(Subscription.objects.select_for_update().get(pk=source.subscription_id))
        try:
            delivery = by_hand.new_retry(source=source, now=self.caller.now)
        except by_hand.NotActive as refusal:
            raise Conflict(str(refusal), code="subscription-not-active") from None
        self.try_afterwards(delivery, _told)
        return written(outcome(delivery), retried(delivery))


class ReplayViewSet(WebhookViewSet):
    """Events of the past, once more."""

    serializer_class = ReplaySerializer
    query_serializer_class = ReplayQuery

    @extend_schema(
        operation_id="replayWebhookEvents",
        summary="Send the events of a time again",
        description=(
            "Makes deliveries of all events from `since` until before `until` (now, unless sent),"
            " oldest first, also of those that you never got, such as those of a time in which your"
            " subscription was disabled. At most 31 days and 100,000 events at once. An event that"
            " is still on its way is left out. Each keeps its ids."
        ),
        tags=TAGS,
        responses={200: written_of(ReplayedSerializer), 404: None},
        examples=examples.REPLAY,
    )
    def create(self, request: Request) -> Response:
        """How many there are."""
        body = self.get_serializer(data=request.data)
        body.is_valid(raise_exception=True)
        subscription = self.get_subscription()
        if subscription.status != Subscription.Status.ACTIVE:
            raise Conflict(
                f"The subscription is {subscription.status}; nothing is sent to it.",
                code="subscription-not-active",
            )
        asked = {
            **body.validated_data,
            "scopes": self._scopes(subscription, body.validated_data.get("scopes")),
        }
        count = self._replay(subscription, asked, is_dry_run=True)
        if count > MOST_REPLAYED:
            message = (
                f"There are more than {MOST_REPLAYED:,} events in this time; choose a shorter one."
            )
            raise ValidationError({"until": [ErrorDetail(message, code="out_of_range")]})
        if self.query["dryRun"]:
            message = "Nothing was sent: this was a dry run"
        else:
            count = self._replay(subscription, asked)
            message = "Webhook events replayed successfully"
        return written(message, {**asked, "deliveries": count})

    def _scopes(self, subscription: Subscription, asked: Any) -> Any:
        """Those of the subscription; or those asked for, which have to be among them."""
        if asked and (missing := [scope for scope in asked if scope not in subscription.scopes]):
            message = f"Your subscription does not have {', '.join(missing)}."
            raise ValidationError({"scopes": [ErrorDetail(message, code="choice")]})
        return asked or subscription.scopes

    def _replay(self, subscription: Subscription, asked: Any, *, is_dry_run: bool = False) -> int:
        return replay.replay(
            subscription_ids=[subscription.pk],
            since=asked["since"],
            until=asked["until"],
            scopes=asked["scopes"],
            limit=MOST_REPLAYED + 1,
            is_dry_run=is_dry_run,
        )


def _told(delivery: Delivery, _: Any) -> Any:
    return {"message": outcome(delivery), "data": retried(delivery)}
