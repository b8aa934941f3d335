"""What we send, for the API document: the request that a receiver has to take."""

from typing import Any

from drf_spectacular.utils import OpenApiWebhook

from webhooks.examples import EVENT

_TEXT = {"type": "string"}
_HEADERS: dict[str, tuple[dict[str, Any], str]] = {
    "X-OfficePro-Event": (_TEXT, "The event's name."),
    "X-OfficePro-Event-Id": (
        {"type": "integer", "format": "int64"},
        "Its number, in the order of publication; 0 for a test.",
    ),
    "webhook-id": (_TEXT, "Stays the same however often it is sent: act on it once."),
    "webhook-timestamp": (
        {"type": "integer", "format": "int64"},
        "When this attempt was made, in seconds since 1970. Refuse what is five minutes old.",
    ),
    "webhook-signature": (
        _TEXT,
        "`v1,` and HMAC-SHA256 of `id.timestamp.body` by your secret, in base64; or two of them.",
    ),
}

event = OpenApiWebhook(
    name="event",
    decorator={
        "post": {
            "operationId": "receiveEvent",
            "summary": "An event, sent to your hookUrl",
            "description": (
                "Answer 2xx within 15 seconds. Anything else is a failure and is tried again for"
                " about three days; 410 ends the subscription. The same event may come twice."
            ),
            "tags": ["Webhooks"],
            "parameters": [
                {
                    "in": "header",
                    "name": name,
                    "required": True,
                    "schema": schema,
                    "description": words,
                }
                for name, (schema, words) in _HEADERS.items()
            ],
            "requestBody": {
                "required": True,
                "content": {
                    "application/json": {
                        "schema": {"$ref": "#/components/schemas/Event"},
                        "examples": {"AnEvent": {"summary": "An event", "value": EVENT}},
                    }
                },
            },
            "responses": {
                "2XX": {"description": "You have it."},
                "410": {"description": "Send nothing more: the subscription is disabled."},
            },
        }
    },
)
