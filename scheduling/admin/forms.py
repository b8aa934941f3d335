"""Forms by the clock of a practice."""

import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import ForeignKeyRawIdWidget
from django.utils import timezone

from partners.models import Practice
from partners.tenancy import within_practice
from scheduling import booking
from scheduling.claims import to_range
from scheduling.hours import SkippedTime, spoken, to_instant
from scheduling.models import Provider, Visit, VisitType
from scheduling.models.visit_type import LONGEST_MINUTES
from scheduling.refusals import Refused, SlotTaken

_FIELDS = {
    "PatientID": "patient",
    "ProviderID": "provider",
    "VisitType": "visit_type",
    "VisitDate": "date",
    "VisitTime": "time",
    "VisitDuration": "minutes",
}


def wall(practice: Practice, moment: datetime.datetime) -> datetime.datetime:
    """What the practice's clock shows, without a zone, as form fields want it."""
    return moment.astimezone(ZoneInfo(practice.time_zone)).replace(tzinfo=None)


def when(row: Any) -> str:
    """The time of a row of a practice, by its clock."""
    return spoken(ZoneInfo(row.practice.time_zone), row.during.lower, row.during.upper)


class SpanForm(forms.ModelForm[Any]):
    """A row with a `during`, entered as two times by the practice's clock."""

    begins = forms.DateTimeField(
        widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M")
    )
    ends = forms.DateTimeField(
        widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M"),
        help_text="By the practice's clock.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, end in (("begins", "lower"), ("ends", "upper")):
            if self.instance.pk:
                moment = getattr(self.instance.during, end)
                self.initial[name] = wall(self.instance.practice, moment)

    def clean(self) -> dict[str, Any]:
        """Two instants, the second after the first."""
        cleaned = super().clean() or self.cleaned_data
        if provider := cleaned.get("provider"):
            self.instance.practice = provider.practice
        elif practice := cleaned.get("practice"):
            self.instance.practice = practice
        if self.errors or not self.instance.practice_id:
            return cleaned
        zone = ZoneInfo(self.instance.practice.time_zone)
        ends: list[int] = []
        for name in ("begins", "ends"):
            try:
                ends.append(to_instant(zone, cleaned[name].date(), cleaned[name].time()))
            except SkippedTime:
                self.add_error(name, "The practice's clock skips this time: it is set forward.")
        if len(ends) == 2:
            if ends[0] >= ends[1]:
                self.add_error("ends", "Must be after the beginning.")
            else:
                self.instance.during = to_range((ends[0], ends[1]))
        return cleaned


class TimeForm(forms.Form):
    """When a visit shall be, and whether it may lie over others."""

    date = forms.DateField(widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    time = forms.TimeField(
        widget=forms.TimeInput({"type": "time"}, "%H:%M"), help_text="By the practice's clock."
    )
    minutes = forms.IntegerField(label="Duration (minutes)", min_value=1, max_value=LONGEST_MINUTES)
    overbook = forms.BooleanField(
        required=False,
        label="Overbook on purpose",
        help_text="Put it over whatever is there. History keeps your name.",
    )


class PatientLookup(ForeignKeyRawIdWidget):
    """A patient's number, with a list to find it in: of the provider's practice, if known."""

    def __init__(self, provider: Provider | None) -> None:
        super().__init__(Visit._meta.get_field("person").remote_field, admin.site)
        self._provider = provider

    def url_parameters(self) -> dict[str, str]:
        """What narrows the list."""
        narrowed = {"ppass": self._provider.practice.ppass} if self._provider else {}
        return super().url_parameters() | narrowed


class BookingForm(TimeForm, forms.ModelForm[Visit]):
    """A new visit: booked as the API books, or put over others on purpose."""

    patient = forms.IntegerField(
        label="Patient",
        min_value=1,
        help_text="Their number; the glass looks them up by name, phone or e-mail.",
    )

    class Meta:
        model = Visit
        fields = ["provider", "visit_type", "complaint", "notes"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["minutes"].required = False
        self.fields["minutes"].help_text = "Empty: as long as the type usually takes."
        named = str(self.initial.get("provider", ""))
        self.fields["patient"].widget = PatientLookup(
            Provider.objects.filter(pk=int(named)).select_related("practice").first()
            if named.isascii() and named.isdigit() and len(named) < 19
            else None
        )

    def _post_clean(self) -> None:
        """Book it, when nothing else is wrong: only that tells whether it can be."""
        super()._post_clean()  # type: ignore[misc]  # Django's, without a type
        if self.errors:
            return
        cleaned = self.cleaned_data
        provider: Provider = cleaned["provider"]
        visit_type: VisitType = cleaned["visit_type"]
        book = booking.overbook if cleaned["overbook"] else booking.book
        try:
            with within_practice(provider.practice_id):
                self.booked = book(
                    practice_id=provider.practice_id,
                    person_id=cleaned["patient"],
                    provider_id=provider.pk,
                    visit_type=visit_type.name,
                    date=cleaned["date"],
                    time=cleaned["time"],
                    duration_minutes=cleaned["minutes"] or visit_type.default_duration_minutes,
                    complaint=cleaned["complaint"],
                    notes=cleaned["notes"],
                    now=timezone.now(),
                    time_zone=provider.practice.time_zone,
                )
        except Refused as refused:
            self.add_error(_FIELDS.get(refused.field), refused.message)
        except SlotTaken as taken:
            self.add_error("time", said(taken))


def against(taken: SlotTaken) -> str:
    """What is in the way."""
    reasons = ", ".join(sorted({conflict.reason for conflict in taken.conflicts}))
    return f"Not free ({reasons})."


def said(taken: SlotTaken) -> str:
    """What is in the way, and what is free instead."""
    others = ", ".join(f"{slot.date} {slot.time:%H:%M}" for slot in taken.alternatives)
    return f"{against(taken)} Next: {others or 'nothing soon'}."
