"""Signing up by the API: one subscription for a partner in a practice, read, changed, removed."""

import base64
import threading

import pytest
from django.db import connection
from django.utils import timezone

from tests.webhooks.clients import clients, reachable, receiver, rival, rivals_key
from tests.webhooks.rows import due, now_is
from tests.webhooks.signing_up import BODY, SIGNUP, rows
from webhooks import secrets, subscribing
from webhooks.models import EVENT_SCOPES, Delivery, Subscription

__all__ = ["clients", "reachable", "receiver", "rival", "rivals_key"]


def test_first_signup_creates_and_shows_the_secret_once(ours, staff):
    first = ours.post(SIGNUP, BODY)
    again = ours.post(SIGNUP, BODY)

    (row,) = rows(staff)
    data = {"id": row.pk, **BODY, "status": "active"}
    secret = first.json()["data"]["secret"]
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["message"] == "Webhook subscription created successfully"
    assert first.json()["data"] == {**data, "secret": secret}
    assert again.json() == {
        "message": "Webhook subscription updated successfully",
        "data": data,
    }
    assert secret.startswith("whsec_")
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
    assert secrets.open(row.secret) == secret
    assert secret.removeprefix("whsec_") not in row.secret


def test_each_partner_has_one_in_each_practice(clients, staff):
    made = [client.post(SIGNUP, BODY) for client in clients]

    assert [answer.status_code for answer in made] == [201, 201, 201]
    assert len({answer.json()["data"]["id"] for answer in made}) == 3
    assert len({answer.json()["data"]["secret"] for answer in made}) == 3
    for client, answer in zip(clients, made, strict=True):
        seen = client.get(SIGNUP).json()["data"]
        assert seen["id"] == answer.json()["data"]["id"]
        assert "secret" not in seen
    assert len({(row.practice_id, row.partner_id) for row in rows(staff)}) == 3


def test_subscription_belongs_to_the_partner_not_to_the_key(our_practice, make_key, client_for):
    first, second = (client_for(make_key(our_practice)) for _ in range(2))
    made = first.post(SIGNUP, BODY).json()["data"]

    changed = second.post(SIGNUP, {**BODY, "scopes": ["Payments"]})

    assert (changed.status_code, changed.json()["data"]["id"]) == (200, made["id"])
    assert first.get(SIGNUP).json()["data"]["scopes"] == ["Payments"]


def test_scopes_keep_their_order_and_are_there_once(ours):
    asked = ["Claims", "Patients", "Claims"]

    answer = ours.post(SIGNUP, {**BODY, "scopes": asked})

    assert answer.json()["data"]["scopes"] == ["Claims", "Patients"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", SIGNUP),
        ("DELETE", SIGNUP),
        ("POST", "/v1/webhooks/rotate-secret"),
        ("POST", "/v1/webhooks/test"),
    ],
)
def test_without_a_subscription_there_is_none(clients, method, path):
    ours, theirs, rival = clients
    ours.post(SIGNUP, BODY)

    assert [client.send(method, path).status_code for client in (theirs, rival)] == [404, 404]


def test_removed_one_is_gone_and_what_waited_for_it_cancelled(ours, rival, staff):
    made = ours.post(SIGNUP, BODY).json()["data"]
    rival.post(SIGNUP, BODY)
    mine, others = rows(staff)
    due(mine, 1)
    (others_delivery,) = due(others, 2)

    answer = ours.delete(SIGNUP)

    assert answer.status_code == 200
    assert answer.json() == {
        "message": "Webhook subscription removed successfully",
        "data": {"id": made["id"], **BODY, "status": "removed"},
    }
    assert ours.get(SIGNUP).status_code == 404
    (cancelled,) = ours.get("/v1/webhooks/deliveries").json()["data"]
    assert (cancelled["status"], cancelled["nextAttemptAt"]) == ("cancelled", None)
    assert now_is(others_delivery).status == Delivery.Status.PENDING
    again = ours.post(SIGNUP, BODY)
    assert again.status_code == 201
    assert again.json()["data"]["id"] != made["id"]
    assert again.json()["data"]["secret"] != made["secret"]


@pytest.mark.parametrize("reason", ["gone", "failing"])
def test_signing_up_again_ends_a_disabling(ours, staff, reason):
    ours.post(SIGNUP, BODY)
    now = timezone.now()
    with staff():
        Subscription.objects.update(
            status="disabled", disabled_reason=reason, disabled_at=now, failing_since=now,
            failures=9, held_until=now,
        )  # fmt: skip
    told = ours.get(SIGNUP).json()["data"]
    assert (told["status"], told["disabledReason"]) == ("disabled", reason)
    assert told["failingSince"] is not None

    answer = ours.post(SIGNUP, BODY)

    (row,) = rows(staff)
    assert answer.json()["data"]["status"] == row.status == "active"
    assert (row.disabled_reason, row.disabled_at, row.failing_since) == ("", None, None)
    assert (row.failures, row.held_until) == (0, None)
    told = ours.get(SIGNUP).json()["data"]
    assert (told["disabledReason"], told["failingSince"]) == (None, None)


def test_what_staff_disabled_stays_so(ours, staff):
    ours.post(SIGNUP, BODY)
    (row,) = rows(staff)
    with staff():
        subscribing.disable(subscription=row, now=timezone.now())

    answer = ours.post(SIGNUP, {**BODY, "scopes": ["Payments"]})

    assert answer.json()["data"] == {
        "id": row.pk,
        **BODY,
        "scopes": ["Payments"],
        "status": "disabled",
    }
    assert ours.get(SIGNUP).json()["data"]["disabledReason"] == "staff"


def test_read_answers_an_etag(ours):
    ours.post(SIGNUP, BODY)
    first = ours.get(SIGNUP)

    assert ours.get(SIGNUP, None, If_None_Match=first["ETag"]).status_code == 304
    ours.post(SIGNUP, {**BODY, "scopes": ["Payments"]})
    assert ours.get(SIGNUP, None, If_None_Match=first["ETag"]).status_code == 200


def test_signups_that_race_make_one_subscription(our_practice, make_key, client_for, staff):
    client = client_for(make_key(our_practice))
    gate = threading.Barrier(4)
    answers = []

    def sign_up():
        gate.wait()
        try:
            answers.append(client_for_thread.post(SIGNUP, BODY))
        finally:
            connection.close()

    client_for_thread = client
    threads = [threading.Thread(target=sign_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len({answer.json()["data"]["id"] for answer in answers}) == 1
    assert len(rows(staff)) == 1


def test_every_event_scope_can_be_asked_for(ours):
    answer = ours.post(SIGNUP, {**BODY, "scopes": EVENT_SCOPES})

    assert answer.json()["data"]["scopes"] == EVENT_SCOPES
