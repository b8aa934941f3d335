"""Visits and holds in the admin: read mostly; written by the same functions as through the API."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from partners.badges import badge
from partners.clinical import ClinicalAdminMixin
from partners.filters import ChoiceFilter, PracticeFilter
from partners.history import Change, HistoryPageMixin
from partners.models import ApiKey
from partners.paginator import CappedPaginator
from partners.tenancy import within_practice
from scheduling import booking, changes, holds
from scheduling.admin.base import PracticeAdmin
from scheduling.admin.forms import BookingForm, wall, when
from scheduling.admin.moving import ReschedulePage
from scheduling.models import Hold, Visit
from scheduling.refusals import WrongStatus

# As the calendar colours them.
_TONES = {
    Visit.Status.BOOKED: "info",
    Visit.Status.ARRIVED: "good",
    Visit.Status.COMPLETED: "off",
    Visit.Status.NO_SHOW: "bad",
    Visit.Status.CANCELLED: "off",
}


class OverbookedFilter(ChoiceFilter):
    """Visits by whether they were put over others."""

    title = "overbooked"
    parameter_name = "overbooked"
    field = "is_overbooked"


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


class VisitList(ChangeList):
    """One page of visits, with the names of the patients."""

    def get_results(self, request: HttpRequest) -> None:
        """As Django, then look the names up: joined before, they would be sought for all visits."""
        super().get_results(request)
        self.result_list: Any = list(self.result_list)
        _name(self.result_list)


def _name(visits: Sequence[Any]) -> None:
    """Put the patients' names to visits, in one query."""
    # The practice is named so that only one part of the people is read for each.
    same = Visit.objects.filter(
        pk__in=[visit.pk for visit in visits], person__practice=F("practice")
    )
    names = dict(same.values_list("pk", "person__full_name"))
    for visit in visits:
        visit.patient_name = names.get(visit.pk, "–")


@admin.register(Visit)
class VisitAdmin(HistoryPageMixin, ReschedulePage, OccupationAdmin):
    """Visits. A new one is booked by the rules of the API, or over others on purpose."""

    list_display = ["id", "when", "provider", "visit_type", "room", "patient", "state", "practice"]
    list_filter = [PracticeFilter, "status", OverbookedFilter]
    search_fields = ["id"]
    search_help_text = "By VisitID or PatientID."
    actions = ["cancel_visits"]
    autocomplete_fields = ["provider", "visit_type"]
    _booking = [
        "provider",
        "visit_type",
        "patient",
        "date",
        "time",
        "minutes",
        "complaint",
        "notes",
        "overbook",
    ]
    _facts = [
        "practice",
        "id",
        "when",
        "part",
        "provider",
        "visit_type",
        "room",
        "patient",
        "overbooked",
        "cancel_reason",
        "key",
        "created",
        "changed",
    ]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """The list that knows names."""
        return VisitList

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Visit | None:
        """One visit, with the patient's name."""
        visit = super().get_object(request, object_id, from_field)
        if visit is not None:
            _name([visit])
        return visit

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """To book: what the API asks for. Later: how far it has come, and notes."""
        return [*self._facts, "status", "complaint", "notes"] if obj else self._booking

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """When and with whom is for booking to say; what is cancelled stays so."""
        if obj is None:
            return []
        is_cancelled = obj.status == Visit.Status.CANCELLED
        return [*self._facts, *(["status"] if is_cancelled else [])]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """The form that books, or the fields that may change."""
        if obj is None:
            return super().get_form(request, obj, change=change, form=BookingForm, **kwargs)
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        if "status" in form.base_fields:
            # Cancelling is an action of the list: it tells the log.
            choice = form.base_fields["status"]
            choice.choices = [
                (value, label)
                for value, label in Visit.Status.choices
                if value != Visit.Status.CANCELLED
            ]
        return form

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet[Visit], bool]:
        """By number; no other words are searched for."""
        term = search_term.strip()
        if not term:
            return queryset, False
        if not (term.isascii() and term.isdigit()) or len(term) > 18:
            return queryset.none(), False
        return queryset.filter(Q(pk=int(term)) | Q(person_id=int(term))), False

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        """A new visit is a row already."""
        visit = super().save_form(request, form, change)
        return visit if change else form.booked

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Only what was changed, so that a visit that has moved meanwhile does not move back."""
        if change and form.changed_data:
            obj.save(update_fields=[*form.changed_data, "updated_at"])

    def changes_of(self, row: Visit) -> list[Change]:
        """By whomever, also by partners and by SQL."""
        return changes.of(row)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """It is cancelled, not deleted."""
        return False

    @admin.action(description="Cancel the selected visits", permissions=["change"])
    def cancel_visits(self, request: HttpRequest, queryset: QuerySet[Visit]) -> None:
        """Each with its event."""
        cancelled = 0
        for visit in queryset.order_by("id"):
            try:
                with within_practice(visit.practice_id):
                    booking.cancel(visit=visit, reason="Cancelled by staff.", now=timezone.now())
                cancelled += 1
            except WrongStatus as wrong:
                self.message_user(request, f"{visit}: {wrong}", messages.WARNING)
        self.message_user(request, f"{cancelled} cancelled.", messages.SUCCESS)


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
