"""The types of visits of the practice."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from emrapi.api.envelopes import ListMixin
from emrapi.api.schema import many_of
from partners.api import PartnerViewSet
from partners.scopes import Scope
from scheduling import examples
from scheduling.filters import VisitTypesQuery
from scheduling.models import VisitType, VisitTypeProvider, VisitTypeResource
from scheduling.serializers import VisitTypeSerializer


class VisitTypeViewSet(ListMixin, PartnerViewSet):
    """The types of visits of the caller's practice."""

    required_scope = Scope.SCHEDULING
    pagination_class = None
    serializer_class = VisitTypeSerializer
    query_serializer_class = VisitTypesQuery

    def get_queryset(self) -> Any:
        """By name; who gives them and where, as far as they are active."""
        practice_id = self.caller.practice_id
        providers = VisitTypeProvider.objects.filter(
            practice_id=practice_id, visit_type=OuterRef("pk"), provider__is_active=True
        )
        resources = VisitTypeResource.objects.filter(
            practice_id=practice_id, visit_type=OuterRef("pk"), resource__is_active=True
        )
        types = VisitType.objects.filter(practice_id=practice_id).annotate(
            provider_ids=ArraySubquery(providers.order_by("provider_id").values("provider_id")),
            resource_ids=ArraySubquery(resources.order_by("position", "id").values("resource_id")),
        )
        return types if self.query["includeInactive"] else types.filter(is_active=True)

    @extend_schema(
        operation_id="listVisitTypes",
        summary="List visit types",
        description=(
            "In alphabetical order. Providers are the ids of those who may give the type, in order;"
            " Resources are its rooms in the order in which they are tried, none if it needs none."
            " Both hold active ones only."
        ),
        tags=["Visit scheduling"],
        responses={200: many_of(VisitTypeSerializer)},
        examples=examples.VISIT_TYPES,
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """All of them."""
        return super().list(request, *args, **kwargs)
