"""The base of every view of the API, whoever may call it."""

from typing import Any, ClassVar, NoReturn

from django.http import HttpRequest
from rest_framework.exceptions import ErrorDetail, MethodNotAllowed, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from emrapi.api.errors import problem_handler
from emrapi.api.fields import BIGINT_MAX
from emrapi.api.parsing import DEFAULT_MAX_BODY_BYTES, ApiRequest, JSONParser
from emrapi.api.queries import StrictQuery
from emrapi.api.rendering import JSONRenderer, Negotiation


class ApiView(StrictQuery):
    """Strict JSON in, JSON out, problems for errors. Knows nothing of who calls.

    Stands before DRF's own classes: `class ThingViewSet(ListMixin, ApiView, GenericViewSet)`.
    """

    parser_classes = [JSONParser]
    renderer_classes = [JSONRenderer]
    content_negotiation_class = Negotiation
    metadata_class = None
    versioning_class = None
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]

    max_body_bytes: ClassVar[int] = DEFAULT_MAX_BODY_BYTES
    # The actions that answer an ETag, and check one, without the mixins that do; for the document.
    etag_actions: ClassVar[tuple[str, ...]] = ()

    request: ApiRequest
    action: str

    @property
    def default_response_headers(self) -> dict[str, str]:
        """None: DRF would tell the allowed methods with every answer, where a 405 will do."""
        return {"Vary": "Accept"} if len(self.renderer_classes) > 1 else {}

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> ApiRequest:
        """DRF's request, in our class; and for a viewset its action, as ViewSetMixin does."""
        if action_map := getattr(self, "action_map", None):
            self.action = action_map.get((request.method or "").lower())
        return ApiRequest(
            request,
            parsers=self.get_parsers(),
            authenticators=self.get_authenticators(),
            negotiator=self.get_content_negotiator(),
            parser_context=self.get_parser_context(request),
        )

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Method, then DRF's checks (media types, caller, permission), then path and query."""
        method = (request.method or "").lower()
        if method not in self.http_method_names or not hasattr(self, method):
            self.http_method_not_allowed(request)
        super().initial(request, *args, **kwargs)
        self.check_path(kwargs)
        self.check_query(request)

    def check_path(self, parameters: dict[str, Any]) -> None:
        """Raise ValidationError for an id that no row can have."""
        for name, value in parameters.items():
            if isinstance(value, int) and value > BIGINT_MAX:
                fault = ErrorDetail("Is beyond the range of 64 bits.", code="out_of_range")
                raise ValidationError({name: [fault]})

    def http_method_not_allowed(self, request: Any, *args: Any, **kwargs: Any) -> NoReturn:
        """405, and Allow."""
        raise MethodNotAllowed(request.method or "")

    def options(self, request: Any, *args: Any, **kwargs: Any) -> NoReturn:
        """405: the API document describes what there is."""
        self.http_method_not_allowed(request)

    def get_authenticate_header(self, request: Request) -> str:
        """Without it DRF would turn every 401 into a 403."""
        return "Bearer"

    def get_exception_handler(self) -> Any:
        """Ours, whatever the settings say: no view of the API answers errors otherwise."""
        return problem_handler

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Errors are JSON also where the view answers something else; nobody shares a cache."""
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "private, no-cache")
        if isinstance(response, Response) and response.status_code >= 400:
            response.accepted_renderer = JSONRenderer()
        return response
