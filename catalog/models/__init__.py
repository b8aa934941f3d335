"""What the catalogue keeps."""

from catalog.models.history import ProductEvent
from catalog.models.product import Product
from catalog.models.vendor import VendorGrant

__all__ = ["Product", "ProductEvent", "VendorGrant"]
