"""The queue and the page of a ticket. What staff do goes through the functions of the API."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Case, F, IntegerField, QuerySet, Value, When
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from partners.badges import badge, how_long
from partners.clinical import ClinicalAdminMixin
from partners.filters import PracticeFilter
from partners.history import Change, HistoryPageMixin, of_row
from partners.models import ApiKey
from partners.paginator import CappedPaginator
from partners.trigrams import LONGEST_SEARCH
from tickets import desk, steps
from tickets.admin.comments import CommentInline
from tickets.admin.filters import AgeFilter, AssignedFilter, StatusFilter
from tickets.admin.forms import NewTicketForm, TicketForm
from tickets.models import Ticket, TicketEvent

Status, Priority = Ticket.Status, Ticket.Priority
_TONES = {
    Status.OPEN: "info",
    Status.PENDING: "warn",
    Status.ON_HOLD: "off",
    Status.RESOLVED: "good",
    Status.CLOSED: "off",
    Priority.URGENT: "bad",
    Priority.HIGH: "warn",
}
_URGENCY = Case(
    *(When(priority=each, then=Value(rank)) for rank, each in enumerate(Priority.values)),
    default=Value(0),
    output_field=IntegerField(),
)


class TicketAdmin(ClinicalAdminMixin, HistoryPageMixin, admin.ModelAdmin[Ticket]):
    """What is to be done comes first: the most urgent, and of those the oldest."""

    list_display = ["title", "state", "urgency", "agent", "opened", "last_change"]
    list_filter = [StatusFilter, "priority", AssignedFilter, AgeFilter, PracticeFilter]
    list_select_related = ["practice"]
    list_per_page = 50
    sortable_by = []
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = CappedPaginator
    search_fields = ["subject"]
    search_help_text = "By number, or by words in subject, description, requester or category."
    inlines = [CommentInline]
    actions = ["take"]
    change_form_template = "admin/tickets/change_form.html"
    _new = [
        (None, {"fields": ["practice", "subject", "description", "requester", "category"]}),
        (None, {"fields": ["priority", "assigned_to"]}),
    ]
    _known = [
        (None, {"fields": ["practice", "came", "subject", "wanted", "requester", "category"]}),
        ("Answer", {"fields": ["reply", "status", "priority", "assigned_to", "seen"]}),
    ]

    class Media:
        css = {"all": ["tickets/admin.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Ticket]:
        """Without what only searching needs."""
        return super().get_queryset(request).defer("search_text", "assignee")

    def get_ordering(self, request: HttpRequest) -> Any:
        """The queue by urgency; what is over, newest first."""
        if request.GET.get("status") in {None, "", *steps.UNRESOLVED}:
            return [_URGENCY.desc(), "id"]
        # Not "-id": see the filter of the API.
        return [(F("id") + 0).desc()] if request.GET.get("q") else ["-id"]

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet[Ticket], bool]:
        """By number, or by the same words as through the API."""
        number = search_term.strip().removeprefix("#")
        if number.isascii() and number.isdigit() and len(number) < 19:
            return queryset.filter(pk=int(number)), False
        return queryset.mentioning(search_term[:LONGEST_SEARCH]), False

    def get_form(
        self, request: HttpRequest, obj: Ticket | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """One answers what exists."""
        kwargs["form"] = TicketForm if change else NewTicketForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Ticket | None = None) -> Any:
        """Who may only look has nothing to answer with."""
        if obj is None:
            return self._new
        if not self.has_change_permission(request, obj):
            shown = ["status", "priority", "assigned_to"]
            return [self._known[0], (None, {"fields": shown})]
        return self._known

    def get_readonly_fields(self, request: HttpRequest, obj: Ticket | None = None) -> list[str]:
        """What was asked stays as it was asked, in the practice that asked."""
        return ["practice", "came", "wanted"] if obj else []

    def get_inlines(self, request: HttpRequest, obj: Ticket | None) -> Any:
        """Nothing was said before it was opened."""
        return self.inlines if obj else []

    def save_model(self, request: HttpRequest, obj: Ticket, form: Any, change: bool) -> None:
        """As the API writes it."""
        now = timezone.now()
        if not change:
            values = {name: form.cleaned_data[name] for name in form.cleaned_data}
            obj.pk = desk.open_ticket(practice_id=values.pop("practice").pk, now=now, **values).pk
            return
        desk.change(ticket=form.locked, values=form.values(), now=now)
        if (reply := form.cleaned_data["reply"]).strip():
            desk.comment(
                ticket=form.locked,
                text=reply,
                author=_name(request.user),
                staff_name=request.user.get_username(),
                now=now,
            )

    def changes_of(self, row: Any) -> list[Change]:
        """Of the ticket; comments are their own history."""
        return of_row(row, TicketEvent)

    def has_delete_permission(self, request: HttpRequest, obj: Ticket | None = None) -> bool:
        """It is closed, not deleted."""
        return False

    def get_actions(self, request: HttpRequest) -> Any:
        """One for each status besides those that are written here."""
        known = super().get_actions(request)
        if known and self.has_change_permission(request):
            for status, label in Status.choices:
                name = f"set_{status.lower()}"
                known[name] = (_setting(status), name, f"Set status: {label}")
        return known

    @admin.action(description="Assign to me", permissions=["change"])
    def take(self, request: HttpRequest, queryset: QuerySet[Ticket]) -> None:
        """Mine from now on."""
        ids = queryset.values_list("pk", flat=True)
        values = {"assigned_to": request.user.get_username()}
        taken = desk.change_all(ids=ids, values=values, now=timezone.now())
        self.message_user(request, f"{taken} assigned to you.", messages.SUCCESS)

    @admin.display(description="ticket")
    def title(self, ticket: Ticket) -> SafeString:
        """Number and subject; below, whose it is."""
        whose = ", ".join(filter(None, (ticket.practice.ppass, ticket.requester)))
        return format_html('{} <br><span class="remark">{}</span>', ticket, whose)

    @admin.display(description="status")
    def state(self, ticket: Ticket) -> SafeString:
        """In its colour."""
        return badge(_TONES[Status(ticket.status)], ticket.get_status_display())

    @admin.display(description="priority")
    def urgency(self, ticket: Ticket) -> str | SafeString:
        """In colour, if it is more than usual."""
        tone = _TONES.get(Priority(ticket.priority))
        return badge(tone, ticket.priority) if tone else ticket.priority

    @admin.display(description="assigned to")
    def agent(self, ticket: Ticket) -> SafeString:
        """Whoever it is."""
        return format_html('<span class="name">{}</span>', ticket.assigned_to or "–")

    @admin.display(description="opened")
    def opened(self, ticket: Ticket) -> SafeString:
        """How long ago."""
        return _ago(ticket.created_at)

    @admin.display(description="changed")
    def last_change(self, ticket: Ticket) -> SafeString:
        """How long ago, comments included."""
        return _ago(ticket.updated_at)

    @admin.display(description="opened (UTC)")
    def came(self, ticket: Ticket) -> str:
        """When, and by which key."""
        keys = ApiKey.objects.filter(pk=ticket.api_key_id or 0).select_related("partner")
        key = keys.defer("digest", "pepper").first()
        by = f", by {key.partner}, key {key.name}" if key else ""
        return f"{ticket.created_at:%Y-%m-%d %H:%M}{by}"

    @admin.display(description="description")
    def wanted(self, ticket: Ticket) -> SafeString:
        """As it was written."""
        return format_html('<div class="as-written">{}</div>', ticket.description or "–")


admin.site.register(Ticket, TicketAdmin)


def _setting(status: str) -> Any:
    """The action that moves what may move to the status, and tells how much may not."""

    def move(page: TicketAdmin, request: HttpRequest, queryset: QuerySet[Ticket]) -> None:
        ids = list(queryset.values_list("pk", flat=True))
        moved = desk.change_all(ids=ids, values={"status": status}, now=timezone.now())
        label = Status(status).label
        page.message_user(request, f"{moved} set to {label}.", messages.SUCCESS)
        if left := len(ids) - moved:
            told = f"{left} left as they are: from their status no step leads to {label}."
            page.message_user(request, told, messages.WARNING)

    return move


def _name(user: Any) -> str:
    return str(user.get_full_name() or user.get_username())


def _ago(instant: Any) -> SafeString:
    text, exactly = how_long(instant, timezone.now()), f"{instant:%Y-%m-%d %H:%M} UTC"
    return format_html('<span class="nowrap" title="{}">{}</span>', exactly, text)
