"""A demo catalogue, which all practices share: three vendors' price lists, written as the API does.

Names of vendors and products are made up; the numbers in the bar codes are of the range 02, which
shops keep for themselves.
"""

from decimal import Decimal
from typing import Any

from catalog import bulk
from catalog.models import Product

# Vendor, category, then code, name, unit, cost and retail price.
_LISTS = """
V001 | Skin care
  SER-10  | Vitamin C serum 10 %, 30 ml        | bottle | 21.40 |  64.00
  SER-15  | Vitamin C serum 15 %, 30 ml        | bottle | 26.90 |  78.00
  RET-03  | Retinol night cream 0.3 %, 50 ml   | jar    | 18.75 |  59.00
  RET-10  | Retinol night cream 1 %, 50 ml     | jar    | 27.10 |  84.00
  SPF-50  | Mineral sunscreen SPF 50, 60 ml    | tube   |  9.80 |  36.00
  CLN-01  | Gentle cleanser, 200 ml            | bottle |  7.25 |  28.00
  MSK-05  | Hydrating mask, box of 5           | box    | 11.00 |  42.50
V001 | Peels
  PEL-20  | Glycolic peel 20 %, 50 ml          | bottle | 14.60 |
  PEL-35  | Glycolic peel 35 %, 50 ml          | bottle | 19.90 |
V002 | Supplies
  GLV-S   | Nitrile gloves, small, 100 pcs     | box    |  6.10 |
  GLV-M   | Nitrile gloves, medium, 100 pcs    | box    |  6.10 |
  GLV-L   | Nitrile gloves, large, 100 pcs     | box    |  6.10 |
  SYR-1   | Syringe 1 ml, 100 pcs              | box    | 12.35 |
  NDL-30  | Needle 30 G x 13 mm, 100 pcs       | box    |  8.90 |
  GAU-10  | Gauze 10 x 10 cm, 200 pcs          | pack   |  5.45 |
V003 | Laser
  TIP-6   | Handpiece tip 6 mm                 | each   | 145.00 |
  TIP-12  | Handpiece tip 12 mm                | each   | 168.00 |
  GOG-01  | Protective goggles, patient        | each   |  32.00 |
  GEL-5   | Cooling gel, 5 l                   | can    |  23.50 |
"""
_GIVEN_UP = {"RET-10"}


def furnish() -> int:
    """Fill a catalogue that is empty; how many products there are."""
    if not Product.objects.exists():
        bulk.upsert(items=list(_items()))
    return Product.objects.count()


def _items() -> list[dict[str, Any]]:
    vendor = category = ""
    items: list[dict[str, Any]] = []
    for line in _LISTS.strip().splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if not line.startswith(" "):
            vendor, category = cells
            continue
        code, name, unit, cost, price = cells
        items.append(
            {
                "VendorCode": vendor,
                "ProductCode": code,
                "Product": name,
                "Category": category,
                "UPC": f"02{vendor[1:]}{len(items):07}",
                "Unit": unit,
                "Cost": Decimal(cost),
                "RetailPrice": Decimal(price) if price else None,
                "Active": code not in _GIVEN_UP,
            }
        )
    return items
