"""How it is told what became of a delivery that was tried at once."""

from typing import Any

from webhooks.models import Attempt, Delivery


def heard(delivery: Delivery) -> str:
    """What the receiver said to a test."""
    if delivery.status_code is not None:
        return f"The receiver answered {delivery.status_code}."
    if delivery.error:
        return f"The receiver did not answer: {delivery.error}"
    return "The test is on its way."


def tested(delivery: Delivery, attempt: Attempt | None) -> dict[str, Any]:
    """The facts of a test."""
    return {
        "deliveryId": delivery.pk,
        "success": delivery.is_delivered,
        "statusCode": delivery.status_code,
        "durationMs": delivery.duration_ms,
        "errorMessage": delivery.error_or_none,
        "answer": attempt.answer if attempt else None,
    }


def outcome(delivery: Delivery) -> str:
    """Whether a retry worked."""
    if delivery.is_delivered:
        return "Webhook delivery retried successfully"
    if delivery.status != Delivery.Status.PENDING:
        return "Webhook delivery retried, but it failed"
    if not delivery.error:
        return "Webhook delivery is on its way"
    return "Webhook delivery retried, but it failed; it will be tried again"


def retried(delivery: Delivery) -> dict[str, Any]:
    """The facts of a retry, as published."""
    return {
        "sourceDeliveryId": delivery.source_delivery_id,
        "retryDeliveryId": delivery.pk,
        "success": delivery.is_delivered,
        "statusCode": delivery.status_code,
        "attempts": delivery.attempts,
        "errorMessage": delivery.error_or_none,
    }
