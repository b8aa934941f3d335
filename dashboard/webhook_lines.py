"""Subscriptions and deliveries as the dashboard's pages show them."""

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.urls import reverse
from django.utils.safestring import SafeString

from dashboard.pages import May
from dashboard.usage import EVERYBODY, Whose
from webhooks import health
from webhooks.badges import delivery_badge, subscription_badge
from webhooks.health import HEALTH, MOST_COUNTED, Traffic
from webhooks.models import Attempt, Delivery, Subscription

# Who may have something sent, and who may change a subscription.
SEND, _CHANGE = "webhooks.change_delivery", "webhooks.change_subscription"
PRESENT = "present"
STATES = {PRESENT: "All but removed"} | {
    name: words.capitalize() for name, (words, _) in HEALTH.items()
}


@dataclass(frozen=True, kw_only=True)
class SubscriptionLine:
    """A subscription, and how it goes there."""

    subscription: Subscription
    state: SafeString
    host: str
    traffic: Traffic
    due: str
    delivered: str
    failed: str


@dataclass(frozen=True, kw_only=True)
class DeliveryLine:
    """A delivery with its attempts; `again` is where it is sent once more, '' if it cannot be."""

    delivery: Delivery
    state: SafeString
    tried: str
    attempts: Sequence[Attempt]
    again: str


def found(
    *,
    whose: Whose = EVERYBODY,
    state: str | None = PRESENT,
) -> QuerySet[Subscription]:
    """The subscriptions of a practice and a partner, in a state or any; those in trouble first."""
    rows = Subscription.objects.select_related("practice", "partner")
    if whose.practice_id:
        rows = rows.filter(practice_id=whose.practice_id)
    if whose.partner_id:
        rows = rows.filter(partner_id=whose.partner_id)
    if state in HEALTH:
        rows = rows.filter(HEALTH[state][1])
    elif state:
        rows = rows.exclude(status=Subscription.Status.REMOVED)
    trouble = Case(
        *(
            When(HEALTH[name][1], then=Value(place))
            for place, name in enumerate(("failing", "disabled", "silent"))
        ),
        default=Value(9),
        output_field=IntegerField(),
    )
    return rows.defer("secret", "previous_secret").order_by(
        trouble, "practice__ppass", "partner__name", "id"
    )


def lines(rows: Sequence[Subscription], *, now: datetime.datetime) -> list[SubscriptionLine]:
    """The subscriptions with their figures, in one query more."""
    known = health.traffic([row.pk for row in rows], now=now) if rows else {}
    return [_line(row, known[row.pk], now) for row in rows]


def tools(subscription: Subscription, *, may: May, back: str) -> list[tuple[str, str]]:
    """The pages on which somebody can do something to it, by name; a test is not among them."""
    is_active = subscription.status == Subscription.Status.ACTIVE
    is_disabled = subscription.status == Subscription.Status.DISABLED
    pages = [
        ("Replay", "replay", SEND, is_active),
        ("Rotate secret", "rotate", _CHANGE, is_active or is_disabled),
        ("Disable", "disable", _CHANGE, is_active),
        ("Enable", "enable", _CHANGE, is_disabled),
    ]
    query = urlencode({"id": subscription.pk, "next": back})
    return [
        (name, f"{reverse(f'admin:webhooks_subscription_{page}')}?{query}")
        for name, page, right, is_possible in pages
        if is_possible and may(right)
    ]


def newest(
    subscription: Subscription, *, before: int | None, size: int
) -> tuple[list[Delivery], int | None]:
    """Deliveries, newest first, and the number before which there are more, if there are."""
    rows = Delivery.objects.filter(subscription=subscription).order_by("-id")
    if before:
        rows = rows.filter(pk__lt=before)
    some = list(rows[: size + 1])
    return some[:size], some[size - 1].pk if len(some) > size else None


def delivery_lines(
    deliveries: Sequence[Delivery], *, may_send: bool, back: str, now: datetime.datetime
) -> list[DeliveryLine]:
    """The deliveries with their attempts, in one query more; not what was answered to those."""
    tries: dict[int, list[Attempt]] = defaultdict(list)
    attempts = Attempt.objects.filter(delivery__in=[each.pk for each in deliveries])
    for attempt in attempts.defer("answer").order_by("number"):
        tries[attempt.delivery_id].append(attempt)
    url = reverse("admin:webhooks_delivery_retry")
    return [
        DeliveryLine(
            delivery=each,
            state=delivery_badge(each, now),
            tried=_tried(each),
            attempts=tries[each.pk],
            again=f"{url}?{urlencode({'id': each.pk, 'next': back})}" if may_send else "",
        )
        for each in deliveries
    ]


def _line(row: Subscription, traffic: Traffic, now: datetime.datetime) -> SubscriptionLine:
    return SubscriptionLine(
        subscription=row,
        state=subscription_badge(row, now),
        host=urlsplit(row.hook_url).netloc,
        traffic=traffic,
        due=_number(traffic.due, is_part=traffic.due >= MOST_COUNTED),
        delivered=_number(traffic.delivered, is_part=traffic.is_part),
        failed=_number(traffic.failed, is_part=traffic.is_part),
    )


def _number(number: int, *, is_part: bool) -> str:
    return f"{number:,}+" if is_part else f"{number:,}"


def _tried(delivery: Delivery) -> str:
    """How often, and what the last attempt met."""
    if not delivery.attempts:
        return "none yet"
    code = delivery.status_code
    met = delivery.error or (f"answered {code}" if code else "")
    return f"{delivery.attempts} · {met}" if met else str(delivery.attempts)
