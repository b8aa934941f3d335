"""Forms of the pages of webhooks."""

import datetime
from typing import Any

from django import forms
from django.utils import timezone

LONGEST = datetime.timedelta(days=31)


class ReplayForm(forms.Form):
    """The time whose events are wanted again, in UTC."""

    since = forms.DateTimeField(
        label="From (UTC)",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    until = forms.DateTimeField(
        label="Until before (UTC)",
        required=False,
        help_text="Now, if it is left empty.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def clean(self) -> dict[str, Any]:
        """A time that is not empty, and not too long."""
        asked = super().clean() or {}
        since, until = asked.get("since"), asked.get("until") or timezone.now()
        if since is not None and since >= until:
            self.add_error("until", "It must be after the beginning.")
        elif since is not None and until - since > LONGEST:
            self.add_error("until", f"At most {LONGEST.days} days at once.")
        return {**asked, "until": until}
