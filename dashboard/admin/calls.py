"""The call log in the admin: to look at, never to change."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from dashboard.endpoints import breakable, published
from dashboard.models import ApiCall
from partners.badges import badge
from partners.filters import AgeFilter, PartnerFilter, PracticeFilter
from partners.models import ApiKey, Partner, Practice
from partners.paginator import CappedList, CappedPaginator

_TONES = {2: "good", 3: "info", 4: "warn", 5: "bad"}


class StatusClassFilter(admin.SimpleListFilter):
    """Calls by how they went."""

    title = "status"
    parameter_name = "class"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Classes of status, and the ones most asked for."""
        return [
            ("2", "2xx done"),
            ("4", "4xx refused"),
            ("401", "401 not signed in"),
            ("403", "403 not allowed"),
            ("429", "429 too many"),
            ("5", "5xx failed"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        """One digit is a class, three are a status."""
        value = self.value() or ""
        if not (value.isascii() and value.isdigit() and len(value) in {1, 3}):
            return None
        if len(value) == 3:
            return queryset.filter(status=int(value))
        return queryset.filter(status__gte=int(value) * 100, status__lt=int(value) * 100 + 100)


class TimeFilter(AgeFilter):
    """Calls of the last while; only these days' parts of the table are read."""

    title = "time"
    parameter_name = "since"
    field = "at"


class CallList(CappedList):
    """One page of calls, with names."""

    def get_results(self, request: HttpRequest) -> None:
        """As Django, then look the names up."""
        super().get_results(request)
        self.result_list = list(self.result_list)
        _name(self.result_list)


@admin.register(ApiCall)
class ApiCallAdmin(admin.ModelAdmin[ApiCall]):
    """What was called, newest first; counted to ten thousand at most."""

    tells_of_patients = False
    list_display = ["time", "outcome", "call", "took", "practice", "partner", "key"]
    list_filter = [StatusClassFilter, TimeFilter, PracticeFilter, PartnerFilter]
    search_fields = ["=request_id"]
    search_help_text = "By the whole request id, as X-Request-Id had it."
    ordering = ["-at"]
    readonly_fields = (
        "time", "outcome", "method", "path", "endpoint", "took", "practice", "partner", "key",
        "address", "request_id", "received", "sent",
    )  # fmt: skip
    fields = readonly_fields
    sortable_by = []
    list_per_page = 50
    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    change_form_template = "admin/partners/without_tools.html"

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """The list that knows names."""
        return CallList

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> ApiCall | None:
        """One call, with names."""
        call = super().get_object(request, object_id, from_field)
        if call is not None:
            _name([call])
        return call

    def has_add_permission(self, request: HttpRequest) -> bool:
        """The log is written by what happens."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: ApiCall | None = None) -> bool:
        """What happened does not change."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ApiCall | None = None) -> bool:
        """Nor is it undone."""
        return False

    @admin.display(description="time (UTC)")
    def time(self, call: ApiCall) -> SafeString:
        """To the second."""
        return format_html('<span class="nowrap">{}</span>', f"{call.at:%Y-%m-%d %H:%M:%S}")

    @admin.display(description="call")
    def call(self, call: ApiCall) -> SafeString:
        """Method and path."""
        return format_html('{} <span class="path">{}</span>', call.method, breakable(call.path))

    @admin.display(description="status")
    def outcome(self, call: ApiCall) -> SafeString:
        """The status, in the colour of its class."""
        return badge(_TONES.get(call.status // 100, "off"), str(call.status))

    @admin.display(description="took")
    def took(self, call: ApiCall) -> SafeString:
        """Milliseconds."""
        return format_html('<span class="nowrap">{}</span>', f"{call.duration_ms:.1f} ms")

    @admin.display(description="endpoint")
    def endpoint(self, call: ApiCall) -> str:
        """As the documents write it."""
        return published(call.route) or "none: there is no such path"

    @admin.display(description="IP address")
    def address(self, call: ApiCall) -> str:
        """Of the caller."""
        return call.ip or "–"

    @admin.display(description="received")
    def received(self, call: ApiCall) -> str:
        """How much the caller sent."""
        return filesizeformat(call.bytes_in)

    @admin.display(description="sent")
    def sent(self, call: ApiCall) -> str:
        """How much was answered."""
        return filesizeformat(call.bytes_out)

    @admin.display(description="practice")
    def practice(self, call: ApiCall) -> str | SafeString:
        """Its PPass."""
        return _link(call, "practice")

    @admin.display(description="partner")
    def partner(self, call: ApiCall) -> str | SafeString:
        """Its name."""
        return _link(call, "partner")

    @admin.display(description="API key")
    def key(self, call: ApiCall) -> str | SafeString:
        """Its name and id."""
        return _link(call, "key")


def _name(calls: Sequence[ApiCall]) -> None:
    """Put the rows to the numbers, in a query for each kind."""
    kinds: dict[str, QuerySet[Any]] = {
        "practice": Practice.objects.all(),
        "partner": Partner.objects.all(),
        "key": ApiKey.objects.defer("digest", "pepper"),
    }
    for kind, rows in kinds.items():
        found = rows.in_bulk({getattr(call, f"{kind}_id") for call in calls} - {None})
        for call in calls:
            setattr(call, f"named_{kind}", found.get(getattr(call, f"{kind}_id")))


def _link(call: ApiCall, kind: str) -> str | SafeString:
    row: Model | None = getattr(call, f"named_{kind}", None)
    if row is None:
        return str(getattr(call, f"{kind}_id") or "–")
    url = reverse(f"admin:partners_{row._meta.model_name}_change", args=[row.pk])
    return format_html('<a href="{}">{}</a>', url, row)
