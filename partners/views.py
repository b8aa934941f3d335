"""Exchange of an API key for an access token; and who one is."""

import hmac
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from emrapi.api.addresses import client_address
from emrapi.api.envelopes import RetrieveMixin, UpdateMixin
from emrapi.api.errors import Conflict
from emrapi.api.examples import answered, sent
from emrapi.api.schema import written_of
from emrapi.api.views import ApiView
from partners import examples, keys, profile, throttling, tokens
from partners.api import PartnerViewSet
from partners.authentication import TokenAuthentication
from partners.caller import Caller
from partners.models import Partner
from partners.permissions import ANY_KEY
from partners.serializers import ProfileSerializer, TokenRequestSerializer, TokenSerializer

# Compared with when there is no such key, so that this takes the same time as when there is.
_NOBODYS_DIGEST = "0" * 64


class TokenViewSet(ApiView, GenericViewSet[Any]):
    """`POST /v1/{PPass}/auth/token`: open to anybody who has a key."""

    authentication_classes = []
    permission_classes = []
    serializer_class = TokenRequestSerializer

    def get_authenticate_header(self, request: Request) -> str:
        """Without this DRF would turn the 401 into a 403."""
        return TokenAuthentication().authenticate_header(request)

    @extend_schema(
        operation_id="getAccessToken",
        summary="Exchange your API key for an access token",
        description=(
            "The token is good for 24 hours and for the practice in the path. An unknown, revoked"
            " or expired key, an unknown practice and a key of another practice all get the same"
            " 401. Limited per address and per key."
        ),
        tags=["Authentication"],
        auth=[],
        request=TokenRequestSerializer,
        responses={200: OpenApiResponse(TokenSerializer, "The token."), 401: None, 429: None},
        examples=[
            sent("A key", {"apiKey": "your_api_key_here"}),
            answered(
                "A token",
                {
                    "accessToken": "eyJhbGciOiJIUzI1NiIs...",
                    "tokenType": "Bearer",
                    "expiresIn": "24h",
                },
                200,
            ),
        ],
    )
    def create(self, request: Request, ppass: str) -> Response:
        """The token, or one 401 for whatever is wrong with key or practice."""
        self._count("token-address", client_address(request))
        body = TokenRequestSerializer(data=request.data, context={"view": self})
        body.is_valid(raise_exception=True)
        text = body.validated_data["apiKey"]
        lookup_id = keys.lookup_id_of(text)
        self._count("token-key", lookup_id or "malformed")
        caller = _caller_of(text, lookup_id)
        if (
            caller is None
            or caller.ppass.lower() != ppass.lower()
            or not caller.is_welcome()
            or not caller.may_call_from(client_address(request))
        ):
            raise AuthenticationFailed("The API key is not valid for this practice.")
        request._request.caller = caller  # type: ignore[attr-defined]
        return Response(
            {
                "accessToken": tokens.issue(key_id=caller.key_id, now=timezone.now()),
                "tokenType": "Bearer",
                "expiresIn": f"{settings.TOKEN_HOURS}h",
            },
            headers={"Cache-Control": "no-store"},
        )

    def _count(self, policy: str, subject: str) -> None:
        allowance = throttling.count(policy, subject, settings.TOKEN_RATE_LIMIT)
        if allowance.is_exceeded:
            raise Throttled(allowance.reset)


class ProfileViewSet(RetrieveMixin, UpdateMixin, PartnerViewSet):
    """`/v1/me`: the partner that calls, with the key by which it does."""

    required_scope = ANY_KEY
    serializer_class = ProfileSerializer
    updated_message = "Profile updated successfully"

    def get_object(self) -> Partner:
        """Itself."""
        return profile.own()

    def get_locked_object(self) -> Partner:
        """Itself, before it changes."""
        return profile.own(to_change=True)

    def tagged(self, data: Any) -> Any:
        """All but the last use, which each call moves on."""
        return {**data, "key": {**data["key"], "lastUsedAt": None}}

    @extend_schema(
        operation_id="getProfile",
        summary="Get your partner profile details",
        description=(
            "With the key that makes this call, and how many calls a minute it may make. The ETag"
            " leaves `key.lastUsedAt` aside."
        ),
        tags=["My information"],
        examples=examples.PROFILE,
    )
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The profile."""
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        operation_id="updateProfile",
        summary="Update your partner profile",
        description=(
            "Changes the fields that are sent and leaves the others. The profile belongs to the"
            " partner, whichever of its keys calls. A name that another partner has is a 409."
        ),
        tags=["My information"],
        responses={200: written_of(ProfileSerializer), 409: None},
        examples=examples.CHANGED_PROFILE,
    )
    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The profile as changed."""
        return super().update(request, *args, **kwargs)

    def perform_update(self, serializer: BaseSerializer[Any]) -> None:
        """409 for another's name."""
        try:
            super().perform_update(serializer)
        except profile.NameIsTaken:
            fault = {"field": "name", "code": "duplicate", "message": "Cannot be used."}
            raise Conflict("This name cannot be used.", errors=[fault]) from None


def _caller_of(text: str, lookup_id: str) -> Caller | None:
    """The caller whose key this is; the same work is done whether or not there is one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM partners_find_key(%s)", [lookup_id])
        row = cursor.fetchone()
    digest, pepper, facts = (row[0], row[1], row[2:]) if row else (_NOBODYS_DIGEST, "", None)
    matches = hmac.compare_digest(keys.digest(text, pepper), digest)
    return Caller(*facts) if facts and matches else None
