"""The API described: as OpenAPI for programs, as pages for people."""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple, cast

import yaml
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils.cache import get_conditional_response
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.renderers import TemplateHTMLRenderer
from rest_framework.request import Request

from emrapi.api.etags import etag_of_bytes
from emrapi.api.problems import problem_response
from emrapi.api.rendering import to_json
from emrapi.api.views import ApiView

_ALLOWED = ("GET", "HEAD")


class Document(NamedTuple):
    """One form of the document, as it is sent."""

    content: bytes
    content_type: str
    etag: str


@cache
def _openapi() -> dict[str, Any]:
    """The document; it cannot change while this process lives."""
    document: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return document


@cache
def as_json() -> Document:
    """The document in JSON."""
    content = to_json(_openapi())
    return Document(content, "application/json", etag_of_bytes(content))


@cache
def as_yaml() -> Document:
    """The same in YAML."""
    text = yaml.safe_dump(yaml.safe_load(as_json().content), sort_keys=False, allow_unicode=True)
    content = text.encode()
    return Document(content, "application/yaml", etag_of_bytes(content))


def _served(made: Callable[[], Document]) -> Callable[[HttpRequest], HttpResponseBase]:
    """A view of a document: anybody may read it, and nobody has to read it twice."""

    def view(request: HttpRequest) -> HttpResponseBase:
        if request.method not in _ALLOWED:
            return problem_response(request, 405, headers={"Allow": ", ".join(_ALLOWED)})
        document = made()
        response = HttpResponse(
            document.content,
            content_type=document.content_type,
            headers={"ETag": document.etag, "Cache-Control": "no-cache"},
        )
        return cast(
            HttpResponseBase, get_conditional_response(request, document.etag, None, response)
        )

    return csrf_exempt(view)


class DocsView(ApiView, SpectacularSwaggerSplitView):
    """Swagger UI from our own static files; its script comes apart from its page."""

    authentication_classes = []
    permission_classes = []
    renderer_classes = [TemplateHTMLRenderer]
    template_name = "emrapi/docs.html"
    url_name = "openapi"

    def check_query(self, request: Request) -> None:
        """Swagger UI's page has parameters of its own."""


urlpatterns = [
    path("openapi.json", _served(as_json), name="openapi"),
    path("openapi.yaml", _served(as_yaml), name="openapi-yaml"),
    path("docs", DocsView.as_view(), name="docs"),
]
