"""The staff's sign-in with one-time passwords: a wrong one counts like a wrong password."""

from typing import Any

from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ValidationError
from django_otp.admin import OTPAdminAuthenticationForm, OTPAdminSite

# There is something to choose or to type yet. Who must wait before trying again is told so without
# a code, and that counts.
_NOT_WRONG = {"token_required", "device_required", "not_interactive", "challenge_message"}


class OneTimePasswordForm(OTPAdminAuthenticationForm):  # type: ignore[misc]  # without types
    """Django-otp's, which tells nobody of wrong ones: not the lock-out, nor the audit log."""

    def clean_otp(self, user: Any) -> None:
        """As Django tells of a wrong password."""
        try:
            super().clean_otp(user)
        except ValidationError as error:
            if self.cleaned_data.get("otp_token") and error.code not in _NOT_WRONG:
                credentials = {"username": user.get_username()}
                user_login_failed.send(
                    sender=__name__, credentials=credentials, request=self.request
                )
            raise


class OneTimeSite(OTPAdminSite):  # type: ignore[misc]  # without types
    """The admin for staff who have given theirs."""

    login_form = OneTimePasswordForm
