"""From the Authorization header to a Caller, in one round trip to the database."""

from typing import Any

from django.db import InterfaceError, OperationalError, connection
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from emrapi.api.addresses import client_address
from partners import tokens
from partners.caller import Caller, enter


class StaleConnection(Exception):
    """The database had hung up on a kept connection before this request began; nothing was done."""


class TokenAuthentication(BaseAuthentication):
    """Bearer tokens. Key, partner and practice are read anew at every request: see `enter`."""

    def authenticate_header(self, request: Request) -> str:
        """The challenge of a 401."""
        return 'Bearer realm="api"'

    def authenticate(self, request: Request) -> tuple[Caller, Caller] | None:
        """The caller, or None when no credentials were sent at all.

        Raises AuthenticationFailed, with one and the same text for every bad token.
        """
        if not get_authorization_header(request):
            return None
        try:
            key_id = _key_id(request)
        except tokens.InvalidToken:
            raise AuthenticationFailed(
                "The access token is not valid or has expired; get a new one at"
                " POST /v1/{PPass}/auth/token and send it as 'Authorization: Bearer <token>'."
            ) from None
        caller = _enter(key_id, request)
        if caller is None or not caller.is_welcome():
            raise AuthenticationFailed("The API key behind this access token is no longer valid.")
        # Known to the call log from here on, whatever becomes of the request.
        request._request.caller = caller  # type: ignore[attr-defined]
        if not caller.may_call_from(client_address(request)):
            raise AuthenticationFailed("This API key may not be used from your network address.")
        return caller, caller


def carries_token(request: Any) -> bool:
    """Whether the request has a token that we signed; whether its key still works is not asked."""
    try:
        _key_id(request)
    except tokens.InvalidToken:
        return False
    return True


def _key_id(request: Any) -> int:
    scheme, _, token = get_authorization_header(request).decode("latin-1").partition(" ")
    return tokens.read(token.strip() if scheme.lower() == "bearer" else "")


def _enter(key_id: int, request: Request) -> Caller | None:
    kept = connection.connection is not None
    try:
        return enter(key_id, getattr(request, "request_id", ""))
    except (OperationalError, InterfaceError) as error:
        if kept:
            raise StaleConnection from error
        raise
