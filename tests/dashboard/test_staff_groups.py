"""The groups in the database are those of the table, and no kind of row is left out of it."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from django.db.migrations.state import ProjectState

from dashboard.staff_groups import GROUPS, TABLE, StaffGroups, every_kind_has_a_line, permissions_of

Staff = Callable[[], AbstractContextManager[None]]


def held(group: Group) -> set[tuple[str, str]]:
    rows = group.permissions.values_list(
        "content_type__app_label", "content_type__model", "codename"
    )
    return {(f"{app}.{model}", codename.split("_")[0]) for app, model, codename in rows}


@pytest.mark.parametrize("name", GROUPS)
def test_group_holds_what_the_table_says(staff: Staff, name: str) -> None:
    with staff():
        group = Group.objects.get(name=name)

        # Unequal after a change of the table? Then StaffGroups() belongs into a new migration.
        assert held(group) == set(permissions_of(name))


def test_groups_are_no_trace_of_a_test(fresh_tables: None, staff: Staff) -> None:
    with staff():
        for group in Group.objects.all():
            assert held(group) == set(permissions_of(group.name))
        assert Group.objects.count() == len(GROUPS)


def test_permissions_are_named_as_django_names_them(staff: Staff) -> None:
    with staff():
        known = {p.pk: p.name for p in Permission.objects.all()}
        for app in apps.get_app_configs():
            create_permissions(app, verbosity=0)

        assert {p.pk: p.name for p in Permission.objects.all()} == known
        for permission in Permission.objects.select_related("content_type"):
            opts = permission.content_type.model_class()._meta
            action = permission.codename.split("_")[0]
            assert permission.name == f"Can {action} {opts.verbose_name_raw}"


def test_each_group_can_do_no_more_than_the_next_ones() -> None:
    viewer, support, keys, administrator = (set(permissions_of(name)) for name in GROUPS)

    assert viewer < support < administrator
    assert viewer < keys < administrator
    assert not [action for _, action in viewer if action != "view"]


def test_everything_in_the_admin_is_in_the_table() -> None:
    known = {
        model._meta.label_lower for model in apps.get_models() if admin.site.is_registered(model)
    }

    assert known - set(TABLE) == set()
    assert every_kind_has_a_line() == []


def test_kind_without_a_line_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(TABLE, "partners.practice")

    assert [(each.id, each.obj._meta.label) for each in every_kind_has_a_line()] == [
        ("dashboard.E001", "partners.Practice")
    ]


def test_again_by_another_migration(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    with staff():
        support = Group.objects.get(name="Support")
        user = User.objects.create_user("mia")
        user.groups.add(support)
        before = held(support)
    monkeypatch.setitem(TABLE, "partners.practice", ("v", "vd", "vac", "vac"))

    def migrate() -> None:
        with staff(), connection.schema_editor() as editor:
            state = ProjectState.from_apps(apps)
            StaffGroups().database_forwards("dashboard", editor, state, state)

    migrate()
    with staff():
        after, members = held(support), list(support.user_set.values_list("username", flat=True))
    monkeypatch.undo()
    migrate()

    assert after - before == {("partners.practice", "delete")}
    assert members == ["mia"]
    with staff():
        assert held(support) == before
        assert Group.objects.count() == 4
