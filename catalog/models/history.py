"""History: triggers write a row for every change of a product, whoever makes it.

They fire once for a statement, not once for a row, so that a price list of 50,000 products keeps
its history by one INSERT.
"""

import pghistory
import pgtrigger
from django.db import models

from catalog.models.product import Product

ProductEvent = pghistory.create_event_model(
    Product,
    *(pghistory.ManualEvent(label) for label in ("insert", "update", "delete")),
    exclude=["search_text"],
    model_name="ProductEvent",
    abstract=False,
    attrs={"pgh_id": models.BigAutoField(primary_key=True)},
    meta={
        "verbose_name": "change of a product",
        "verbose_name_plural": "changes of products",
        "indexes": [models.Index(fields=["pgh_obj", "pgh_id"], name="productevent_of")],
    },
)

_KEPT = (
    "id vendor_code product_code name description category upc unit cost retail_price is_active"
    " updated_at"
).split()
_INTO = ", ".join(["pgh_obj_id", *_KEPT, "pgh_created_at", "pgh_label", "pgh_context",
                   "pgh_context_id"])  # fmt: skip
_VALUES = ", ".join(["r.id", *(f"r.{column}" for column in _KEPT)])
_CONTEXT = (
    "nullif(current_setting('pghistory.context_metadata', true), '')::jsonb,"
    " nullif(current_setting('pghistory.context_id', true), '')::uuid"
)


def _keep(operation: pgtrigger.Operation, rows: str, *, old: bool, new: bool) -> None:
    label = str(operation).lower()
    pgtrigger.register(
        pgtrigger.Trigger(
            name=f"history_{label}",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=operation,
            referencing=pgtrigger.Referencing(
                old="old_rows" if old else None, new="new_rows" if new else None
            ),
            func=(
                f"INSERT INTO catalog_productevent ({_INTO})"  # noqa: S608 - made of constants
                f" SELECT {_VALUES}, now(), '{label}', {_CONTEXT} FROM {rows};"
                " RETURN NULL;"
            ),
        )
    )(Product)


_keep(pgtrigger.Insert, "new_rows r", old=False, new=True)
_keep(pgtrigger.Delete, "old_rows r", old=True, new=False)
_keep(
    pgtrigger.Update,
    "new_rows r JOIN old_rows o ON o.id = r.id WHERE (o.*) IS DISTINCT FROM (r.*)",
    old=True,
    new=True,
)
