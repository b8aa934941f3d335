"""History: triggers write a row for every change of a product, whoever makes it.

They fire once for a statement, not once for a row, so that a price list of 50,000 products keeps
its history by one INSERT.
"""

from typing import Any

import pghistory
import pgtrigger
from django.db import models

from catalog.models.product import Product

# Named for history, which the triggers below write.
_by_hand: Any = pghistory.ManualEvent
_tables: Any = pgtrigger.Referencing

ProductEvent = pghistory.create_event_model(
    Product,
    *(_by_hand(label) for label in ("insert", "update", "delete")),
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

_KEPT = ", ".join(
    "id vendor_code product_code name description category upc unit cost retail_price is_active"
    " updated_at".split()
)
_ACTOR = (
    "nullif(current_setting('pghistory.context_metadata', true), '')::jsonb,"
    " nullif(current_setting('pghistory.context_id', true), '')::uuid"
)


def _keep(operation: Any, rows: str, **tables: str) -> None:
    label = str(operation).lower()
    pgtrigger.register(
        pgtrigger.Trigger(
            name=f"history_{label}",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=operation,
            referencing=_tables(**tables),
            func=(
                f"INSERT INTO catalog_productevent (pgh_obj_id, {_KEPT}, pgh_created_at,"  # noqa: S608
                f" pgh_label, pgh_context, pgh_context_id) SELECT id, {_KEPT}, now(), '{label}',"
                f" {_ACTOR} FROM ({rows}) AS changed; RETURN NULL;"
            ),
        )
    )(Product)


_NEW, _OLD = (f"SELECT {_KEPT} FROM {rows}" for rows in ("new_rows", "old_rows"))  # noqa: S608
_keep(pgtrigger.Insert, _NEW, new="new_rows")
_keep(pgtrigger.Delete, _OLD, old="old_rows")
# EXCEPT: what is the same as before leaves no trace. A join would do, but the plan that PostgreSQL
# keeps for the trigger may be one made for no rows, and then compares each row with each.
_keep(pgtrigger.Update, f"{_NEW} EXCEPT {_OLD}", new="new_rows", old="old_rows")
