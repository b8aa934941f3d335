"""The log: what is appended with a commit, and by whom it may be read and written."""

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from partners import tenancy
from partners.scopes import EventScope
from webhooks import log
from webhooks.models import LogEntry
from webhooks.tasks import add_log_partitions


def append(practice, **changes):
    facts = {
        "practice_id": practice.pk,
        "scope": EventScope.PATIENTS,
        "event": "patient.created",
        "object_id": 7,
        "data": {"PatientID": 7},
    }
    log.append(**{**facts, **changes})


def test_event_is_there_when_its_transaction_commits(our_practice, staff):
    with tenancy.within_practice(our_practice.pk):
        append(our_practice)

    with staff():
        (entry,) = LogEntry.objects.all()
    assert (entry.practice_id, entry.scope, entry.event, entry.object_id, entry.data) == (
        our_practice.pk,
        "Patients",
        "patient.created",
        7,
        {"PatientID": 7},
    )
    assert entry.created_at is not None
    assert entry.log_id is None


def test_event_is_gone_with_its_transaction(our_practice, staff):
    with tenancy.within_practice(our_practice.pk):
        append(our_practice)
        transaction.set_rollback(True)

    with staff():
        assert not LogEntry.objects.exists()


def test_event_cannot_be_written_for_another_practice(our_practice, other_practice):
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        tenancy.within_practice(our_practice.pk),
    ):
        append(other_practice)


def test_serving_role_reads_one_practice_and_gives_no_numbers(our_practice, other_practice):
    for practice in (our_practice, other_practice):
        with tenancy.within_practice(practice.pk):
            append(practice)

    assert list(LogEntry.objects.all()) == []
    with tenancy.within_practice(our_practice.pk):
        assert [entry.practice_id for entry in LogEntry.objects.all()] == [our_practice.pk]
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        LogEntry.objects.update(log_id=1)


def test_sender_reads_every_practice_but_nothing_else(our_practice, other_practice):
    for practice in (our_practice, other_practice):
        with tenancy.within_practice(practice.pk):
            append(practice)

    with tenancy.acting_as(tenancy.SENDER):
        assert {entry.practice_id for entry in LogEntry.objects.all()} == {
            our_practice.pk,
            other_practice.pk,
        }
    for forbidden in ("prospects_person", "scheduling_visit", "partners_apikey"):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            tenancy.acting_as(tenancy.SENDER),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"SELECT * FROM {forbidden}")


def write_as_emr(statement, *values):
    with tenancy.acting_as(tenancy.LOG_WRITER), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_emr_adds_events_of_any_practice_by_plain_sql(our_practice, other_practice, staff):
    for practice in (our_practice, other_practice):
        write_as_emr(
            "INSERT INTO webhooks_log (practice_id, scope, event, object_id, data)"
            " SELECT id, 'Claims', 'claim.paid', 4711, '{\"ClaimID\": 4711}'"
            " FROM partners_practice WHERE ppass = %s",
            practice.ppass,
        )

    with staff():
        assert sorted(LogEntry.objects.values_list("practice_id", "object_id")) == sorted(
            [(our_practice.pk, 4711), (other_practice.pk, 4711)]
        )


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM webhooks_log",
        "UPDATE webhooks_log SET event = 'claim.lost'",
        "DELETE FROM webhooks_log",
        (
            "INSERT INTO webhooks_log (practice_id, scope, event, log_id)"
            " VALUES (1, 'Claims', 'claim.paid', 1)"
        ),
        (
            "INSERT INTO webhooks_log (practice_id, scope, event, created_at)"
            " VALUES (1, 'Claims', 'claim.paid', '2020-01-01')"
        ),
        "SELECT * FROM prospects_person",
        "SELECT name FROM partners_practice",
    ],
)
def test_emr_may_add_events_and_no_more(database, statement):
    with pytest.raises(ProgrammingError, match="permission denied"):
        write_as_emr(statement)


def test_worker_reads_one_practice_at_a_time(our_practice, other_practice):
    for practice in (our_practice, other_practice):
        with tenancy.within_practice(practice.pk):
            append(practice)

    with tenancy.acting_as(tenancy.WORKER):
        assert list(LogEntry.objects.all()) == []
        with tenancy.within_practice(other_practice.pk):
            assert [entry.practice_id for entry in LogEntry.objects.all()] == [other_practice.pk]


def test_plain_insert_gets_its_defaults_from_the_database(our_practice, staff):
    with staff(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO webhooks_log (practice_id, scope, event)"
            " VALUES (%s, 'Claims', 'claim.paid')",
            [our_practice.pk],
        )
        (entry,) = LogEntry.objects.all()

    assert (entry.object_id, entry.data, entry.log_id) == (None, {}, None)


@pytest.mark.parametrize(
    "column_and_value",
    [("scope", "Secrets"), ("event", "Not An Event"), ("data", "[1]"), ("practice_id", 10**9)],
)
def test_database_refuses_what_is_no_event(our_practice, staff, column_and_value):
    column, value = column_and_value
    row = {"practice_id": our_practice.pk, "scope": "Claims", "event": "claim.paid", "data": "{}"}
    row[column] = value

    with pytest.raises(IntegrityError), staff(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO webhooks_log (practice_id, scope, event, data) VALUES (%s, %s, %s, %s)",
            list(row.values()),
        )


def test_worker_makes_missing_partitions_and_moves_what_waited_for_them(our_practice, staff, owner):
    (part,) = owner.execute(
        "SELECT relid::text FROM pg_partition_tree('webhooks_log')"
        " WHERE isleaf AND relid::text <> 'webhooks_log_default' ORDER BY 1 DESC LIMIT 1"
    ).fetchone()
    year, month = int(part[-6:-2]), int(part[-2:])
    owner.execute(f"DROP TABLE {part}")
    with staff(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO webhooks_log (practice_id, scope, event, created_at)"
            " VALUES (%s, 'Claims', 'claim.paid', make_timestamptz(%s, %s, 15, 0, 0, 0, 'UTC'))",
            [our_practice.pk, year, month],
        )

    with tenancy.acting_as(tenancy.WORKER):
        assert add_log_partitions() == 1
        assert add_log_partitions() == 0

    with staff(), connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text, event FROM webhooks_log")
        assert cursor.fetchall() == [(part, "claim.paid")]


def test_serving_role_cannot_make_partitions(database):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        add_log_partitions()
