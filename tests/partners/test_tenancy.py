"""PostgreSQL keeps practices apart by itself, whatever the application forgets."""

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

from partners import tenancy
from partners.caller import enter
from partners.checks import tenant_models, tenant_tables_are_protected
from partners.models import ApiKey, Partner, Practice, StoredAnswer
from scheduling.models import Provider
from tests.factories import ProviderFactory


@pytest.fixture
def two_providers(our_practice, other_practice):
    return ProviderFactory(practice=our_practice), ProviderFactory(practice=other_practice)


def test_forgotten_practice_shows_nothing(two_providers):
    assert list(Provider.objects.all()) == []


def test_query_without_a_filter_shows_one_practice_only(two_providers):
    ours, theirs = two_providers

    for mine in (ours, theirs):
        with tenancy.within_practice(mine.practice_id):
            assert list(Provider.objects.all()) == [mine]
    assert list(Provider.objects.all()) == []


def test_request_sees_the_rows_of_its_key_only(two_providers, our_practice, make_key):
    ours, _ = two_providers
    key = make_key(our_practice)

    with transaction.atomic():
        caller = enter(key.pk, "r1")
        seen = list(Provider.objects.all())

    assert caller.practice_id == our_practice.pk
    assert seen == [ours]
    assert list(Provider.objects.all()) == []


def test_row_cannot_be_written_for_another_practice(our_practice, other_practice):
    foreign = StoredAnswer(practice=other_practice, api_key_id=1, status=200, body=b"")

    with (
        tenancy.within_practice(our_practice.pk),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        StoredAnswer.objects.bulk_create([foreign])


@pytest.mark.parametrize("model", [ApiKey, Partner, Practice])
def test_serving_role_cannot_read_keys_at_large(database, model):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        list(model.objects.all())


def test_serving_role_can_neither_bypass_nor_own(database):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolsuper, rolbypassrls, rolcreaterole, rolcanlogin"
            " FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == ("emr_web", False, False, False, False)
        cursor.execute("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole")
        assert cursor.fetchone() == (0,)


def test_settings_do_not_outlive_their_block(our_practice):
    with tenancy.acting_as(tenancy.STAFF), transaction.atomic():
        with tenancy.within_practice(our_practice.pk):
            pass
        assert _setting("app.practice_id") == ""
        with tenancy.acting_as(tenancy.WORKER):
            assert _setting("role") == "emr_worker"
        assert _setting("role") == "emr_staff"
    assert _setting("role") == "emr_web"


def test_staff_role_is_given_back_after_an_error(our_practice):
    with transaction.atomic():
        with pytest.raises(RuntimeError), tenancy.acting_as(tenancy.STAFF):
            raise RuntimeError
        assert _setting("role") == "emr_web"


def test_every_tenant_table_is_protected(database):
    assert tenant_tables_are_protected(["default"]) == []
    assert {model._meta.label for model in tenant_models()} >= {
        "partners.StoredAnswer",
        "scheduling.Provider",
        "webhooks.LogEntry",
        "prospects.Person",
    }


def test_check_fails_for_a_tenant_table_without_policy(owner: psycopg.Connection, database):
    owner.execute("ALTER TABLE scheduling_provider NO FORCE ROW LEVEL SECURITY")
    try:
        found = tenant_tables_are_protected(["default"])
    finally:
        owner.execute("ALTER TABLE scheduling_provider FORCE ROW LEVEL SECURITY")

    assert [(message.id, message.obj) for message in found] == [("partners.E001", Provider)]


def test_no_partition_can_be_reached_beside_its_parent(owner: psycopg.Connection, database):
    open_ones = owner.execute(
        "SELECT c.relname FROM pg_class c WHERE relispartition AND relkind = 'r'"
        " AND (has_table_privilege('emr_web', c.oid, 'SELECT, INSERT, UPDATE, DELETE')"
        "   OR has_table_privilege('emr_worker', c.oid, 'SELECT, INSERT, UPDATE, DELETE'))"
    ).fetchall()

    assert open_ones == []


def test_doors_for_the_serving_role_are_closed_to_everybody_else(owner, database):
    doors = owner.execute(
        "SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
        " AND has_function_privilege('public', oid, 'EXECUTE')"
    ).fetchall()

    assert doors == []


def _setting(name):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s, true)", [name])
        return cursor.fetchone()[0]
