"""What the views of a client's webhooks have in common. A client is a partner in one practice."""

from functools import partial
from typing import Any

from django.conf import settings
from rest_framework.exceptions import NotFound, Throttled

from emrapi.api.errors import Problem
from partners import throttling
from partners.api import PartnerViewSet
from partners.idempotency import Keeping
from partners.permissions import ANY_KEY
from partners.tenancy import within_practice
from webhooks import by_hand, secrets, subscribing
from webhooks.delivery import deliver_now
from webhooks.models import EVENT_SCOPES, Attempt, Delivery, Subscription

TAGS = ["Webhooks"]
# When to come back while others wait for the receiver.
_PATIENCE_SECONDS = 5
# Answers may hold a secret, which is to lie nowhere in clear.
_SEALED = Keeping(
    lambda body: secrets.seal(body.decode()).encode(),
    lambda kept: secrets.open(kept.decode()).encode(),
)


class WebhookViewSet(PartnerViewSet):
    """A client's own; what is another's is not there."""

    required_scope = ANY_KEY
    keeping = _SEALED

    @property
    def client(self) -> dict[str, int]:
        """Who it is, for a query."""
        return {"practice_id": self.caller.practice_id, "partner_id": self.caller.partner_id}

    def get_subscription(self, *, is_to_change: bool = False) -> Subscription:
        """The client's; one to change is ours until the transaction ends. Raises NotFound."""
        try:
            return subscribing.subscription_of(**self.client, is_to_change=is_to_change)
        except subscribing.NotSubscribed:
            raise NotFound(
                "You have no subscription in this practice; make one with POST /v1/webhooks/signup."
            ) from None

    def scopes_held(self, wanted: Any = None) -> list[str]:
        """The event scopes of the key, or those wanted; a 403 names what the key does not hold."""
        held = [scope for scope in EVENT_SCOPES if scope in self.caller.scopes]
        wanted = wanted or held or EVENT_SCOPES
        if missing := [scope for scope in wanted if scope not in held]:
            message = f"Your key does not hold {', '.join(missing)}."
            fault = {"field": "scopes", "code": "not_held", "message": message}
            raise Problem(message, status=403, errors=[fault])
        return list(wanted)

    def count_try(self, subscription: Subscription) -> None:
        """Raise Throttled for too many in a minute or at a time: each may wait for the receiver."""
        allowance = throttling.count(
            "webhook-try",
            f"{self.caller.partner_id}:{self.caller.practice_id}",
            settings.WEBHOOK_TRIES_BY_HAND,
        )
        if allowance.is_exceeded:
            raise Throttled(allowance.reset)
        if by_hand.is_waited_for(subscription, now=self.caller.now):
            raise Throttled(_PATIENCE_SECONDS)

    def try_afterwards(self, delivery: Delivery, tell: Any) -> None:
        """Try it as soon as it is committed; `tell(delivery, attempt)` says how that went."""
        self.after_commit = partial(self._tried, delivery.pk, tell)

    def _tried(self, delivery_id: int, tell: Any) -> Any:
        practice_id = self.caller.practice_id
        delivery = deliver_now(delivery_id, practice_id=practice_id)
        with within_practice(practice_id):
            tries = Attempt.objects.filter(practice_id=practice_id, delivery_id=delivery_id)
            return tell(delivery, tries.order_by("number").last())
