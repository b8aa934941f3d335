"""What is answered to a batch."""

from collections.abc import Iterable, Sequence
from typing import Any

from catalog.bulk import Outcome, Report
from catalog.items import Fault
from emrapi.api.suggestions import shortened

_FAILED = Outcome(None, "failed")
_LONGEST_CODE = 100


def errors_of(faults: Iterable[Fault], untold: int) -> list[dict[str, str]]:
    """The faults by the places of the items in the body."""
    errors = [
        {
            "field": f"products[{position}]{f'.{field}' if field else ''}",
            "code": code,
            "message": message,
        }
        for position, field, code, message in faults
    ]
    if untold:
        message = f"There are faults in {untold:,} more items, which are not listed."
        errors.append({"field": "products", "code": "too_many", "message": message})
    return errors


def report_of(report: Report, items: Sequence[Any]) -> dict[str, Any]:
    """The counts, and what became of each item, in the order of the body."""
    outcomes = report.outcomes
    return {
        **{name: report.counts[name] for name in ("created", "updated", "unchanged", "failed")},
        "results": [
            {
                "index": index,
                "VendorCode": _code(item, "VendorCode"),
                "ProductCode": _code(item, "ProductCode"),
                "ProductID": outcome.product_id,
                "outcome": outcome.outcome,
            }
            for index, item in enumerate(items)
            if (outcome := outcomes.get(index, _FAILED))
        ],
    }


def _code(item: Any, name: str) -> str | None:
    """The code as it is kept; null where none was sent."""
    code = item.get(name) if type(item) is dict else None
    if type(code) is not str:
        return None
    code = code.strip()
    return code if len(code) <= _LONGEST_CODE else shortened(code)
