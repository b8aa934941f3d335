"""Tables that grow for ever are cut by time: old parts are dropped whole, new ones made ahead.

Each such table has a default partition, so that a row is never refused; rows that landed there are
moved when the partition they belong to is made.
"""

import datetime
from typing import Any, Literal

from django.db import connection
from django.db.migrations.operations.base import Operation

Step = Literal["day", "month"]

_FUNCTION = """
CREATE OR REPLACE FUNCTION emr_add_partitions(parent text, cut_by text, step text, ahead int)
RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    opens timestamptz;
    shuts timestamptz;
    part text;
    made int := 0;
BEGIN
    IF step NOT IN ('day', 'month') THEN
        RAISE EXCEPTION 'step must be day or month';
    END IF;
    -- Two workers may come at once; the second finds everything done.
    PERFORM pg_advisory_xact_lock(hashtext('emr_add_partitions'), hashtext(parent));
    FOR i IN 0..ahead LOOP
        opens := (date_trunc(step, now() AT TIME ZONE 'UTC') + i * ('1 ' || step)::interval)
                 AT TIME ZONE 'UTC';
        shuts := ((opens AT TIME ZONE 'UTC') + ('1 ' || step)::interval) AT TIME ZONE 'UTC';
        part := parent || to_char(opens AT TIME ZONE 'UTC',
                                  CASE step WHEN 'day' THEN '_YYYYMMDD' ELSE '_YYYYMM' END);
        CONTINUE WHEN to_regclass(part) IS NOT NULL;
        EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)',
                       part, parent);
        EXECUTE format('WITH moved AS (DELETE FROM %I WHERE %I >= %L AND %I < %L RETURNING *)'
                       ' INSERT INTO %I SELECT * FROM moved',
                       parent || '_default', cut_by, opens, cut_by, shuts, part);
        EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                       parent, part, opens, shuts);
        made := made + 1;
    END LOOP;
    RETURN made;
END $$;
REVOKE ALL ON FUNCTION emr_add_partitions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION emr_add_partitions TO emr_worker, emr_staff;

-- Who may call this may forget what is old, and nothing of the last day.
CREATE OR REPLACE FUNCTION emr_drop_partitions(parent text, cut_by text, before timestamptz)
RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
SET lock_timeout = '5s' AS $$
DECLARE
    part regclass;
    dropped int := 0;
BEGIN
    IF before > now() - interval '1 day' THEN
        RAISE EXCEPTION 'the last day is kept';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('emr_add_partitions'), hashtext(parent));
    FOR part IN
        SELECT i.inhrelid::regclass FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = to_regclass(parent)
          AND substring(pg_get_expr(c.relpartbound, c.oid)
                        FROM 'TO \\(''([^'']+)''\\)')::timestamptz <= before
    LOOP
        EXECUTE format('DROP TABLE %s', part);
        dropped := dropped + 1;
    END LOOP;
    EXECUTE format('DELETE FROM %I WHERE %I < %L', parent || '_default', cut_by, before);
    RETURN dropped;
END $$;
REVOKE ALL ON FUNCTION emr_drop_partitions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION emr_drop_partitions TO emr_worker, emr_staff;
"""


def add_ahead(table: str, *, cut_by: str, step: Step, ahead: int) -> int:
    """Make the partitions of now and of the next `ahead` steps; returns how many were missing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT emr_add_partitions(%s, %s, %s, %s)", [table, cut_by, step, ahead])
        return int(cursor.fetchone()[0])


def drop_before(table: str, *, cut_by: str, before: datetime.datetime) -> int:
    """Drop the partitions that end before an instant, a day ago or longer; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT emr_drop_partitions(%s, %s, %s)", [table, cut_by, before])
        return int(cursor.fetchone()[0])


class PartitionByTime(Operation):
    """Migration: give a table made PARTITION BY RANGE its default partition and its first ones."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, table: str, *, cut_by: str, step: Step, ahead: int) -> None:
        self.table, self.cut_by, self.step, self.ahead = table, cut_by, step, ahead

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Partitions are not part of Django's model state."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Make the functions, the default partition, and what is needed now."""
        schema_editor.execute(_FUNCTION, params=None)
        schema_editor.execute(
            f"CREATE TABLE {self.table}_default PARTITION OF {self.table} DEFAULT"
        )
        schema_editor.execute(
            "SELECT emr_add_partitions(%s, %s, %s, %s)",
            [self.table, self.cut_by, self.step, self.ahead],
        )

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Nothing: the partitions go with their table."""

    def describe(self) -> str:
        """One line for `migrate`'s output."""
        return f"Cut {self.table} by {self.step}"
