"""Examples for the API document: the published ones, and whole answers to them."""

from typing import Any

from emrapi.api.examples import answered, page, sent

_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 - an example
_SIGNUP = {
    "hookUrl": "https://partner.example.com/officepro/webhooks",
    "scopes": ["Patients", "Claims"],
}
_SUBSCRIPTION: dict[str, Any] = {"id": 1, **_SIGNUP, "status": "active"}
EVENT = {
    "id": "evt_14656636",
    "type": "patient.created",
    "timestamp": "2026-03-09T14:15:00.123Z",
    "practice": "DemoOffice",
    "data": {"PatientID": 1001},
}
_DELIVERY: dict[str, Any] = {
    "id": 10,
    "subscriptionId": 1,
    "event": "patient.created",
    "eventId": 14656636,
    "hookUrl": "https://partner.example.com/officepro/webhooks",
    "status": "pending",
    "success": False,
    "statusCode": 500,
    "attempts": 1,
    "durationMs": 87,
    "errorMessage": "The receiver answered 500.",
    "origin": "dispatch",
    "sourceDeliveryId": None,
    "createdAt": "2026-03-09T14:15:00.345678Z",
    "nextAttemptAt": "2026-03-09T14:15:05.678901Z",
}
_TRY = {
    "number": 1,
    "at": "2026-03-09T14:15:00.456789Z",
    "statusCode": 500,
    "durationMs": 87,
    "errorMessage": "The receiver answered 500.",
    "answer": "Out of order",
}
_RECENT = {
    "id": 10,
    "practicepass": "DemoOffice",
    "subscriptionId": 1,
    "event": "patient.created",
    "eventId": 14656636,
    "hookUrl": "https://partner.example.com/officepro/webhooks",
    "success": False,
    "statusCode": 500,
    "attempts": 1,
    "durationMs": 87,
    "errorMessage": "The receiver answered 500.",
    "sourceDeliveryId": None,
    "createdAt": "2026-03-09T14:15:00.345678Z",
}


SIGNUP = [
    sent("A subscription", _SIGNUP),
    answered(
        "Created",
        {
            "message": "Webhook subscription created successfully",
            "data": {**_SUBSCRIPTION, "secret": _SECRET},
        },
        201,
    ),
    answered(
        "Updated",
        {"message": "Webhook subscription updated successfully", "data": _SUBSCRIPTION},
        200,
    ),
]
_STORY = {"createdAt": "2026-03-01T08:00:00Z", "updatedAt": "2026-03-09T14:15:00Z"}
SUBSCRIPTION = [
    answered(
        "Well",
        {"data": {**_SUBSCRIPTION, "disabledReason": None, "failingSince": None, **_STORY}},
    ),
    answered(
        "Disabled",
        {
            "data": {
                **_SUBSCRIPTION,
                "status": "disabled",
                "disabledReason": "failing",
                "failingSince": "2026-03-04T14:15:00Z",
                **_STORY,
            }
        },
    ),
]
REMOVED = [
    answered(
        "Removed",
        {
            "message": "Webhook subscription removed successfully",
            "data": {**_SUBSCRIPTION, "status": "removed"},
        },
    )
]
ROTATED = [
    answered(
        "Rotated",
        {
            "message": "Webhook secret rotated successfully",
            "data": {
                **_SUBSCRIPTION,
                "secret": _SECRET,
                "previousSecretUntil": "2026-03-10T14:15:00Z",
            },
        },
    )
]
TESTED = [
    answered(
        "It works",
        {
            "message": "The receiver answered 204.",
            "data": {
                "deliveryId": 12,
                "success": True,
                "statusCode": 204,
                "durationMs": 35,
                "errorMessage": None,
                "answer": "",
            },
        },
    )
]
DELIVERIES = [answered("A page", page(_DELIVERY))]
DELIVERY = [answered("A delivery", {"data": {**_DELIVERY, "tries": [_TRY]}})]
RETRIED = [
    answered(
        "It worked",
        {
            "message": "Webhook delivery retried successfully",
            "data": {
                "sourceDeliveryId": 10,
                "retryDeliveryId": 11,
                "success": True,
                "statusCode": 200,
                "attempts": 1,
                "errorMessage": None,
            },
        },
    )
]
_HOUR = {"since": "2026-03-09T14:00:00Z", "until": "2026-03-09T15:00:00Z"}
REPLAY = [
    sent("An hour", _HOUR),
    answered(
        "Replayed",
        {
            "message": "Webhook events replayed successfully",
            "data": {**_HOUR, "scopes": ["Patients", "Claims"], "deliveries": 41},
        },
    ),
]
EVENTS = [answered("One event", {"data": [EVENT], "count": 1})]
MONITOR = [
    answered(
        "One practice",
        {
            "summary": {
                "totalSubscriptions": 3,
                "activeSubscriptions": 2,
                "totalDeliveries": 150,
                "failedDeliveries": 4,
                "successRate": 97.33,
            },
            "dispatchStates": [{"practicepass": "DemoOffice", "lastLogId": 14656636}],
            "recentDeliveries": [_RECENT],
        },
    )
]
