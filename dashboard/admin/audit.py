"""The audit log, to read: who did what, when and from where. Nobody changes it here."""

import datetime
import ipaddress
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from dashboard import csv_files
from dashboard.admin.calls import TimeFilter
from dashboard.admin.reading import ReadOnlyMixin
from dashboard.staff_groups import TABLE
from partners import audit
from partners.badges import badge
from partners.filters import ExactFilter, InputFilter, PracticeFilter
from partners.models import AuditEntry, Practice
from partners.paginator import CappedList, CappedPaginator

Action = AuditEntry.Action
_MOST_IN_FILE = 20_000
_COLUMNS = (
    "Time (UTC)", "Who", "Action", "Kind", "Number", "Practice", "Detail", "IP", "Request id",
)  # fmt: skip
_TONES = {
    Action.SIGN_IN_FAILED: "warn",
    Action.LOCKED_OUT: "bad",
    Action.REFUSED: "warn",
    Action.VIEWED: "off",
    Action.LISTED: "off",
    Action.DELETED: "bad",
    Action.REVOKED: "bad",
    Action.GRANTED: "warn",
    Action.WITHDRAWN: "warn",
    Action.PASSWORD_CHANGED: "warn",
}


class WhoFilter(ExactFilter):
    """By the name of an account; `operator kim` is who ran a command."""

    title = "who"
    parameter_name = "who"
    placeholder = "Name"
    field = "actor"


class DayFilter(InputFilter):
    """By the day, in UTC."""

    title = "day (UTC)"
    parameter_name = "day"
    placeholder = "2026-01-31"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """What is no date finds nothing."""
        if not (text := (self.value() or "").strip()):
            return queryset
        try:
            begins = datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC)
            ends = begins + datetime.timedelta(days=1)
        except (ValueError, OverflowError):
            return queryset.none()
        return queryset.filter(at__gte=begins, at__lt=ends)


class SelectFilter(ExactFilter):
    """One of many, chosen from a list that folds."""

    template = "admin/dashboard/select_filter.html"


class ActionFilter(SelectFilter):
    """By what was done."""

    title = parameter_name = field = "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """All there are."""
        return list(Action.choices)


class KindFilter(SelectFilter):
    """By the kind of row."""

    title = parameter_name = "kind"
    field = "object_type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Those that staff may do something to."""
        names = ((kind, _kind_name(kind)) for kind in TABLE)
        return sorted(names, key=lambda named: named[1].lower())


class EntryList(CappedList):
    """One page of entries, with the names of their practices."""

    def get_results(self, request: HttpRequest) -> None:
        """As Django, then look the names up."""
        super().get_results(request)
        self.result_list = list(self.result_list)
        _name(self.result_list)


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyMixin, admin.ModelAdmin[AuditEntry]):
    """Newest first; counted to ten thousand at most."""

    tells_of_patients = False
    list_display = ["time", "who", "did", "what", "practice", "detail", "ip"]
    fields = ["time", "who", "did", "what", "practice", "detail", "ip", "request_id"]
    list_filter = [WhoFilter, DayFilter, TimeFilter, PracticeFilter, ActionFilter, KindFilter]
    search_fields = ["request_id"]
    search_help_text = "By the whole request id, by an address, or by the number of a row."
    ordering = ["-at", "-id"]
    sortable_by = []
    actions = None
    empty_value_display = "–"
    list_per_page = 50
    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    change_form_template = "admin/partners/without_tools.html"
    change_list_template = "admin/dashboard/audit/change_list.html"

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """The list that knows names."""
        return EntryList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By what the words can be; each has an index."""
        term = search_term.replace("\0", "").strip()
        if not term:
            return queryset, False
        if term.isascii() and term.isdigit():
            return queryset.filter(object_id=term), False
        try:
            return queryset.filter(ip=str(ipaddress.ip_address(term))), False
        except ValueError:
            return queryset.filter(request_id=term), False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """There is nothing to select."""
        file = f"{reverse('admin:partners_auditentry_file')}?{request.GET.urlencode()}"
        named = {"title": "Audit log", "file": file, **(extra_context or {})}
        return super().changelist_view(request, named)

    def get_urls(self) -> list[Any]:
        """Beside Django's: the list as a file."""
        file = self.admin_site.admin_view(self.download)
        return [path("entries.csv", file, name="partners_auditentry_file"), *super().get_urls()]

    def download(self, request: HttpRequest) -> HttpResponse:
        """The newest entries that fit the filters of the list, as a file."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            entries = list(self.get_changelist_instance(request).queryset[:_MOST_IN_FILE])
        except IncorrectLookupParameters:
            return redirect("admin:partners_auditentry_changelist")
        _name(entries)
        rows = [
            (
                entry.at,
                entry.actor,
                entry.get_action_display(),
                entry.object_type and _kind_name(entry.object_type),
                entry.object_id,
                str(entry.named_practice or entry.practice_id or ""),
                entry.detail,
                entry.ip,
                entry.request_id,
            )
            for entry in entries
        ]
        audit.note(request, Action.EXPORTED, AuditEntry, detail=audit.counted(len(rows)))
        return csv_files.download("audit-log", _COLUMNS, rows, now=timezone.now())

    @admin.display(description="time (UTC)")
    def time(self, entry: AuditEntry) -> SafeString:
        """To the second."""
        return format_html('<span class="nowrap">{}</span>', f"{entry.at:%Y-%m-%d %H:%M:%S}")

    @admin.display(description="who")
    def who(self, entry: AuditEntry) -> str:
        """As the account was called then."""
        return entry.actor or "–"

    @admin.display(description="action")
    def did(self, entry: AuditEntry) -> SafeString:
        """In a word."""
        return badge(_TONES.get(Action(entry.action), "info"), entry.get_action_display())

    @admin.display(description="what")
    def what(self, entry: AuditEntry) -> str | SafeString:
        """The kind, and the way to the row."""
        if not entry.object_type:
            return "–"
        name = f"{_kind_name(entry.object_type)} {entry.object_id}".strip()
        page = f"admin:{entry.object_type.replace('.', '_')}"
        try:
            url = (
                reverse(f"{page}_change", args=[entry.object_id])
                if entry.object_id
                else reverse(f"{page}_changelist")
            )
        except NoReverseMatch:
            return name
        return format_html('<a href="{}">{}</a>', url, name)

    @admin.display(description="practice")
    def practice(self, entry: Any) -> str:
        """Its PPass; the list knows it already."""
        if not hasattr(entry, "named_practice"):
            _name([entry])
        return str(entry.named_practice or entry.practice_id or "–")


def _name(entries: Iterable[Any]) -> None:
    practices = Practice.objects.in_bulk({entry.practice_id for entry in entries} - {None})
    for entry in entries:
        entry.named_practice = practices.get(entry.practice_id)


def _kind_name(kind: str) -> str:
    try:
        return str(apps.get_model(kind)._meta.verbose_name)
    except (LookupError, ValueError):
        return kind
