"""What the audit log notes of the admin: changes, actions, rights and passwords."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.db import transaction
from django.test import Client as DjangoClient

from partners.models import Partner, Practice
from tests.factories import PartnerFactory
from tests.partners.conftest import PASSWORD, Staff
from tests.prospects.factories import PersonFactory

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def browser(staff: Staff, kim: Any) -> DjangoClient:
    """Her browser, at an address of its own."""
    browser = DjangoClient(REMOTE_ADDR="203.0.113.9", headers={"X-Request-Id": "request-1"})
    with staff():
        browser.force_login(kim, BACKEND)
    return browser


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
