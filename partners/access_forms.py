"""The public form that asks for access."""

from typing import Any

from django import forms

from partners.scopes import ALL_SCOPES, in_words


class AccessRequestForm(forms.Form):
    """What staff need to know to decide."""

    company = forms.CharField(max_length=200, label="Your company")
    contact = forms.CharField(max_length=200, label="Your name")
    email = forms.EmailField(
        label="Your e-mail", help_text="We send a link there to make sure that it is yours."
    )
    practice = forms.CharField(
        max_length=200,
        label="The practice you work for",
        help_text="Its name, or its PPass if you know it.",
    )
    scopes = forms.MultipleChoiceField(
        choices=[(scope, in_words(scope)) for scope in ALL_SCOPES],
        widget=forms.CheckboxSelectMultiple,
        label="What you need",
        help_text="As little as will do; more can be added later.",
        error_messages={"required": "Choose at least one."},
    )
    purpose = forms.CharField(
        max_length=2000,
        label="What for",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What your software does with it, in a few sentences.",
    )
    # A field that people do not see: who fills it in is none.
    website = forms.CharField(required=False, label="Leave this empty")

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, label_suffix="")
        for name, hint in (("company", "organization"), ("contact", "name"), ("email", "email")):
            self.fields[name].widget.attrs["autocomplete"] = hint
        self.fields["website"].widget.attrs.update(autocomplete="off", tabindex="-1")

    @property
    def is_from_a_robot(self) -> bool:
        """Whether the field that nobody sees was filled in."""
        return bool(self.cleaned_data["website"])

    def request(self) -> dict[str, Any]:
        """The request, without what is not part of it."""
        return {name: each for name, each in self.cleaned_data.items() if name != "website"}
