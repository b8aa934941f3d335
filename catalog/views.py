"""Products: list, search, and whole price lists at once."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from catalog import bulk, examples
from catalog.filters import ProductFilters
from catalog.models import Product, VendorGrant
from catalog.serializers import (
    ProductBatchQuery,
    ProductBatchSerializer,
    ProductFaultSerializer,
    ProductReportSerializer,
    ProductSerializer,
)
from catalog.wire import errors_of, report_of
from emrapi.api.envelopes import ListMixin, written
from emrapi.api.errors import Problem
from emrapi.api.problems import summary
from emrapi.api.schema import written_of
from partners.api import PartnerViewSet
from partners.scopes import Scope


class ProductViewSet(ListMixin, PartnerViewSet):
    """The catalogue, one for all practices."""

    required_scope = Scope.PRODUCTS
    serializer_class = ProductSerializer
    filterset_class = ProductFilters
    query_serializers = {"create": ProductBatchQuery}
    max_body_bytes = 25 * 1024 * 1024

    def get_queryset(self) -> Any:
        """By the vendors' codes and their own."""
        return Product.objects.defer("search_text")

    @extend_schema(
        operation_id="listProducts",
        summary="List and search products",
        description="In the order of VendorCode, then of ProductCode; small letters come last.",
        tags=["Products"],
        examples=examples.PRODUCTS,
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of them."""
        return super().list(request, *args, **kwargs)

    @extend_schema(
        operation_id="writeProducts",
        summary="Create and update products in bulk",
        description=(
            "Takes 1 to 50,000 products, known by VendorCode and ProductCode. One that is there"
            " keeps what is not sent; one that is new needs a Product. Either all are written or,"
            " if anything is wrong, none, and every fault is listed by the item's index; with"
            " `onError=skip` the good ones are written. `results` tells in the order of the body"
            " what became of each."
        ),
        tags=["Products"],
        request=ProductBatchSerializer,
        responses={
            200: written_of(
                ProductReportSerializer,
                component="ProductsWritten",
                errors=ProductFaultSerializer(many=True),
            )
        },
        examples=examples.BATCH,
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What became of each."""
        body = ProductBatchSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        items = body.validated_data["products"]
        granted = VendorGrant.objects.filter(partner_id=self.caller.partner_id)
        try:
            report = bulk.upsert(
                items=items,
                vendor_codes=granted.values_list("vendor_code", flat=True),
                skip_faulty=self.query["onError"] == "skip",
                dry_run=self.query["dryRun"],
            )
        except bulk.Refused as refused:
            errors = errors_of(refused.faults, refused.untold)
            raise Problem(errors=errors, detail=summary(errors)) from None
        dry = "Nothing was written: a dry run"
        message = dry if self.query["dryRun"] else "Products processed successfully"
        answer = written(message, report_of(report, items))
        if report.faults:
            answer.data["errors"] = errors_of(report.faults, report.untold)
        return answer
