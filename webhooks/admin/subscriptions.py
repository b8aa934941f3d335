"""Subscriptions in the admin: how they are, and what can be done for them."""

from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from partners.filters import PartnerFilter, PracticeFilter
from partners.returning import way_back
from webhooks import by_hand, replay, subscribing
from webhooks.admin.base import RecordAdmin, link
from webhooks.admin.filters import HealthFilter
from webhooks.admin.forms import ReplayForm
from webhooks.badges import subscription_badge
from webhooks.delivery import deliver_now
from webhooks.health import traffic
from webhooks.models import Subscription
from webhooks.waking import wake

MOST_REPLAYED = 100_000
_ACTIVE, _DISABLED = Subscription.Status.ACTIVE, Subscription.Status.DISABLED


@admin.register(Subscription)
class SubscriptionAdmin(RecordAdmin):
    """Who is told of what; a partner makes it by signing up."""

    list_display = ["title", "health", "deliveries"]
    list_filter = [HealthFilter, PracticeFilter, PartnerFilter]
    list_select_related = ["practice", "partner"]
    search_fields = ["=id", "hook_url", "partner__name"]
    search_help_text = "By number, address or partner."
    fieldsets = (
        (None, {"fields": ["health", "partner", "practice", "goes_to", "told_of", "deliveries"]}),
        (
            "How it goes",
            {"fields": ["arrived", "failing_since", "failures", "held_until", "disabled_at"]},
        ),
        ("Its past", {"fields": ["id", "created_at", "updated_at", "previous_secret_until"]}),
    )
    change_form_template = "admin/webhooks/subscription_form.html"
    actions = ("replay_selected", "enable_selected", "disable_selected")
    pages = (
        ("test", "test_view", "send"),
        ("rotate", "rotate_view", "change"),
        ("enable", "enable_view", "change"),
        ("disable", "disable_view", "change"),
        ("replay", "replay_view", "send"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Without the secrets."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.defer("secret", "previous_secret")

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kw: Any) -> Any:
        """Under the name of the client: an address is too long for a heading."""
        context["subtitle"] = _named([context["original"]])
        return super().render_change_form(request, context, *args, **kw)

    @admin.action(description="Disable the selected subscriptions", permissions=["change"])
    def disable_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        """On to the page that asks whether one is sure."""
        return self.to_page("disable", queryset)

    @admin.action(description="Enable the selected subscriptions", permissions=["change"])
    def enable_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        """On to the page that asks whether one is sure."""
        return self.to_page("enable", queryset)

    @admin.action(description="Replay events to the selected", permissions=["send"])
    def replay_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        """On to the page that asks for the time."""
        return self.to_page("replay", queryset)

    def disable_view(self, request: HttpRequest) -> HttpResponse:
        """Send nothing any more."""
        words = "Nothing is sent until it is enabled again, here: signing up does not do it."
        return self._switch(request, "Disable", _ACTIVE, words)

    def enable_view(self, request: HttpRequest) -> HttpResponse:
        """Send again."""
        words = "What waits is sent at once. What happened meanwhile is not: replay it."
        return self._switch(request, "Enable", _DISABLED, words)

    def test_view(self, request: HttpRequest) -> HttpResponse:
        """Send a test after this transaction, and show what came of it."""
        ready = self._ready(request, _ACTIVE)[:1]
        if not ready or request.method != "POST":
            return self.to_list(request, "" if ready else "Only active ones can be tested.")
        delivery = by_hand.new_test(subscription=ready[0], now=timezone.now())
        transaction.on_commit(partial(deliver_now, delivery.pk), robust=True)
        self.note(request, ready, "Sent a test.")
        messages.success(request, f"A test was sent, as delivery {delivery.pk}; see below.")
        url = reverse("admin:webhooks_delivery_change", args=[delivery.pk])
        return redirect(way_back(request, url))

    def rotate_view(self, request: HttpRequest) -> HttpResponse:
        """Ask whether one is sure; then show the new secret, in the answer to this POST alone."""
        ready = self._ready(request, _ACTIVE, _DISABLED)[:1]
        if not ready:
            return self.to_list(request, "It has ended.")
        if request.method != "POST":
            return self._confirm(
                request,
                "Rotate the secret of",
                ready,
                "The new secret is shown once, on the next page. For 24 hours both sign; until then"
                " the partner has to put the new one in.",
                "Rotate",
            )
        locked = Subscription.objects.select_for_update().get(pk=ready[0].pk)
        rotated = subscribing.rotate_secret(subscription=locked, now=timezone.now())
        self.note(request, ready, "Rotated the secret.")
        url = reverse("admin:webhooks_subscription_change", args=[locked.pk])
        response = self.ask(
            request,
            "secret",
            "The new signing secret",
            row=ready[0],
            secret=rotated.secret,
            back=way_back(request, url),
        )
        response["Cache-Control"] = "no-store"
        return response

    def replay_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for the time; say how many there are; then make the deliveries."""
        ready = self._ready(request, _ACTIVE)
        if not ready:
            return self.to_list(request, "Only active ones can be sent to.")
        form = ReplayForm(request.POST or None)
        count: int | None = None
        if request.method == "POST" and form.is_valid():
            count = self._replay(ready, form, is_dry_run=True)
            if count > MOST_REPLAYED:
                form.add_error("since", f"More than {MOST_REPLAYED:,} events; choose less time.")
                count = None
            elif "really" in request.POST:
                made = self._replay(ready, form, is_dry_run=False)
                self.note(request, ready, f"Replayed {made} events.")
                messages.success(request, f"{made} deliveries are on their way; reload to see.")
                url = reverse("admin:webhooks_delivery_changelist")
                return redirect(way_back(request, f"{url}?origin=replay"))
        return self.ask(
            request,
            "replay",
            f"Replay events to {_named(ready)}",
            rows=self._badges(ready),
            form=form,
            count=count,
        )

    def _switch(self, request: HttpRequest, verb: str, before: str, words: str) -> HttpResponse:
        ready = self._ready(request, before)
        if not ready:
            return self.to_list(request, f"Only those that are {before} can be chosen for that.")
        if request.method != "POST":
            return self._confirm(request, verb, ready, words, verb)
        rows = Subscription.objects.select_for_update().filter(pk__in=[row.pk for row in ready])
        for row in rows.order_by("pk"):
            if verb == "Enable":
                subscribing.enable(row)
            else:
                subscribing.disable(subscription=row, now=timezone.now())
        wake()
        self.note(request, ready, f"{verb}d.")
        messages.success(request, f"{verb}d: {_named(ready)}.")
        return self.to_list(request)

    def _confirm(
        self, request: HttpRequest, verb: str, ready: list[Any], words: str, submit: str
    ) -> HttpResponse:
        return self.ask(
            request,
            "confirm",
            f"{verb} {_named(ready)}?",
            rows=self._badges(ready),
            words=words,
            submit=submit,
        )

    def _ready(self, request: HttpRequest, *statuses: str) -> list[Any]:
        rows = self.get_queryset(request).select_related("practice", "partner")
        return self.chosen(request, rows.filter(status__in=statuses))

    def _replay(self, ready: list[Any], form: ReplayForm, *, is_dry_run: bool) -> int:
        return replay.replay(
            subscription_ids=[row.pk for row in ready],
            since=form.cleaned_data["since"],
            until=form.cleaned_data["until"],
            limit=MOST_REPLAYED + 1,
            is_dry_run=is_dry_run,
        )

    def _badges(self, rows: list[Any]) -> list[tuple[Any, SafeString]]:
        return [(row, subscription_badge(row, timezone.now())) for row in rows]

    @admin.display(description="subscription")
    def title(self, row: Any) -> SafeString:
        """Whose, and where."""
        return format_html(
            '{} at {} <span class="remark host">{}</span>',
            row.partner,
            row.practice,
            urlsplit(row.hook_url).netloc,
        )

    @admin.display(description="health")
    def health(self, row: Any) -> SafeString:
        """In a word."""
        return subscription_badge(row, timezone.now())

    @admin.display(description="address")
    def goes_to(self, row: Any) -> SafeString:
        """Where its deliveries go."""
        return format_html('<span class="path">{}</span>', row.hook_url)

    @admin.display(description="told of")
    def told_of(self, row: Any) -> str:
        """Its scopes."""
        return ", ".join(row.scopes)

    @admin.display(description="last arrived (UTC)")
    def arrived(self, row: Any) -> str:
        """When."""
        last = traffic([row.pk], now=timezone.now())[row.pk].last_arrived_at
        return f"{last:%Y-%m-%d %H:%M:%S}" if last else "–"

    @admin.display(description="deliveries")
    def deliveries(self, row: Any) -> SafeString:
        """All of them."""
        query = f"subscription__id__exact={row.pk}"
        return link("webhooks_delivery_changelist", "Show", query=query)


def _named(rows: list[Any]) -> str:
    if len(rows) == 1:
        return f"{rows[0].partner} at {rows[0].practice}"
    return f"{len(rows)} subscriptions"
