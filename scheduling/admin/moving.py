"""The page on which staff move a visit, by the rules of the API."""

import datetime
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminForm
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone

from partners import audit
from partners.tenancy import within_practice
from scheduling import booking
from scheduling.admin.forms import TimeForm, against, wall, when
from scheduling.models import Visit
from scheduling.refusals import Refused, Slot, SlotTaken, WrongStatus

_FIELDS = {"VisitDate": "date", "VisitTime": "time", "VisitDuration": "minutes"}


class RescheduleForm(TimeForm, forms.Form):
    """A new time for a visit. Valid means that it has it: only moving it tells whether it can."""

    field_order = ["date", "time", "minutes", "overbook"]

    def __init__(self, *args: Any, visit: Visit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visit = visit
        self.alternatives: list[Slot] = []
        self.length = (visit.during.upper - visit.during.lower) // datetime.timedelta(minutes=1)
        starts = wall(visit.practice, visit.during.lower)
        now = {"date": starts.date(), "time": starts.time(), "minutes": self.length}
        # A link may propose a time, and not that it be put over others.
        self.initial = {**now, **self.initial, "overbook": False}

    def clean(self) -> dict[str, Any]:
        """Move it."""
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        # A visit of the same length keeps the provider's part where it is.
        minutes = cleaned["minutes"] if cleaned["minutes"] != self.length else None
        try:
            with within_practice(self.visit.practice_id):
                booking.reschedule(
                    visit=self.visit,
                    date=cleaned["date"],
                    time=cleaned["time"],
                    duration_minutes=minutes,
                    is_overbooked=cleaned["overbook"],
                    now=timezone.now(),
                    time_zone=self.visit.practice.time_zone,
                )
        except Refused as refused:
            self.add_error(_FIELDS.get(refused.field), refused.message)
        except WrongStatus as wrong:
            self.add_error(None, str(wrong))
        except SlotTaken as taken:
            self.add_error("time", against(taken))
            self.alternatives = taken.alternatives
        return cleaned


class ReschedulePage(admin.ModelAdmin[Any]):
    """The base of the visits' admin: what it has beyond a list and a form."""

    def get_urls(self) -> list[URLPattern]:
        """One page more, before Django's own, whose last pattern takes anything."""
        view = self.admin_site.admin_view(self.reschedule_view)
        page = path("<int:visit_id>/reschedule/", view, name="scheduling_visit_reschedule")
        return [page, *super().get_urls()]

    def reschedule_view(self, request: HttpRequest, visit_id: int) -> HttpResponse:
        """Ask for another time; then move the visit, or say what is in the way and what is free."""
        visit = self.get_object(request, str(visit_id))
        if not self.has_change_permission(request, visit):
            raise PermissionDenied
        if visit is None or visit.status != Visit.Status.BOOKED:
            messages.warning(request, "Only a visit that is booked can be moved.")
            return redirect("admin:scheduling_visit_changelist")
        before = when(visit)
        form = RescheduleForm(request.POST or None, visit=visit, initial=request.GET.dict())
        if request.method == "POST" and form.is_valid():
            after = when(visit)
            self.log_change(request, visit, f"Moved from {before} to {after}.")
            messages.success(request, f"Moved to {after}.")
            return redirect("admin:scheduling_visit_change", visit.pk)
        audit.note_row(request, audit.Action.VIEWED, visit, detail="to reschedule")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Reschedule {visit}",
            "visit": visit,
            "when": before,
            "form": form,
            "adminform": AdminForm(cast(Any, form), [(None, {"fields": form.field_order})], {}),
        }
        return TemplateResponse(request, "admin/scheduling/visit/reschedule.html", context)
