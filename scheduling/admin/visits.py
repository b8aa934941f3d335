"""Visits in the admin: read mostly; written by the same functions as through the API."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from partners.filters import ChoiceFilter, PracticeFilter
from partners.history import Change, HistoryPageMixin
from partners.returning import LeadsBackMixin
from partners.tenancy import within_practice
from scheduling import booking, changes
from scheduling.admin.forms import BookingForm
from scheduling.admin.holds import OccupationAdmin
from scheduling.admin.moving import ReschedulePage
from scheduling.models import Visit
from scheduling.refusals import WrongStatus


class OverbookedFilter(ChoiceFilter):
    """Visits by whether they were put over others."""

    title = "overbooked"
    parameter_name = "overbooked"
    field = "is_overbooked"


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
class VisitAdmin(LeadsBackMixin, HistoryPageMixin, ReschedulePage, OccupationAdmin):
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
