"""Products to arrange tests with."""

from typing import Any

import factory

from catalog.models import Product, VendorGrant
from tests.factories import PartnerFactory, StaffFactory


class ProductFactory(StaffFactory):
    """A product of vendor V001."""

    class Meta:
        model = Product

    vendor_code = "V001"
    product_code = factory.Sequence(lambda n: f"P{n:05}")
    name = factory.Sequence(lambda n: f"Product {n}")


class VendorGrantFactory(StaffFactory):
    """That a partner may write V001's products, and no others."""

    class Meta:
        model = VendorGrant

    partner = factory.SubFactory(PartnerFactory)
    vendor_code = "V001"


def item(number: int = 1, **fields: Any) -> dict[str, Any]:
    """What a partner sends of a product."""
    return {
        "VendorCode": "V001",
        "ProductCode": f"P{number:05}",
        "Product": f"Product {number}",
        **fields,
    }
