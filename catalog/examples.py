"""Examples for the API document: the published one, and whole answers."""

from typing import Any

from emrapi.api.examples import answered, page, sent

_STORED: dict[str, Any] = {
    "ProductID": 7001,
    "VendorCode": "V001",
    "ProductCode": "P001",
    "Product": "Example Product",
    "Description": "",
    "Category": "Skin care",
    "UPC": "036000291452",
    "Unit": "each",
    "Cost": 54.5,
    "RetailPrice": 99.99,
    "Active": True,
    "UpdatedAt": "2026-03-09T14:15:00.123456Z",
}
_SENT = {
    "VendorCode": "V001",
    "ProductCode": "P001",
    "Product": "Example Product",
    "RetailPrice": 99.99,
}
_MESSAGE = "Products processed successfully"


def _report(*results: tuple[str, int | None, str]) -> dict[str, Any]:
    outcomes = [outcome for *_, outcome in results]
    return {
        **{name: outcomes.count(name) for name in ("created", "updated", "unchanged", "failed")},
        "results": [
            {
                "index": index,
                "VendorCode": "V001",
                "ProductCode": code,
                "ProductID": product_id,
                "outcome": outcome,
            }
            for index, (code, product_id, outcome) in enumerate(results)
        ],
    }


PRODUCTS = [answered("A page", page(_STORED))]
BATCH = [
    sent("One product", {"products": [_SENT]}),
    answered(
        "All is well",
        {
            "message": _MESSAGE,
            "data": _report(("P001", 7001, "created"), ("P002", 6990, "updated")),
        },
    ),
    answered(
        "One was skipped",
        {
            "message": _MESSAGE,
            "data": _report(("P001", 7001, "unchanged"), ("P003", None, "failed")),
            "errors": [
                {
                    "field": "products[1].RetailPrice",
                    "code": "out_of_range",
                    "message": "Ensure that there are no more than 2 decimal places.",
                }
            ],
        },
    ),
]
