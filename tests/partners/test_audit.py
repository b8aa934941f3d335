"""The audit log stays as it is, whoever comes."""

from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection

from partners import tenancy
from partners.models import AuditEntry, Practice
from tests.partners.conftest import Staff


@pytest.fixture
def entry(staff: Staff) -> int:
    """An entry, of ten years ago if the test says so."""
    with staff(), connection.cursor() as cursor:
        cursor.execute("SELECT partners_audit('viewed', 'prospects.person', '7', NULL, '')")
        return AuditEntry.objects.latest("id").pk


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE partners_auditentry SET actor = 'somebody else'",
        "DELETE FROM partners_auditentry",
        "TRUNCATE partners_auditentry",
        "ALTER TABLE partners_auditentry DISABLE TRIGGER USER",
        "INSERT INTO partners_auditentry (action, at) VALUES ('viewed', '2020-01-01')",
        "INSERT INTO partners_auditentry (action, id) VALUES ('viewed', 1)",
    ],
)
def test_staff_may_only_add_and_read(staff: Staff, entry: int, statement: str) -> None:
    with pytest.raises(ProgrammingError), staff(), connection.cursor() as cursor:
        cursor.execute(statement)

    with staff():
        assert AuditEntry.objects.get().actor == "tests"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE partners_auditentry SET actor = 'somebody else'",
        "DELETE FROM partners_auditentry",
        "TRUNCATE partners_auditentry",
    ],
)
def test_not_even_the_owner_changes_it(
    owner: psycopg.Connection[Any], staff: Staff, entry: int, statement: str
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="The audit log is kept"):
        owner.execute(statement)

    with staff():
        assert AuditEntry.objects.get().pk == entry


@pytest.mark.parametrize(("years", "left"), [("5 years 364 days", 1), ("6 years 1 day", 0)])
def test_the_owner_may_delete_what_is_old(
    owner: psycopg.Connection[Any], database: None, staff: Staff, years: str, left: int
) -> None:
    owner.execute(
        "INSERT INTO partners_auditentry (action, at) VALUES ('viewed', now() - %s::interval)",
        [years],
    )

    if left:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            owner.execute("DELETE FROM partners_auditentry")
    else:
        owner.execute("DELETE FROM partners_auditentry")

    with staff():
        assert AuditEntry.objects.count() == left


@pytest.mark.parametrize("role", [tenancy.WEB, tenancy.WORKER, tenancy.SENDER, tenancy.LOG_WRITER])
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT count(*) FROM partners_auditentry",
        "INSERT INTO partners_auditentry (action) VALUES ('viewed')",
        "SELECT partners_audit('viewed', '', '', NULL, '')",
    ],
)
def test_nobody_else_sees_it_or_adds_to_it(entry: int, role: str, statement: str) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        tenancy.acting_as(role),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_the_model_writes_nothing(staff: Staff) -> None:
    with pytest.raises(TypeError), staff():
        AuditEntry.objects.create(action=AuditEntry.Action.VIEWED)


def test_commands(our_practice: Practice, make_key: Any, staff: Staff, noted: Any) -> None:
    key = make_key(our_practice)
    noted("id")

    with tenancy.acting_as(tenancy.STAFF):
        call_command("revoke_api_key", str(key.pk))
        call_command("list_api_keys")

    ((actor, *what),) = noted("actor", "action", "object_type", "object_id", "detail", "ip")
    assert actor.startswith("operator ")
    assert what == ["ran", "partners.apikey", str(key.pk), "revoke_api_key", None]
