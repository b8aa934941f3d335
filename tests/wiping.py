"""What a test wrote, wiped.

Rows are deleted, children first, for that is much cheaper than TRUNCATE, which swaps the files of
every table that refers to one that is emptied, and of all their partitions and indexes. Triggers
of pgtrigger stand aside meanwhile: they would keep history, or refuse. Tables in which nobody may
delete, or where another trigger would act on it, are truncated by themselves; and now and then all
are, so that dead rows do not pile up.
"""

from collections.abc import Iterable
from graphlib import TopologicalSorter
from typing import Any

import pgtrigger
import psycopg
from psycopg import sql

_KEPT = ["django_migrations", "django_content_type", "auth_permission", "auth_group"]
_KEPT += ["auth_group_permissions"]
# Triggers keep its rows from everybody, us too, until they are switched off.
_SEALED = "partners_auditentry"
_TRUNCATED_EVERY = 200

_TABLES = """
SELECT relname, relrowsecurity,
    (NOT relrowsecurity OR has_table_privilege('emr_staff', oid, 'DELETE'))
    AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = pg_class.oid AND NOT tgisinternal
                    AND tgtype & 8 <> 0 AND tgname NOT LIKE 'pgtrigger%%')
FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition
  AND relnamespace = 'public'::regnamespace AND relname <> ALL (%s)
"""
_REFERENCES = """
SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint
WHERE contype = 'f' AND conparentid = 0 AND conrelid <> confrelid
"""

# From PostgreSQL 18 on.
_CAN_FORGET = "SELECT to_regproc('pg_clear_attribute_stats') IS NOT NULL"
_FORGET = """
SELECT pg_clear_attribute_stats('public', relname::text, attname::text, inherited)
FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid CROSS JOIN (VALUES (false), (true))
    AS kind (inherited)
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND attnum > 0
  AND NOT attisdropped AND (inherited OR relkind = 'r')
"""


class Wiper:
    """Empties every table that is not empty, but for those that migrations fill."""

    def __init__(self, owner: psycopg.Connection[Any]) -> None:
        self._owner = owner
        self._times = 0
        found = owner.execute(_TABLES, [_KEPT]).fetchall()
        self._order = _children_first(owner, [name for name, *_ in found])
        self._protected = {name for name, is_protected, _ in found if is_protected}
        self._undeletable = {name for name, _, may_delete in found if not may_delete}
        # The policies hold the owner too, so rows behind one are for the staff role to see.
        self._open_ones = _rows_in(
            owner, [each for each in self._order if each not in self._protected]
        )
        self._hidden_ones = _rows_in(owner, sorted(self._protected))
        ignored = ",".join(trigger.get_pgid(model) for model, trigger in pgtrigger.registered())
        self._ignored = "{" + ignored + "}"

    def __call__(self) -> None:
        """Wipe."""
        self._times += 1
        full = {name for (name,) in self._owner.execute(self._open_ones).fetchall()}
        with self._owner.transaction():
            self._owner.execute("SET LOCAL ROLE emr_staff")
            full |= {name for (name,) in self._owner.execute(self._hidden_ones).fetchall()}
        if not full:
            return
        if self._times % _TRUNCATED_EVERY == 0:
            self._truncate(full, "CASCADE")
            return
        if stubborn := full & self._undeletable:
            self._truncate(stubborn, "CASCADE")
        one_by_one = [self._delete_from(name) for name in self._order if name in full - stubborn]
        with self._owner.transaction():
            self._owner.execute("SELECT set_config('pgtrigger.ignore', %s, true)", [self._ignored])
            # All in one go: each on its own would be a journey of its own.
            self._owner.execute(sql.SQL("; ").join(one_by_one))

    def _delete_from(self, name: str) -> sql.Composed:
        role = "emr_staff" if name in self._protected else "none"
        return sql.SQL(f"SET LOCAL ROLE {role}; DELETE FROM {{}}").format(sql.Identifier(name))

    def afresh(self) -> None:
        """New files for every table, and nothing known of the rows that were: for tests of plans.

        Dead rows swell tables and indexes, and what a planner does depends on their size.
        """
        self._truncate(self._order, "CASCADE")
        if self._owner.execute(_CAN_FORGET).fetchone() == (True,):
            self._owner.execute(_FORGET)

    def _truncate(self, names: Iterable[str], how: str) -> None:
        listed = sql.SQL(", ").join(sql.Identifier(name) for name in sorted(names))
        with self._owner.transaction():
            if _SEALED in names:
                self._owner.execute(f"ALTER TABLE {_SEALED} DISABLE TRIGGER USER")
            self._owner.execute(sql.SQL("TRUNCATE {} ").format(listed) + sql.SQL(how))
            if _SEALED in names:
                self._owner.execute(f"ALTER TABLE {_SEALED} ENABLE TRIGGER USER")


def _children_first(owner: psycopg.Connection[Any], tables: list[str]) -> list[str]:
    sorter: TopologicalSorter[str] = TopologicalSorter({name: set() for name in tables})
    for child, parent in owner.execute(_REFERENCES).fetchall():
        if child in tables and parent in tables:
            sorter.add(parent, child)
    return list(sorter.static_order())


def _rows_in(owner: psycopg.Connection[Any], tables: list[str]) -> bytes:
    parts = [
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(name, sql.Identifier(name))
        for name in tables
    ]
    return sql.SQL(" UNION ALL ").join(parts).as_bytes(owner)
