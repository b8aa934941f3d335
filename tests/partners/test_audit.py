"""The audit log: what arrives in it, with whom and whence, and that it stays."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import psycopg
import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction
from django.test import Client as DjangoClient

from partners import tenancy
from partners.models import AuditEntry, Partner, Practice
from tests.factories import PartnerFactory
from tests.prospects.factories import PersonFactory

Staff = Callable[[], AbstractContextManager[None]]
BACKEND = "django.contrib.auth.backends.ModelBackend"
PASSWORD = "correct horse battery"


@pytest.fixture
def browser(staff: Staff, kim: Any) -> DjangoClient:
    """Her browser, at an address of its own."""
    browser = DjangoClient(REMOTE_ADDR="203.0.113.9", headers={"X-Request-Id": "request-1"})
    with staff():
        browser.force_login(kim, BACKEND)
    return browser


# --- It stays ------------------------------------------------------------------------------------


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


# --- What the admin notes ------------------------------------------------------------------------


def test_change_in_the_admin(
    browser: DjangoClient, our_practice: Practice, noted: Any, kim: Any
) -> None:
    noted("id")

    answer = browser.post(
        f"/admin/partners/practice/{our_practice.pk}/change/",
        {"name": "Another name", "time_zone": "America/New_York", "is_active": "on"},
    )

    assert answer.status_code == 302
    assert noted(
        *("actor_id", "actor", "action", "object_type", "object_id", "practice_id", "detail"),
        *("ip", "request_id"),
    ) == [
        (kim.pk, "kim", "changed", "partners.practice", str(our_practice.pk), our_practice.pk)
        + ("Name", "203.0.113.9", "request-1")
    ]


def test_actions_on_keys(
    browser: DjangoClient, our_practice: Practice, make_key: Any, noted: Any
) -> None:
    one, two = make_key(our_practice), make_key(our_practice)
    noted("id")

    browser.post("/admin/partners/apikey/rotate/", {"key": one.pk, "overlap": "1"})
    browser.post("/admin/partners/apikey/revoke/", {"key": two.pk})

    assert noted("action", "object_id", "practice_id") == [
        ("rotated", str(one.pk), our_practice.pk),
        ("added", str(two.pk + 1), our_practice.pk),
        ("revoked", str(two.pk), our_practice.pk),
    ]


def test_what_is_noted_in_bulk(staff: Staff, kim: Any, partner: Partner, noted: Any) -> None:
    others = [PartnerFactory.create(), partner]
    noted("id")

    with staff():
        LogEntry.objects.log_actions(kim.pk, others, CHANGE, "Enabled.")

    assert noted("actor", "action", "object_type", "object_id", "detail") == [
        ("kim", "enabled", "partners.partner", str(each.pk), "Enabled.") for each in others
    ]


@pytest.mark.parametrize(
    ("message", "action", "detail"),
    [
        ("", "changed", ""),
        ("[]", "changed", ""),
        ("[sic", "changed", ""),
        ("[1, null, {}]", "changed", ""),
        ("Renewed the contract.", "changed", "Renewed the contract."),
        ("x" * 5000, "changed", "x" * 300),
        (
            [
                {"changed": {"fields": ["Name"]}},
                {"added": {"name": "weekly hours", "object": "Mo"}},
            ],
            "changed",
            "Name, weekly hours",
        ),
    ],
)
def test_whatever_the_admin_says(
    staff: Staff, kim: Any, partner: Partner, noted: Any, message: Any, action: str, detail: str
) -> None:
    noted("id")

    with staff():
        LogEntry.objects.log_actions(kim.pk, [partner], CHANGE, message)

    assert noted("action", "detail") == [(action, detail)]


def test_patients_are_not_named(
    browser: DjangoClient, staff: Staff, kim: Any, our_practice: Practice, partner: Partner
) -> None:
    """Not even to who wrote them, on the page on which one begins."""
    with staff():
        person = PersonFactory.create(practice=our_practice, last_name="Lovelace")
        LogEntry.objects.log_actions(kim.pk, [person], CHANGE, "x", single_object=True)
        LogEntry.objects.log_actions(kim.pk, [partner, person], CHANGE, "x")
        names = sorted(LogEntry.objects.values_list("object_repr", flat=True))
    begun = browser.get("/admin/").content.decode()

    assert names == sorted([str(partner), *[f"Person {person.pk}"] * 2])
    assert f"Person {person.pk}" in begun
    assert "Lovelace" not in begun


def test_nothing_is_noted_of_what_is_undone(staff: Staff, kim: Any, noted: Any) -> None:
    noted("id")

    with staff():
        LogEntry.objects.log_actions(kim.pk, [kim], CHANGE, "Enabled.")
        transaction.set_rollback(True)

    assert noted("id") == []


# --- Who may do what -----------------------------------------------------------------------------


@pytest.fixture
def group(staff: Staff) -> Iterator[Group]:
    """A group more; those that are there always are not wiped."""
    with staff():
        made = Group.objects.create(name="Night watch")
    yield made
    with staff():
        made.delete()


def test_rights_of_an_account(staff: Staff, group: Group, noted: Any) -> None:
    with staff():
        held = Permission.objects.get(codename="view_practice")
    noted("id")

    with staff():
        group.permissions.add(held)
        user = User.objects.create_user("mia", password=PASSWORD, is_staff=True)
        user.groups.set([group])
        user.user_permissions.set([held])
        user.is_superuser = True
        user.save()
        user.groups.clear()
        user.is_active = False
        user.set_password("another one")
        user.save()

    of_user = ("auth.user", str(user.pk))
    assert noted("actor", "action", "object_type", "object_id", "detail") == [
        ("tests", "granted", "auth.group", str(group.pk), "view_practice"),
        ("tests", "granted", *of_user, "staff pages"),
        ("tests", "granted", *of_user, "group Night watch"),
        ("tests", "granted", *of_user, "view_practice"),
        ("tests", "granted", *of_user, "superuser"),
        ("tests", "withdrawn", *of_user, "group Night watch"),
        ("tests", "password_changed", *of_user, ""),
        ("tests", "withdrawn", *of_user, "sign-in"),
    ]


def test_rights_given_by_sql(owner: psycopg.Connection[Any], kim: Any, noted: Any) -> None:
    noted("id")

    owner.execute("UPDATE auth_user SET is_superuser = false WHERE id = %s", [kim.pk])

    login = owner.execute("SELECT session_user").fetchone()[0]
    assert noted("actor", "action", "detail") == [(f"login {login}", "withdrawn", "superuser")]


def test_own_password_changed(browser: DjangoClient, noted: Any, kim: Any) -> None:
    noted("id")

    answer = browser.post(
        "/admin/password_change/",
        {
            "old_password": PASSWORD,
            "new_password1": "a-new-one-4711",
            "new_password2": "a-new-one-4711",
        },
    )

    assert answer.status_code == 302
    assert noted("actor", "action", "object_id", "ip", "request_id") == [
        ("kim", "password_changed", str(kim.pk), "203.0.113.9", "request-1")
    ]


# --- Commands ------------------------------------------------------------------------------------


def test_commands(our_practice: Practice, make_key: Any, staff: Staff, noted: Any) -> None:
    key = make_key(our_practice)
    noted("id")

    with tenancy.acting_as(tenancy.STAFF):
        call_command("revoke_api_key", str(key.pk))
        call_command("list_api_keys")

    ((actor, *what),) = noted("actor", "action", "object_type", "object_id", "detail", "ip")
    assert actor.startswith("operator ")
    assert what == ["ran", "partners.apikey", str(key.pk), "revoke_api_key", None]
