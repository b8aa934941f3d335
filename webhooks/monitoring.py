"""How webhooks are doing, for those who run them."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, Q

from webhooks.lag import lag
from webhooks.models import Delivery, DispatchState, Subscription

_HUNDRED, _CENT = Decimal(100), Decimal("0.01")
# Events are handed out within a second, and what is due is sent as soon as its receiver has time;
# beyond this something stands still.
_LATE_SECONDS, _OVERDUE_SECONDS = 30, 300


def success_rate(total: int, failed: int) -> Decimal:
    """Per cent of `total` that did not fail, with two decimals; 100 when there were none."""
    if not total:
        return _HUNDRED
    return (_HUNDRED * (total - failed) / total).quantize(_CENT, ROUND_HALF_UP)


def summary(practice_id: int | None = None) -> Mapping[str, Any]:
    """Subscriptions that were not removed; deliveries that were tried, by how that went.

    Of one practice, or of all. What has not been tried yet neither worked nor failed.
    """
    subscriptions = _of(practice_id, Subscription).exclude(status=Subscription.Status.REMOVED)
    counted = subscriptions.aggregate(
        total=Count("pk"), active=Count("pk", filter=Q(status=Subscription.Status.ACTIVE))
    )
    tried = _of(practice_id, Delivery).exclude(duration_ms=None)
    total, failed = tried.aggregate(
        total=Count("pk"), failed=Count("pk", filter=~Q(status=Delivery.Status.DELIVERED))
    ).values()
    return {
        "totalSubscriptions": counted["total"],
        "activeSubscriptions": counted["active"],
        "totalDeliveries": total,
        "failedDeliveries": failed,
        "successRate": success_rate(total, failed),
    }


def dispatch_states(practice_id: int | None = None) -> list[dict[str, Any]]:
    """The highest number handed out, by practice."""
    states = _of(practice_id, DispatchState).order_by("practice__ppass")
    return [
        {"practicepass": ppass, "lastLogId": last}
        for ppass, last in states.values_list("practice__ppass", "last_log_id")
    ]


def recent_deliveries(
    *, practice_id: int | None = None, success: bool | None = None, limit: int, offset: int
) -> list[Delivery]:
    """Newest first; `success` keeps those that have arrived, or those that have not."""
    deliveries = _of(practice_id, Delivery).select_related("practice", "subscription")
    if success is not None:
        has_arrived = Q(status=Delivery.Status.DELIVERED)
        deliveries = deliveries.filter(has_arrived if success else ~has_arrived)
    return list(deliveries.order_by("-id")[offset : offset + limit])


def warnings() -> dict[str, str]:
    """How far we are behind, as headers, since the monitor's body is as published."""
    now = lag()
    headers = {
        "X-Dispatch-Waiting": str(now.unnumbered),
        "X-Dispatch-Lag-Seconds": str(int(now.oldest_unnumbered_seconds)),
    }
    if now.oldest_unnumbered_seconds > _LATE_SECONDS:
        headers["X-Dispatch-Warning"] = (
            f"Events have not been handed out for {now.oldest_unnumbered_seconds:.0f} s;"
            " is the sender up?"
        )
    elif now.oldest_due_seconds > _OVERDUE_SECONDS:
        headers["X-Dispatch-Warning"] = (
            f"Deliveries have been due for {now.oldest_due_seconds:.0f} s; is the sender up?"
        )
    return headers


def _of(practice_id: int | None, model: Any) -> Any:
    rows = model.objects.all()
    return rows if practice_id is None else rows.filter(practice_id=practice_id)
