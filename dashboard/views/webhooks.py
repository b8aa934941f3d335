"""Webhooks: how each subscription is, and for one of them what went there lately."""

from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from dashboard import choices, health, lists, pages, webhook_lines
from webhooks.models import Subscription

_DELIVERIES = 25


@pages.staff_page("webhooks.view_subscription")
def show_webhooks(request: HttpRequest) -> HttpResponse:
    """The subscriptions, those in trouble first, and how far the sending is behind."""
    now = timezone.now()
    choice = choices.read(request.GET)
    state = lists.one_of(request.GET, "health", webhook_lines.STATES, usual=webhook_lines.PRESENT)
    found = webhook_lines.found(whose=choice.whose, state=state)
    page = lists.page(found, request.GET, partial(choice.query, health=state))
    is_filtered = state != webhook_lines.PRESENT or choice.practice or choice.partner
    context = {
        "now": now,
        "choice": choice,
        "state": state,
        "states": webhook_lines.STATES.items(),
        "page": page,
        "lines": webhook_lines.lines(page.rows, now=now),
        "is_filtered": bool(is_filtered),
        "signs": health.webhook_signs(),
    }
    return pages.show(
        request,
        "dashboard/webhooks.html",
        context,
        title="Webhooks",
        live="dashboard/webhooks_live.html",
    )


@pages.staff_page("webhooks.view_subscription")
def show_subscription(request: HttpRequest, pk: int) -> HttpResponse:
    """One subscription, its newest deliveries, or those before a number, and what can be done."""
    now, may = timezone.now(), request.user.has_perm
    row = webhook_lines.found(state=None).filter(pk=pk).first()
    if row is None:
        raise Http404
    is_active = row.status == Subscription.Status.ACTIVE
    (line,) = webhook_lines.lines([row], now=now)
    before = request.GET.get("before", "")
    back = request.get_full_path()
    number = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    context = {
        "now": now,
        "line": line,
        "subscription": row,
        "may_test": is_active and may(webhook_lines.SEND),
        "tools": webhook_lines.tools(row, may=may, back=back),
        "back": back,
        "is_newest": number is None,
    }
    if may("webhooks.view_delivery"):
        deliveries, older = webhook_lines.newest(row, before=number, size=_DELIVERIES)
        context["older"] = older
        context["deliveries"] = webhook_lines.delivery_lines(
            deliveries,
            may_send=is_active and may(webhook_lines.SEND),
            back=back,
            now=now,
        )
    return pages.show(
        request,
        "dashboard/subscription.html",
        context,
        title=f"{row.partner} at {row.practice}",
        live="dashboard/subscription_live.html",
    )
