"""Asking for access by program."""

from typing import Any

from django.conf import settings
from django.db import transaction
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from emrapi.api.addresses import client_address
from emrapi.api.examples import answered, sent
from emrapi.api.fields import EmailField, TextField
from emrapi.api.views import ApiView
from emrapi.api.wire import WireSerializer
from partners import access, throttling
from partners.scopes import ALL_SCOPES
from partners.tasks import wake_letters

_ASKED = "Request received; please confirm it by the link that we have sent"


class AccessRequestSerializer(WireSerializer):
    """What staff need to know to decide."""

    company = TextField(max_length=200)
    practice = TextField(max_length=200, help_text="Its name, or its PPass if you know it.")
    contact = TextField(max_length=200, help_text="Who asks.")
    email = EmailField(help_text="A link is sent there, to be confirmed.")
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=ALL_SCOPES), min_length=1, max_length=len(ALL_SCOPES)
    )
    purpose = TextField(max_length=2000, help_text="What your software does with it.")


class AskedSerializer(WireSerializer):
    """The same for everybody: it tells nothing of who is known."""

    message = serializers.CharField()


class AccessRequestViewSet(ApiView, GenericViewSet[Any]):
    """`POST /v1/access-requests`: open to anybody."""

    authentication_classes = []
    permission_classes = []
    serializer_class = AccessRequestSerializer

    @extend_schema(
        operation_id="requestAccess",
        summary="Ask for access",
        description=(
            "Sends a link to the e-mail address; once it is confirmed there, staff look at the"
            " request and answer by e-mail. Limited per address. `/request-access` is the same as"
            " a page."
        ),
        tags=["Access requests"],
        auth=[],
        request=AccessRequestSerializer,
        responses={202: OpenApiResponse(AskedSerializer, "Received."), 429: None},
        examples=[
            sent(
                "A request",
                {
                    "company": "Acme Health",
                    "practice": "DemoOffice",
                    "contact": "Ada Lovelace",
                    "email": "ada@example.com",
                    "scopes": ["Prospects", "Scheduling"],
                    "purpose": "Visitors of our clients' websites book a first visit.",
                },
            ),
            answered("Received", {"message": _ASKED}, 202),
        ],
    )
    def create(self, request: Request) -> Response:
        """202, whoever asks and for whatever."""
        address = client_address(request)
        allowance = throttling.count("access-request", address, settings.ACCESS_REQUEST_RATE_LIMIT)
        if allowance.is_exceeded:
            raise Throttled(allowance.reset)
        body = AccessRequestSerializer(data=request.data, context={"view": self})
        body.is_valid(raise_exception=True)
        with transaction.atomic():
            access.ask(**body.validated_data, address=address or None)
            wake_letters()
        return Response({"message": _ASKED}, status=202)
