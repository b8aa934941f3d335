"""Events to be pulled, by whoever cannot be called."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from emrapi.api.envelopes import many
from emrapi.api.schema import many_of
from webhooks import examples, feed
from webhooks.filters import EventsQuery, number_of
from webhooks.serializers import EventSerializer
from webhooks.views.base import TAGS, WebhookViewSet


class EventViewSet(WebhookViewSet):
    """The events of the caller's practice, of the scopes that the key holds."""

    serializer_class = EventSerializer
    query_serializer_class = EventsQuery

    @extend_schema(
        operation_id="pullEvents",
        summary="Pull the events that webhooks push",
        description=(
            "The same bodies under the same ids, oldest first by their number. Keep the id of the"
            " last one that you have dealt with and send it as `after` the next time: no event"
            " comes later with a smaller number, so none is missed. It needs no subscription. A"
            " list shorter than `limit` says that there are no more at the moment. Of several event"
            " scopes, those that the key holds are shown; a key without any gets 403."
        ),
        tags=TAGS,
        responses={200: many_of(EventSerializer)},
        examples=examples.EVENTS,
    )
    def pull(self, request: Request) -> Response:
        """Those that come next."""
        found = feed.events(
            practice_id=self.caller.practice_id,
            ppass=self.caller.ppass,
            scopes=self.scopes_held(self.query.get("scopes")),
            after=number_of(self.query["after"]),
            limit=self.query["limit"],
        )
        return many(found)
