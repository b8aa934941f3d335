"""What staff choose when they decide about a request for access."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models.functions import Lower

from partners.models import AccessRequest, Partner, Practice
from partners.scopes import in_words


class ApproveForm(forms.Form):
    """For whom, where, and with which of the scopes that were asked for."""

    practice = forms.ModelChoiceField(
        Practice.objects.filter(is_active=True), help_text="The key works for this one only."
    )
    partner = forms.ModelChoiceField(
        Partner.objects.filter(is_active=True),
        required=False,
        empty_label="A new partner of this name",
        help_text="Choose one if the company is known already.",
    )
    scopes = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple, help_text="Take away what is not needed."
    )

    def __init__(self, asked: AccessRequest, data: Any = None) -> None:
        name = Lower("ppass")
        practice = Practice.objects.annotate(known_as=name).filter(known_as=asked.practice.lower())
        partner = Partner.objects.annotate(known_as=Lower("name"))
        super().__init__(
            data,
            label_suffix="",
            initial={
                "practice": practice.first(),
                "partner": partner.filter(known_as=asked.company.lower()).first(),
                "scopes": asked.scopes,
            },
        )
        scopes: Any = self.fields["scopes"]
        scopes.choices = [(scope, in_words(scope)) for scope in asked.scopes]

    def tell(self, error: ValidationError) -> None:
        """Show what the approval itself found wrong, by its field where that is one of ours."""
        for field, faults in error.message_dict.items():
            self.add_error(field if field in self.fields else None, faults)


class DenyForm(forms.Form):
    """Why not."""

    reason = forms.CharField(
        max_length=2000,
        label_suffix="",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Goes into the letter.",
    )
