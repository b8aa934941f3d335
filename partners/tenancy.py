"""Who may see which rows is held by PostgreSQL; this module says it once, for migrations and code.

Roles that own nothing and cannot bypass row-level security:

- `emr_web` and `emr_worker` see the rows of the practice in the transaction's `app.practice_id`,
  and none while that is not set;
- `emr_sender`, which tells partners of events, sees the events, subscriptions and deliveries of
  every practice, and nothing else;
- `emr_staff`, for staff pages and operators' commands, sees every practice;
- `emr_log_writer`, for the EMR or any SQL client, may add to the log of events and no more.

The login of DATABASE_URL owns the tables, runs migrations and is a member of them; a process
takes its role right after connecting (`DATABASE_ROLE`). The settings are local to a transaction:
nothing is left behind on a pooled connection.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
from django.db import connection, transaction
from django.db.migrations.operations.base import Operation

WEB, WORKER, STAFF = "emr_web", "emr_worker", "emr_staff"
SENDER, LOG_WRITER = "emr_sender", "emr_log_writer"
ROLES = (WEB, WORKER, STAFF)

# nullif: after a transaction a custom setting reads '' rather than null, and a bare cast raises.
CURRENT_PRACTICE = "nullif(current_setting('app.practice_id', true), '')::bigint"


@contextmanager
def acting_as(role: str, **actor: Any) -> Iterator[None]:
    """A transaction in which the connection has `role`; `actor` is who history says it was."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('role')")
        before = cursor.fetchone()[0]
        cursor.execute("SELECT set_config('role', %s, true)", [role])
        if actor:
            name_actor(**actor)
        yield
        # Within an outer transaction the settings would outlive this block. (An error needs no
        # such care: rolling back restores them.)
        if not transaction.get_rollback():
            cursor.execute("SELECT set_config('role', %s, true)", [before])


@contextmanager
def within_practice(practice_id: int) -> Iterator[None]:
    """A transaction that sees the rows of one practice, for work that no request stands behind."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.practice_id', true)")
        before = cursor.fetchone()[0] or ""
        cursor.execute("SELECT set_config('app.practice_id', %s, true)", [str(practice_id)])
        yield
        if not transaction.get_rollback():
            cursor.execute("SELECT set_config('app.practice_id', %s, true)", [before])


def name_actor(**actor: Any) -> None:
    """Say, for the rest of this transaction, who is to be named in the rows' history."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pghistory.context_id', %s, true),"
            " set_config('pghistory.context_metadata', %s, true)",
            [str(uuid.uuid4()), orjson.dumps(actor).decode()],
        )


class CreateRoles(Operation):
    """Migration: make roles, unless an administrator has made them already."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, *roles: str) -> None:
        self.roles = roles or ROLES

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Roles are not part of Django's model state."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Create what is missing; two databases of one cluster may try at the same moment."""
        for role in self.roles:
            schema_editor.execute(
                f"""
                DO $$ BEGIN
                    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
                        CREATE ROLE {role} NOLOGIN NOBYPASSRLS NOSUPERUSER NOCREATEDB NOCREATEROLE;
                    END IF;
                EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
                END $$;
                """
            )
            schema_editor.execute(
                f"""
                DO $$ BEGIN
                    -- From 16 on, who makes a role may not take it on unless that is granted too.
                    IF NOT pg_has_role(current_user, '{role}', CASE WHEN
                        current_setting('server_version_num')::int >= 160000
                        THEN 'SET' ELSE 'MEMBER' END) THEN
                        GRANT {role} TO CURRENT_USER;
                    END IF;
                    GRANT USAGE ON SCHEMA public TO {role};
                EXCEPTION WHEN unique_violation OR internal_error THEN NULL;
                END $$;
                """
            )

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Roles stay: other databases of the cluster may use them."""

    def describe(self) -> str:
        """One line for `migrate`'s output."""
        return f"Create the roles {', '.join(self.roles)}"


class Protect(Operation):
    """Migration: the rights on one table and, with `tenant`, its row-level security.

    `web`, `worker`, `staff` and `sender` are lists of privileges as GRANT takes them ('' for none);
    `tenant` names the column that holds the practice. The sender serves all practices.
    """

    reversible = True
    reduces_to_sql = True

    def __init__(
        self,
        table: str,
        *,
        web: str = "",
        worker: str = "",
        staff: str = "ALL",
        sender: str = "",
        tenant: str | None = None,
    ) -> None:
        self.table, self.tenant = table, tenant
        self.rights = {WEB: web, WORKER: worker, STAFF: staff, SENDER: sender}

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Rights are not part of Django's model state."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Enable and force the policies, then grant."""
        if self.tenant:
            own = f"{self.tenant} = {CURRENT_PRACTICE}"
            schema_editor.execute(
                f"ALTER TABLE {self.table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;"
                f"CREATE POLICY tenant ON {self.table} TO {WEB}, {WORKER}"
                f" USING ({own}) WITH CHECK ({own});"
                f"CREATE POLICY staff ON {self.table} TO {STAFF} USING (true) WITH CHECK (true)"
            )
        if self.tenant and self.rights[SENDER]:
            schema_editor.execute(
                f"CREATE POLICY sender ON {self.table} TO {SENDER} USING (true) WITH CHECK (true)"
            )
        for role, privileges in self.rights.items():
            if privileges:
                schema_editor.execute(f"GRANT {privileges} ON {self.table} TO {role}")

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Take back what `database_forwards` gave."""
        granted = [role for role, privileges in self.rights.items() if privileges]
        schema_editor.execute(f"REVOKE ALL ON {self.table} FROM {', '.join(granted)}")
        if self.tenant:
            schema_editor.execute(
                f"DROP POLICY tenant ON {self.table}; DROP POLICY staff ON {self.table};"
                f"DROP POLICY IF EXISTS sender ON {self.table};"
                f"ALTER TABLE {self.table} DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY"
            )

    def describe(self) -> str:
        """One line for `migrate`'s output."""
        return f"Protect {self.table}"


class SamePractice(Operation):
    """Migration: a foreign key on (practice_id, column), so that no row of another practice fits.

    `on_delete` is PostgreSQL's: RESTRICT, CASCADE, SET NULL (of the column alone).
    """

    reversible = True
    reduces_to_sql = True

    def __init__(
        self, table: str, column: str, target: str, *, on_delete: str = "RESTRICT"
    ) -> None:
        self.table, self.column, self.target = table, column, target
        self.on_delete = f"SET NULL ({column})" if on_delete == "SET NULL" else on_delete

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Django's state has the plain key, without a constraint."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Add the constraint."""
        schema_editor.execute(
            f"ALTER TABLE {self.table} ADD CONSTRAINT {self._name}"
            f" FOREIGN KEY (practice_id, {self.column})"
            f" REFERENCES {self.target} (practice_id, id) ON DELETE {self.on_delete}"
        )

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Drop it."""
        schema_editor.execute(f"ALTER TABLE {self.table} DROP CONSTRAINT {self._name}")

    def describe(self) -> str:
        """One line for `migrate`'s output."""
        return f"{self.table}.{self.column} stays within its practice"

    @property
    def _name(self) -> str:
        return f"{self.table}_{self.column}_same_practice"
