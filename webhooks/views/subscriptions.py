"""A client's subscription: sign up, look, leave, another secret, a test."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from emrapi.api.envelopes import RetrieveMixin, written
from emrapi.api.errors import Conflict
from emrapi.api.schema import one_of, written_of
from webhooks import by_hand, examples, subscribing
from webhooks.delivery_serializers import TestedSerializer
from webhooks.models import Attempt, Delivery, Subscription
from webhooks.serializers import (
    OneSubscriptionSerializer,
    RotatedSerializer,
    SignedUpSerializer,
    SignupSerializer,
    SubscriptionSerializer,
)
from webhooks.views.answers import heard, tested
from webhooks.views.base import TAGS, WebhookViewSet


class SubscriptionViewSet(RetrieveMixin, WebhookViewSet):
    """The one subscription of the caller's partner in the caller's practice."""

    serializer_class = OneSubscriptionSerializer

    def get_object(self) -> Subscription:
        """It needs no id."""
        return self.get_subscription()

    @extend_schema(
        operation_id="signUpForWebhooks",
        summary="Create or update your webhook subscription",
        description=(
            "You have one subscription in each practice; it stays when your keys are rotated. 201"
            " if it is new: then `secret` is in the answer, this once, and signs all that we send."
            " Otherwise 200, with the address and the scopes changed to these; a subscription that"
            " was disabled because your receiver failed is active again. A scope that your key does"
            " not hold is a 403 that names it; an address that is not public is a 400."
        ),
        tags=TAGS,
        request=SignupSerializer,
        responses={
            201: written_of(SignedUpSerializer),
            200: written_of(SubscriptionSerializer),
        },
        examples=examples.SIGNUP,
    )
    def signup(self, request: Request) -> Response:
        """Made, or changed."""
        body = SignupSerializer(data=request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        asked = body.validated_data
        signed_up = subscribing.sign_up(
            **self.client, hook_url=asked["hookUrl"], scopes=self.scopes_held(asked["scopes"])
        )
        data = SubscriptionSerializer(signed_up.subscription).data
        if signed_up.secret is None:
            return written("Webhook subscription updated successfully", data)
        return written(
            "Webhook subscription created successfully",
            {**data, "secret": signed_up.secret},
            created=True,
        )

    @extend_schema(
        operation_id="getWebhookSubscription",
        summary="Get your webhook subscription",
        description="Where it goes, what it tells, and why it is disabled, if it is.",
        tags=TAGS,
        responses={200: one_of(OneSubscriptionSerializer), 404: None},
        examples=examples.SUBSCRIPTION,
    )
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """As it is."""
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        operation_id="deleteWebhookSubscription",
        summary="End your webhook subscription",
        description=(
            "What is still to be delivered is cancelled. Its deliveries can be read as long as they"
            " are kept; signing up again makes a new subscription with a new secret."
        ),
        tags=TAGS,
        request=None,
        responses={200: written_of(SubscriptionSerializer), 404: None},
        examples=examples.REMOVED,
    )
    def destroy(self, request: Request) -> Response:
        """As it is from now on."""
        subscription = self.get_subscription(is_to_change=True)
        subscribing.remove(subscription=subscription, now=self.caller.now)
        data = SubscriptionSerializer(subscription).data
        return written("Webhook subscription removed successfully", data)

    @extend_schema(
        operation_id="rotateWebhookSecret",
        summary="Get a new signing secret",
        description=(
            "Until `previousSecretUntil`, 24 hours from now, each delivery carries two signatures:"
            " one by the new secret, one by the secret it replaces. The secret is shown this once."
        ),
        tags=TAGS,
        request=None,
        responses={200: written_of(RotatedSerializer), 404: None},
        examples=examples.ROTATED,
    )
    def rotate_secret(self, request: Request) -> Response:
        """The subscription with its new secret."""
        rotated = subscribing.rotate_secret(
            subscription=self.get_subscription(is_to_change=True), now=self.caller.now
        )
        data = {
            **SubscriptionSerializer(rotated.subscription).data,
            "secret": rotated.secret,
            "previousSecretUntil": rotated.subscription.previous_secret_until,
        }
        return written("Webhook secret rotated successfully", data)

    @extend_schema(
        operation_id="testWebhook",
        summary="Send a test to your receiver",
        description=(
            "A signed delivery of an event `webhook.test`, tried at once and once only; the answer"
            " says what your receiver answered. Tests and retries are limited together."
        ),
        tags=TAGS,
        request=None,
        responses={200: written_of(TestedSerializer), 404: None},
        examples=examples.TESTED,
    )
    def test(self, request: Request) -> Response:
        """What came of it; before that, that it is on its way."""
        subscription = self.get_subscription(is_to_change=True)
        self.count_try(subscription)
        try:
            delivery = by_hand.new_test(subscription=subscription, now=self.caller.now)
        except by_hand.NotActive as refusal:
            raise Conflict(str(refusal), code="subscription-not-active") from None
        self.try_afterwards(delivery, _told)
        return written("The test is on its way.", tested(delivery, None))


def _told(delivery: Delivery, attempt: Attempt | None) -> Any:
    return {"message": heard(delivery), "data": tested(delivery, attempt)}
