"""A small API on the kit: gadgets, a mirror, and a view for each thing that can go wrong."""

from typing import Any

from django.db import IntegrityError, OperationalError
from django.http import Http404
from django.urls import path
from drf_spectacular.utils import extend_schema
from redis.exceptions import ConnectionError as RedisConnectionError
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response

from emrapi.api import converters as converters  # registers <ppass:…> and <id:…>
from emrapi.api import docs
from emrapi.api.envelopes import many, one
from emrapi.api.errors import (
    Conflict,
    Problem,
    ServiceUnavailable,
    UnprocessableIdempotency,
    unknown_path,
)
from emrapi.api.rendering import ImageRenderer, JSONRenderer
from emrapi.api.views import ApiView
from tests.api.gadgets import GadgetViewSet


class OpenView(ApiView):
    """Anybody may call."""

    authentication_classes = []
    permission_classes = []


class Mirror(OpenView):
    """Answers what it was sent, and its digest."""

    max_body_bytes = 2_000

    @extend_schema(exclude=True)
    def post(self, request: Request) -> Response:
        """What was sent."""
        response = one(request.data)
        response["Digest"] = self.request.body_sha256
        return response

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        """Nothing in particular."""
        return many([])


class Picture(OpenView):
    """A picture, or a fault."""

    renderer_classes = [ImageRenderer, JSONRenderer]

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        """Seven bytes."""
        return Response(b"picture", content_type="image/png")


def unique_violation() -> IntegrityError:
    """What psycopg makes of a lost race."""
    error = IntegrityError("duplicate key value violates unique constraint")
    error.__cause__ = type("UniqueViolation", (Exception,), {"sqlstate": "23505"})()
    return error


FAULTS: dict[str, Exception] = {
    "crash": ZeroDivisionError("SELECT secret FROM patients"),
    "gone": Http404("No Patient matches the given query."),
    "database": OperationalError("server closed the connection"),
    "redis": RedisConnectionError("refused"),
    "race": unique_violation(),
    "taken": Conflict("It is taken.", code="slot_taken", conflicts=[{"resource": "room"}]),
    "reused": UnprocessableIdempotency(),
    "busy": ServiceUnavailable("Come back.", headers={"Retry-After": "9"}),
    "often": Throttled(2.2),
    "odd": Problem("Odd.", errors=[{"field": "A", "code": "odd", "message": "Odd."}]),
}


class Faulty(OpenView):
    """Goes wrong in the way the path says."""

    @extend_schema(exclude=True)
    def get(self, request: Request, fault: str) -> Response:
        """Never."""
        raise FAULTS[fault]


def crash(request: Any) -> None:
    """A plain view that crashes."""
    raise ZeroDivisionError


_ALL = {"get": "list", "post": "create"}
_ONE = {"get": "retrieve", "put": "update", "patch": "update", "delete": "destroy"}

urlpatterns = [
    path("v1/mirror", Mirror.as_view()),
    path("v1/picture", Picture.as_view()),
    path("v1/faults/<str:fault>", Faulty.as_view()),
    path("v1/<ppass:ppass>/gadgets", GadgetViewSet.as_view(_ALL)),
    path("v1/<ppass:ppass>/gadgets/<id:id>", GadgetViewSet.as_view(_ONE)),
    path("crash", crash),
    path("v1/<path:rest>", unknown_path),
    *docs.urlpatterns,
]

handler400 = "emrapi.api.errors.bad_request"
handler403 = "emrapi.api.errors.forbidden"
handler404 = "emrapi.api.errors.not_found"
handler500 = "emrapi.api.errors.server_error"
