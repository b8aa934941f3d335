"""A write tried twice happens once."""

import datetime
import threading

import pytest
from django.db import connection, transaction

from partners import idempotency
from partners.models import StoredAnswer
from partners.tasks import forget_stored_answers
from prospects.models import Person

PERSON = {"FirstName": "John", "LastName": "Doe"}


def test_retry_gets_the_first_answer_and_writes_nothing(ours, staff):
    first = ours.post("/prospects", PERSON, Idempotency_Key="k1")

    again = ours.post("/prospects", PERSON, Idempotency_Key="k1")

    assert first.status_code == again.status_code == 201
    assert again.content == first.content
    assert again["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first
    with staff():
        assert Person.objects.count() == 1


def test_retry_with_a_renewed_token_is_the_same_client(our_practice, make_key, client_for, staff):
    key = make_key(our_practice)

    first = client_for(key).post("/prospects", PERSON, Idempotency_Key="k1")
    again = client_for(key).post("/prospects", PERSON, Idempotency_Key="k1")

    assert again.json() == first.json()


def test_another_body_under_the_same_key_is_refused(ours, staff):
    ours.post("/prospects", PERSON, Idempotency_Key="k1")

    answer = ours.post("/prospects", {**PERSON, "FirstName": "Jane"}, Idempotency_Key="k1")

    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    with staff():
        assert Person.objects.count() == 1


def test_keys_of_two_api_keys_do_not_meet(ours, theirs, staff):
    answers = [client.post("/prospects", PERSON, Idempotency_Key="k1") for client in (ours, theirs)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert not any("Idempotent-Replayed" in answer for answer in answers)
    with staff():
        assert Person.objects.count() == 2


def test_refused_write_leaves_the_key_free(ours):
    refused = ours.post("/prospects", {"FirstName": "John"}, Idempotency_Key="k1")

    answer = ours.post("/prospects", PERSON, Idempotency_Key="k1")

    assert (refused.status_code, answer.status_code) == (400, 201)


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "snow☃".encode().decode("latin-1")])
def test_key_that_is_no_token_is_refused(ours, key):
    answer = ours.post("/prospects", PERSON, Idempotency_Key=key)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"


def test_twin_of_a_running_write_is_told_to_wait(ours, our_practice, make_key, client_for):
    key = make_key(our_practice)
    running, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('k1', %s))", [key.pk])
            running.set()
            done.wait(10)
        connection.close()

    twin = threading.Thread(target=hold)
    twin.start()
    running.wait(10)
    try:
        answer = client_for(key).post("/prospects", PERSON, Idempotency_Key="k1")
    finally:
        done.set()
        twin.join()

    assert answer.status_code == 409
    assert answer["Retry-After"] == "1"
    assert client_for(key).post("/prospects", PERSON, Idempotency_Key="k1").status_code == 201


def test_racing_twins_write_one_row(our_practice, make_key, client_for, staff):
    key, answers = make_key(our_practice), []
    start = threading.Barrier(4)

    def race() -> None:
        start.wait()
        answers.append(client_for(key).post("/prospects", PERSON, Idempotency_Key="k1"))
        connection.close()

    racers = [threading.Thread(target=race) for _ in range(4)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()

    assert {answer.status_code for answer in answers} <= {201, 409}
    with staff():
        assert Person.objects.count() == 1


def test_old_answers_are_forgotten(ours, staff):
    ours.post("/prospects", PERSON, Idempotency_Key="old")
    ours.post("/prospects", PERSON, Idempotency_Key="young")
    with staff():
        StoredAnswer.objects.filter(idempotency_key="old").update(
            created_at=datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=25)
        )

    replay = ours.post("/prospects", PERSON, Idempotency_Key="old")
    assert "Idempotent-Replayed" not in replay

    with staff():
        StoredAnswer.objects.filter(idempotency_key="old").update(
            created_at=datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=25)
        )
        assert idempotency.forget_old(datetime.datetime.now(datetime.UTC)) == 1
        assert [answer.idempotency_key for answer in StoredAnswer.objects.all()] == ["young"]


def test_worker_may_forget(database):
    from partners import tenancy

    with tenancy.acting_as(tenancy.WORKER):
        assert forget_stored_answers() == 0
