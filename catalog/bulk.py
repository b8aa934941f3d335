"""Writing products by the thousand, in a few statements.

A batch goes into a table of the transaction (COPY is twice as fast as arrays), and from there, in
the order of its keys, into the catalogue. The first statement takes every row of the batch for
itself: it inserts what is new and locks what is there. All batches do that in one and the same
order, so two of them may wait for each other but never both at once. From then on nobody else
writes these rows; what changes in them is decided against what they hold at that moment, so no
change of another batch is lost, and each batch can tell truthfully what it did.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, NamedTuple

from django.db import connection

from catalog.items import ATTRIBUTES, Checked, Checker, Fault, Row
from catalog.models import Product

CREATED, UPDATED, UNCHANGED = "created", "updated", "unchanged"

_KEY, _REST = ATTRIBUTES[:2], ATTRIBUTES[2:]
_MONEY = {name for name in _REST if Product._meta.get_field(name).null}
# What a new product has where nothing was sent. (Its name must have been.)
_OTHERWISE = {
    "name": "(SELECT p.name FROM catalog_product p WHERE {key})",
    "is_active": "true",
    **dict.fromkeys(_MONEY, "NULL"),
}


def _after(column: str, before: str) -> str:
    """The value of a column: what was sent, else what was there; NaN is a null that was sent."""
    after = f"coalesce(s.{column}, {before})"
    return f"nullif({after}, 'NaN')" if column in _MONEY else after


_SAME_KEY = " AND ".join(f"p.{column} = s.{column}" for column in _KEY)
_NEW = ", ".join(
    _after(column, _OTHERWISE.get(column, "''").format(key=_SAME_KEY)) for column in _REST
)
_CHANGED = "({}) IS DISTINCT FROM ({})".format(
    ", ".join(_after(column, f"p.{column}") for column in _REST),
    ", ".join(f"p.{column}" for column in _REST),
)
_COLUMNS = ", ".join(ATTRIBUTES)

# ruff: noqa: S608 - made of constants, all of it
_STAGE = f"""
CREATE TEMP TABLE catalog_staged ON COMMIT DROP AS
SELECT 0 AS position, {_COLUMNS} FROM catalog_product WITH NO DATA
"""
_FILL = f"COPY catalog_staged (position, {_COLUMNS}) FROM STDIN"
_DROP_NAMELESS = f"""
DELETE FROM catalog_staged s
WHERE s.name IS NULL AND NOT EXISTS (SELECT FROM catalog_product p WHERE {_SAME_KEY})
RETURNING position
"""
_COMPARE = f"""
SELECT s.position, p.id, CASE WHEN p.id IS NULL THEN '{CREATED}' WHEN {_CHANGED}
    THEN '{UPDATED}' ELSE '{UNCHANGED}' END
FROM catalog_staged s LEFT JOIN catalog_product p ON {_SAME_KEY}
"""
_TAKE = f"""
INSERT INTO catalog_product ({_COLUMNS}, updated_at)
SELECT {", ".join(f"s.{column}" for column in _KEY)}, {_NEW}, now()
FROM catalog_staged s ORDER BY {", ".join(f"s.{column}" for column in _KEY)}
ON CONFLICT ({", ".join(_KEY)}) DO UPDATE SET id = catalog_product.id WHERE false
RETURNING id
"""
_CHANGE = f"""
UPDATE catalog_product p SET updated_at = now(),
    {", ".join(f"{column} = {_after(column, f'p.{column}')}" for column in _REST)}
FROM catalog_staged s WHERE {_SAME_KEY} AND {_CHANGED}
RETURNING p.id
"""
_FIND = f"SELECT s.position, p.id FROM catalog_staged s JOIN catalog_product p ON {_SAME_KEY}"


class Outcome(NamedTuple):
    """What became of one good item; a product that a trial would create has no id."""

    product_id: int | None
    outcome: str


@dataclass
class Report:
    """What became of a batch: of good items by position, and the faults of the others."""

    outcomes: dict[int, Outcome] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    untold: int = 0
    counts: Counter[str] = field(default_factory=Counter)


_Found = tuple[int, int | None, str]


class Refused(Exception):
    """There are faults, so nothing was written."""

    def __init__(self, faults: Sequence[Fault], untold: int) -> None:
        super().__init__(f"{len(faults) + untold} faults")
        self.faults, self.untold = faults, untold


def upsert(
    *,
    items: Iterable[Any],
    vendor_codes: Iterable[str] = (),
    skip_faulty: bool = False,
    dry_run: bool = False,
) -> Report:
    """Create products and change them, in the caller's transaction; see `upsert_checked`."""
    checked = Checker(vendor_codes).check(enumerate(items))
    return upsert_checked(checked=checked, skip_faulty=skip_faulty, dry_run=dry_run)


def upsert_checked(*, checked: Checked, skip_faulty: bool, dry_run: bool) -> Report:
    """Write what has been looked through. What was not sent stays, in a product that is there.

    Raises Refused if there are faults, unless they are to be skipped. A dry run writes nothing.
    """
    with _staged(checked.rows):
        for position in _nameless(checked.rows):
            checked.blame(position, [("Product", "required", "A new product needs a name.")])
        is_refused = bool(checked.faulty) and not skip_faulty
        found = [] if is_refused else _compare() if dry_run else _write()
    checked.faults.sort(key=attrgetter("position"))
    if is_refused:
        raise Refused(checked.faults, checked.untold)
    outcomes = {position: Outcome(product_id, told) for position, product_id, told in found}
    counts = Counter(outcome.outcome for outcome in outcomes.values())
    counts["failed"] = len(checked.faulty)
    return Report(outcomes, checked.faults, checked.untold, counts)


@contextmanager
def _staged(rows: Sequence[Row]) -> Iterator[None]:
    """The rows in a table of their own, which has the columns of products."""
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        with cursor.copy(_FILL) as copy:
            for row in rows:
                copy.write_row(row)
        yield
        cursor.execute("DROP TABLE catalog_staged")


def _nameless(rows: Sequence[Row]) -> list[int]:
    """Take out the rows without a name whose product is not there, and say which they were."""
    place = 1 + ATTRIBUTES.index("name")
    if all(row[place] is not None for row in rows):
        return []
    return [position for (position,) in _fetched(_DROP_NAMELESS)]


def _compare() -> list[_Found]:
    return _fetched(_COMPARE)


def _write() -> list[_Found]:
    created = {product_id for (product_id,) in _fetched(_TAKE)}
    updated = {product_id for (product_id,) in _fetched(_CHANGE)}
    return [
        (
            position,
            product_id,
            CREATED if product_id in created else UPDATED if product_id in updated else UNCHANGED,
        )
        for position, product_id in _fetched(_FIND)
    ]


def _fetched(statement: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        rows: list[Any] = cursor.fetchall()
    return rows
