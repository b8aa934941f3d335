"""Products on the wire."""

from typing import Any, ClassVar

from rest_framework import serializers

from catalog import models as stored
from emrapi.api.fields import BooleanField, IntegerField, TextField, refuse
from emrapi.api.wire import WireModelSerializer, WireSerializer

MOST_PRODUCTS = 50_000


class ProductSerializer(WireModelSerializer):
    """A product. Text that was not given is "", and null clears it; a price may be null."""

    VendorCode = TextField(max_length=50, trim_whitespace=True)
    ProductCode = TextField(max_length=100, trim_whitespace=True)
    Product = TextField(
        max_length=250, required=False, help_text="Needed for a product that is new."
    )

    class Meta:
        model = stored.Product
        wire = {
            "ProductID": "id",
            "VendorCode": "vendor_code",
            "ProductCode": "product_code",
            "Product": "name",
            "Description": "description",
            "Category": "category",
            "UPC": "upc",
            "Unit": "unit",
            "Cost": "cost",
            "RetailPrice": "retail_price",
            "Active": "is_active",
            "UpdatedAt": "updated_at",
        }
        read_only = ("ProductID", "UpdatedAt")
        null_clears_text = True
        validators: ClassVar[list[Any]] = []  # a product that is there already is to be changed


class _Items(serializers.ListSerializer[Any]):
    """So many items, as they are: `catalog.items` looks into them, all at once."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """The list itself."""
        if data is serializers.empty:
            self.fail("required")
        if not isinstance(data, list):
            refuse("Must be a list of products.")
        if not data:
            refuse("Must hold at least one product.", "min_length")
        if len(data) > MOST_PRODUCTS:
            refuse(f"Must not hold more than {MOST_PRODUCTS:,} products.", "max_length")
        return data


class ProductBatchSerializer(WireSerializer):
    """A price list, or a part of one."""

    products = _Items(child=ProductSerializer(), min_length=1, max_length=MOST_PRODUCTS)


class ProductBatchQuery(WireSerializer):
    """Parameters of writing a batch."""

    onError = serializers.ChoiceField(  # noqa: N815
        choices=["refuse", "skip"],
        default="refuse",
        help_text=(
            "`refuse`: any fault refuses the whole batch; `skip`: what is good is written, and the"
            " answer tells what is not."
        ),
    )
    dryRun = BooleanField(  # noqa: N815
        default=False, help_text="`true`: answer what would become of each row, and write nothing."
    )


class ProductResultSerializer(WireSerializer):
    """What became of one item of a batch."""

    index = IntegerField(min_value=0, help_text="Its place in the body, from 0.")
    VendorCode = TextField(allow_null=True)
    ProductCode = TextField(allow_null=True)
    ProductID = IntegerField(allow_null=True, help_text="Null if there is none.")
    outcome = serializers.ChoiceField(choices=["created", "updated", "unchanged", "failed"])


class ProductReportSerializer(WireSerializer):
    """What became of a batch."""

    created = IntegerField()
    updated = IntegerField()
    unchanged = IntegerField()
    failed = IntegerField()
    results = ProductResultSerializer(many=True)


class ProductFaultSerializer(WireSerializer):
    """What is wrong with an item that was skipped."""

    field = serializers.CharField(help_text="Its place, such as `products[3].RetailPrice`.")
    code = serializers.CharField()
    message = serializers.CharField()
