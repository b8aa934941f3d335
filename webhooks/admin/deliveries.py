"""Deliveries in the admin: look, and send again."""

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from partners.filters import AgeFilter, PracticeFilter
from partners.returning import way_back
from webhooks import by_hand
from webhooks.admin.base import RecordAdmin, link
from webhooks.admin.filters import DeliveryFilter, EventFilter, OriginFilter, OwnerFilter
from webhooks.badges import delivery_badge
from webhooks.delivery import deliver_now
from webhooks.models import Delivery
from webhooks.waking import wake


@admin.register(Delivery)
class DeliveryAdmin(RecordAdmin):
    """What was, or is to be, sent to whom."""

    list_display = ["id", "state", "what", "to", "tries", "made"]
    list_filter = [DeliveryFilter, AgeFilter, EventFilter, OriginFilter, PracticeFilter]
    list_filter += [OwnerFilter]
    list_select_related = ["practice", "subscription__partner"]
    search_fields = ["=id", "=log_id"]
    search_help_text = "By the number of the delivery or of its event."
    fieldsets = (
        (None, {"fields": ["state", "what", "to", "goes_to", "practice"]}),
        (
            "How it went",
            {
                "fields": [
                    "made",
                    "tries",
                    "next_attempt",
                    "finished_at",
                    "status_code",
                    "duration_ms",
                    "error",
                ]
            },
        ),
        ("Where it comes from", {"fields": ["id", "log_id", "origin", "source"]}),
    )
    actions = ("retry_selected",)
    pages = (("retry", "retry_view", "send"),)
    change_form_template = "admin/webhooks/delivery_form.html"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By number; several of deliveries with commas, as the result of a retry is shown."""
        terms = [term.strip() for term in search_term.split(",") if term.strip()]
        if not terms:
            return queryset, False
        if not all(term.isascii() and term.isdigit() and len(term) <= 18 for term in terms):
            return queryset.none(), False
        numbers = [int(term) for term in terms]
        found = queryset.filter(pk__in=numbers)
        return (found if len(numbers) > 1 else found | queryset.filter(log_id=numbers[0])), False

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kw: Any) -> Any:
        """With each try, and what was answered."""
        context["attempts"] = context["original"].tries.order_by("number")
        return super().render_change_form(request, context, *args, **kw)

    @admin.action(description="Send the selected deliveries again", permissions=["send"])
    def retry_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        """On to the page that asks whether one is sure."""
        return self.to_page("retry", queryset)

    def retry_view(self, request: HttpRequest) -> HttpResponse:
        """Ask whether one is sure; then make new deliveries, and show what becomes of them."""
        now = timezone.now()
        rows = self.get_queryset(request).select_related(*self.list_select_related)
        chosen = self.chosen(request, rows)
        ready = [row for row in chosen if row.subscription.status == row.subscription.Status.ACTIVE]
        if not ready:
            return self.to_list(request, "Only to active subscriptions anything is sent.")
        if request.method != "POST":
            what = f"delivery {ready[0].pk}" if len(ready) == 1 else f"{len(ready)} deliveries"
            return self.ask(
                request,
                "retry",
                f"Send {what} again?",
                rows=[(row, delivery_badge(row, now)) for row in ready],
                left_out=len(chosen) - len(ready),
            )
        made = [by_hand.new_retry(source=row, now=now) for row in ready]
        self.note(request, ready, "Sent again.")
        if len(made) == 1:
            # After this transaction, so that the next page shows what came of it.
            transaction.on_commit(partial(deliver_now, made[0].pk), robust=True)
            messages.success(request, f"Sent again, as delivery {made[0].pk}; see below.")
            url = reverse("admin:webhooks_delivery_change", args=[made[0].pk])
            return redirect(way_back(request, url))
        by_hand.leave_to_sender(made, now=now)
        wake()
        messages.success(request, f"{len(made)} new deliveries are on their way; reload to see.")
        numbers = ",".join(str(each.pk) for each in made)
        url = f"{reverse('admin:webhooks_delivery_changelist')}?q={numbers}"
        return redirect(way_back(request, url))

    @admin.display(description="event")
    def what(self, delivery: Delivery) -> SafeString:
        """Its name and number."""
        return format_html(
            '{} <span class="remark">{}</span>', delivery.event, delivery.log_id or ""
        )

    @admin.display(description="subscription")
    def to(self, delivery: Delivery) -> SafeString:
        """Whose."""
        subscription = delivery.subscription
        words = f"{subscription.partner} at {delivery.practice}"
        return link("webhooks_subscription_change", words, subscription.pk)

    @admin.display(description="address")
    def goes_to(self, delivery: Delivery) -> SafeString:
        """Where the last try went, or the first one would."""
        return format_html('<span class="path">{}</span>', delivery.address)

    @admin.display(description="status")
    def state(self, delivery: Delivery) -> SafeString:
        """In a word."""
        return delivery_badge(delivery, timezone.now())

    @admin.display(description="tries")
    def tries(self, delivery: Delivery) -> SafeString:
        """How many, and what the last one met."""
        met = delivery.status_code or delivery.error
        if not met or delivery.is_delivered:
            return format_html("{}", delivery.attempts)
        return format_html('{} <span class="remark">{}</span>', delivery.attempts, met)

    @admin.display(description="made (UTC)")
    def made(self, delivery: Delivery) -> SafeString:
        """To the second."""
        return format_html(
            '<span class="nowrap">{}</span>', f"{delivery.created_at:%Y-%m-%d %H:%M:%S}"
        )

    @admin.display(description="next try")
    def next_attempt(self, delivery: Delivery) -> str:
        """If there is one."""
        return f"{delivery.due_at:%Y-%m-%d %H:%M:%S}" if delivery.due_at else "–"

    @admin.display(description="made from")
    def source(self, delivery: Delivery) -> str | SafeString:
        """The delivery that was sent again."""
        if delivery.source_delivery_id is None:
            return "–"
        return link(
            "webhooks_delivery_change", delivery.source_delivery_id, delivery.source_delivery_id
        )
