"""The admin's forms for API keys."""

import datetime
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from partners import keys
from partners.models import ApiKey
from partners.networks import parse_networks
from partners.scopes import ALL_SCOPES, EventScope, Scope, in_words


class ScopesField(forms.MultipleChoiceField):
    """Scopes as checkboxes, kept in the order in which they are published."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        choices = [
            ("API", [(scope.value, in_words(scope)) for scope in Scope]),
            ("Events", [(scope.value, in_words(scope)) for scope in EventScope]),
        ]
        # Not required here: the model says it, for commands too.
        super().__init__(choices=choices, required=False, **kwargs)

    def clean(self, value: Any) -> list[str]:
        """The chosen ones, each once."""
        chosen = set(super().clean(value))
        return [scope for scope in ALL_SCOPES if scope in chosen]


class NetworksField(forms.CharField):
    """Networks between commas."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False,
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 2, "cols": 60, "spellcheck": "false"}),
            **kwargs,
        )

    def prepare_value(self, value: Any) -> Any:
        """A stored list as it is typed."""
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        """The ranges, in normal form."""
        return parse_networks(super().clean(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Spaces and line breaks are no change."""
        try:
            return bool(parse_networks(data or "") != list(initial or []))
        except ValidationError:
            return True


class ApiKeyForm(forms.ModelForm[ApiKey]):
    """What can be changed in a key."""

    scopes = ScopesField(help_text="What the key may do, and the events it may be told of.")
    allowed_networks = NetworksField(
        label="Allowed networks",
        help_text="Addresses or ranges such as 203.0.113.0/24, between commas; empty: anywhere.",
    )
    rate_limit = forms.IntegerField(
        required=False, min_value=1, help_text="Calls a minute; empty: the platform's default."
    )

    class Meta:
        model = ApiKey
        fields = ["name", "scopes", "allowed_networks", "rate_limit", "expires_at"]

    def clean_expires_at(self) -> datetime.datetime | None:
        """A new end must be to come."""
        expires_at: datetime.datetime | None = self.cleaned_data["expires_at"]
        if (
            "expires_at" in self.changed_data
            and expires_at is not None
            and expires_at <= timezone.now()
        ):
            raise ValidationError("This has passed already. To end a key now, revoke it.")
        return expires_at


class NewApiKeyForm(ApiKeyForm):
    """A key to come. The form carries the key's id, so that sent twice it makes one key."""

    key_id = forms.CharField(widget=forms.HiddenInput, initial=keys.new_lookup_id)

    class Meta(ApiKeyForm.Meta):
        fields = ["partner", "practice", *ApiKeyForm.Meta.fields]

    def clean_key_id(self) -> str:
        """Of the form that the form itself gave it."""
        lookup_id: str = self.cleaned_data["key_id"]
        if not re.fullmatch(rf"[0-9A-Za-z]{{{keys.ID_LENGTH}}}", lookup_id):
            raise ValidationError("Open the form again.")
        return lookup_id


class RotateForm(forms.Form):
    """How long the old keys work on."""

    OVERLAPS = [
        ("0", "End it at once"),
        ("1", "1 hour"),
        ("24", "24 hours"),
        ("168", "7 days"),
        ("720", "30 days"),
    ]
    overlap = forms.TypedChoiceField(
        label="How long shall the old key work on?",
        choices=OVERLAPS,
        initial="24",
        coerce=lambda hours: datetime.timedelta(hours=int(hours)),
        widget=forms.RadioSelect,
    )
