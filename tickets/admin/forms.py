"""A ticket's page as a form: answer, step and assignment in one."""

from collections.abc import Callable
from typing import Any

from django import forms

from partners.models import Practice
from tickets import desk, steps
from tickets.admin.filters import practice_names, staff_names
from tickets.models import Ticket

_LONGEST_REPLY = 10_000


class NameInput(forms.TextInput):
    """A name, typed, with those that there are on offer; needs no script."""

    template_name = "admin/tickets/name_input.html"

    def __init__(self, names: Callable[[], list[str]]) -> None:
        super().__init__(attrs={"class": "vTextField"})
        self.names = names

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """The names beside the field."""
        list_id = f"{(attrs or {}).get('id', name)}_names"
        context = super().get_context(name, value, {**(attrs or {}), "list": list_id})
        return {**context, "names": self.names(), "list_id": list_id}


class AnyTicketForm(forms.ModelForm[Ticket]):
    """What one may say of any ticket."""

    class Meta:
        model = Ticket
        fields = "__all__"  # noqa: DJ007 - the admin says which
        widgets = {"assigned_to": NameInput(staff_names)}


class NewTicketForm(AnyTicketForm):
    """A ticket that staff open for somebody."""

    practice = forms.CharField(help_text="Its PPass.", widget=NameInput(practice_names))

    def clean_practice(self) -> Practice:
        """The practice, in whatever case."""
        found = Practice.objects.filter(ppass__iexact=self.cleaned_data["practice"]).first()
        if found is None:
            raise forms.ValidationError("There is no practice of this PPass.")
        return found


class TicketForm(AnyTicketForm):
    """A ticket as it goes on. `seen` is the state that its reader had before them."""

    reply = forms.CharField(
        required=False,
        max_length=_LONGEST_REPLY,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "class": "vLargeTextField"}),
        help_text="The partner sees it under your name. It cannot be changed or taken back.",
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = _state(self.instance)
        if "status" in self.fields:
            status = self.instance.status
            known = dict(Ticket.Status.choices)
            choices = [(each, known[each]) for each in (status, *steps.STEPS[status])]
            self.fields["status"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Lock the row, and stop who would undo what somebody did meanwhile."""
        cleaned = super().clean() or self.cleaned_data
        self.locked = Ticket.objects.select_for_update().get(pk=self.instance.pk)
        if cleaned.get("seen") != _state(self.locked):
            self._show_as_it_is_now()
        has_room = self.locked.comments.count() < desk.MOST_COMMENTS
        if cleaned.get("reply", "").strip() and not has_room:
            self.add_error("reply", str(desk.TooManyComments()))
        return cleaned

    def values(self) -> dict[str, Any]:
        """What is to be others, as attributes of Ticket."""
        names = {*self.changed_data} - {"reply", "seen"}
        return {name: self.cleaned_data[name] for name in names}

    def _show_as_it_is_now(self) -> None:
        """Say what has changed, and let the same answer pass the second time."""
        self.data = {**self.data.dict(), self.add_prefix("seen"): _state(self.locked)}  # type: ignore[attr-defined]
        now = [f"status {self.locked.get_status_display()}", f"priority {self.locked.priority}"]
        now.append(f"assigned to {self.locked.assigned_to or 'nobody'}")
        self.add_error(
            None,
            "Somebody changed this ticket or commented on it while you had it open. It is now:"
            f" {', '.join(now)}. Nothing of yours is stored yet; look again, then save.",
        )


def _state(ticket: Ticket) -> str:
    return ticket.updated_at.isoformat()
