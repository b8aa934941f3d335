"""Who may call what is below /v1/admin/: whoever knows a secret of ours, sent in a header."""

import hmac
from typing import Any

from django.conf import settings
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from emrapi.api.addresses import client_address
from partners import throttling

HEADER = "X-Admin-Secret"
_POLICY = "admin-secret"


class Administrator:
    """An administrator's program. Not a user, and no partner: it has no practice."""

    is_authenticated = True


class AdminSecret(BaseAuthentication):
    """Compares the header with every secret there is, so that one can take the other's place."""

    # For the API document.
    security_scheme = (
        "adminSecret",
        {
            "type": "apiKey",
            "in": "header",
            "name": HEADER,
            "description": "The administrators' secret.",
        },
    )

    def authenticate_header(self, request: Request) -> str:
        """The challenge of a 401."""
        return f'Secret header="{HEADER}"'

    def authenticate(self, request: Request) -> tuple[Administrator, str]:
        """The administrator.

        Raises AuthenticationFailed, and Throttled for an address that has guessed too often.
        """
        address = client_address(request)
        if (made := _count(address, calls=0)).is_exceeded:
            raise Throttled(made.reset)
        if not _is_ours(request.headers.get(HEADER, "")):
            if (made := _count(address, calls=1)).is_exceeded:
                raise Throttled(made.reset)
            raise AuthenticationFailed(f"Send the administrators' secret in {HEADER}.")
        return Administrator(), HEADER


class KnowsSecret(BasePermission):
    """Nobody else."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """False, a 401, for whoever did not come by AdminSecret."""
        return isinstance(request.user, Administrator)


def _is_ours(text: str) -> bool:
    """Whether it is one of the secrets; all are looked at, each in constant time."""
    given = text.encode("latin-1", "replace")
    matches = [hmac.compare_digest(given, secret.encode()) for secret in settings.ADMIN_SECRETS]
    return bool(given) and any(matches)


def _count(address: str, *, calls: int) -> throttling.Allowance:
    return throttling.count(_POLICY, address, settings.ADMIN_SECRET_TRIES, calls=calls)
