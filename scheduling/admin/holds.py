"""What takes somebody's time, in the admin; and holds: looked at, and given up on request."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from partners.badges import badge
from partners.clinical import ClinicalAdminMixin
from partners.models import ApiKey
from partners.paginator import CappedPaginator
from scheduling import holds
from scheduling.admin.base import PracticeAdmin
from scheduling.admin.forms import wall, when
from scheduling.models import Hold, Visit

# As the calendar colours them.
_TONES = {
    Visit.Status.BOOKED: "info",
    Visit.Status.ARRIVED: "good",
    Visit.Status.COMPLETED: "off",
    Visit.Status.NO_SHOW: "bad",
    Visit.Status.CANCELLED: "off",
}


class OccupationAdmin(ClinicalAdminMixin, PracticeAdmin):
    """What takes somebody's time; the newest first, without counting millions."""

    list_per_page = 50
    sortable_by = []
    ordering = ["-id"]
    show_full_result_count = False
    paginator = CappedPaginator
    list_select_related = ["practice", "provider", "visit_type", "room"]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kw: Any) -> Any:
        """Under its number and its time."""
        if (row := context["original"]) is not None:
            context["subtitle"] = f"{capfirst(str(row))}: {when(row)}"
        return super().render_change_form(request, context, *args, **kw)

    @admin.display(description="when")
    def when(self, row: Any) -> str:
        """By the practice's clock; the day and the time each stay whole."""
        weekday, date, time = when(row).split(" ", 2)
        return format_html(
            '<span class="nowrap">{} {}</span> <span class="nowrap">{}</span>', weekday, date, time
        )

    @admin.display(description="provider's part")
    def part(self, row: Any) -> str:
        """The same."""
        during = row.provider_during
        start, end = wall(row.practice, during.lower), wall(row.practice, during.upper)
        return f"{start:%H:%M}–{end:%H:%M}"

    @admin.display(description="patient")
    def patient(self, row: Any) -> SafeString:
        """Their name, the way to them, and the number that partners know."""
        return format_html(
            '<a href="{}">{}</a> <span class="remark">{}</span>',
            reverse("admin:prospects_person_change", args=[row.person_id]),
            row.patient_name,
            row.person_id,
        )

    @admin.display(description="API key")
    def key(self, row: Any) -> str:
        """Of which partner's key it came, if of any."""
        found = ApiKey.objects.filter(pk=row.api_key_id).first() if row.api_key_id else None
        return str(found or row.api_key_id or "–")

    @admin.display(description="expires (practice's clock)")
    def expires(self, row: Any) -> str:
        """By the practice's clock, to the second."""
        return f"{wall(row.practice, row.expires_at):%H:%M:%S}"

    @admin.display(description="state")
    def state(self, row: Any) -> SafeString:
        """How far it has come, and whether it lies over another."""
        shown = badge(_TONES[Visit.Status(row.status)], row.get_status_display())
        if not row.is_overbooked:
            return shown
        return format_html("{} {}", shown, badge("warn", "overbooked"))

    @admin.display(description="overbooked")
    def overbooked(self, row: Any) -> str:
        """The same in words."""
        return "Yes: put over another visit on purpose." if row.is_overbooked else "No"

    @admin.display(description="created (UTC)")
    def created(self, row: Any) -> str:
        """To the second."""
        return f"{row.created_at:%Y-%m-%d %H:%M:%S}"

    @admin.display(description="changed (UTC)")
    def changed(self, row: Any) -> str:
        """The same."""
        return f"{row.updated_at:%Y-%m-%d %H:%M:%S}"


@admin.register(Hold)
class HoldAdmin(OccupationAdmin):
    """Holds: looked at, and given up when somebody asks for it."""

    list_display = ["id", "when", "provider", "visit_type", "room", "expires", "practice"]
    fields = ["practice", "when", "part", "provider", "visit_type", "room", "key", "expires"]
    change_form_template = "admin/partners/without_tools.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Staff book."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """It is what it is."""
        return False

    def delete_model(self, request: HttpRequest, obj: Hold) -> None:
        """As a partner would."""
        holds.release(obj)
