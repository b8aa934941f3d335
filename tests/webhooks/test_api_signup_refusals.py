"""What nobody can sign up with, and how secrets are kept and changed."""

import datetime

import pytest
from django.utils import timezone

from partners.models import StoredAnswer
from partners.scopes import ALL_SCOPES
from tests.webhooks.clients import clients, reachable, receiver, rival, rivals_key
from tests.webhooks.signing_up import BODY, SIGNUP, rows
from webhooks import signing
from webhooks.models import Subscription

__all__ = ["clients", "reachable", "receiver", "rival", "rivals_key"]


def faults(answer):
    return [(each["field"], each["code"]) for each in answer.json()["errors"]]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"scopes": []}, [("scopes", "blank")]),
        ({"scopes": ["Prospects"]}, [("scopes[0]", "choice")]),
        ({"scopes": ["Patients", "patients"]}, [("scopes[1]", "choice")]),
        ({"scopes": "Patients"}, [("scopes", "invalid")]),
        ({"scopes": None}, [("scopes", "null")]),
        ({"hookUrl": ""}, [("hookUrl", "blank")]),
        ({"hookUrl": 7}, [("hookUrl", "invalid")]),
        ({"hookUrl": "https://x.example.com/\0"}, [("hookUrl", "invalid")]),
        ({"hookUrl": "http://partner.example.com/"}, [("hookUrl", "refused-address")]),
        ({"hookUrl": "https://me:secret@partner.example.com/"}, [("hookUrl", "refused-address")]),
        ({"hookUrl": "https://127.0.0.1/"}, [("hookUrl", "refused-address")]),
        ({"hookUrl": "https://2130706433/"}, [("hookUrl", "refused-address")]),
        ({"hookUrl": "https://[::ffff:10.0.0.1]/"}, [("hookUrl", "refused-address")]),
        ({"hookUrl": "https://localhost/"}, [("hookUrl", "refused-address")]),
        ({"hookUrl": "ftp://partner.example.com/"}, [("hookUrl", "refused-address")]),
        ({"hookUrl": f"https://partner.example.com/{'x' * 2000}"}, [("hookUrl", "max_length")]),
        ({"hookurl": "x"}, [("hookurl", "unknown")]),
        ({"secret": "whsec_mine"}, [("secret", "unknown")]),
        ({"status": "active"}, [("status", "unknown")]),
        ({"practice_id": 1}, [("practice_id", "unknown")]),
    ],
)
def test_bad_bodies_are_refused_when_signing_up_and_when_changing(ours, staff, changes, expected):
    expected = [
        (field, code.replace("refused-address", "refused_address")) for field, code in expected
    ]

    first = ours.post(SIGNUP, {**BODY, **changes})
    assert rows(staff) == []
    ours.post(SIGNUP, BODY)
    second = ours.post(SIGNUP, {**BODY, **changes})

    for answer in (first, second):
        assert (answer.status_code, faults(answer)) == (400, expected)
    (row,) = rows(staff)
    assert (row.hook_url, row.scopes) == (BODY["hookUrl"], BODY["scopes"])


@pytest.mark.parametrize("missing", list(BODY))
def test_both_fields_are_required(ours, missing):
    answer = ours.post(SIGNUP, {name: BODY[name] for name in BODY if name != missing})

    assert (answer.status_code, faults(answer)) == (400, [(missing, "required")])


@pytest.mark.parametrize("practice", ["our_practice", "other_practice"])
def test_scope_that_the_key_does_not_hold_is_named(request, practice, make_key, client_for, staff):
    held = [scope for scope in ALL_SCOPES if scope not in ("Claims", "Payments")]
    client = client_for(make_key(request.getfixturevalue(practice), held))

    answer = client.post(SIGNUP, {**BODY, "scopes": ["Patients", "Claims", "Payments"]})

    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"] == "Your key does not hold Claims, Payments."
    assert faults(answer) == [("scopes", "not_held")]
    assert rows(staff) == []


def test_old_secret_signs_for_a_day_beside_the_new_one(ours, receiver, staff):
    first = ours.post(SIGNUP, {**BODY, "hookUrl": receiver.url}).json()["data"]["secret"]

    rotated = ours.post("/v1/webhooks/rotate-secret")

    second = rotated.json()["data"]["secret"]
    assert rotated.status_code == 200
    assert list(rotated.json()["data"]) == [
        *("id", "hookUrl", "scopes", "status"),
        *("secret", "previousSecretUntil"),
    ]
    until = datetime.datetime.fromisoformat(rotated.json()["data"]["previousSecretUntil"])
    assert abs(until - timezone.now() - datetime.timedelta(hours=24)) < datetime.timedelta(
        minutes=1
    )
    assert ours.post("/v1/webhooks/test").json()["data"]["success"]
    third = ours.post("/v1/webhooks/rotate-secret").json()["data"]["secret"]
    ours.post("/v1/webhooks/test")
    with staff():
        Subscription.objects.update(previous_secret_until=timezone.now())
    ours.post("/v1/webhooks/test")

    signed_by = [
        [
            name
            for name, secret in zip("123", (first, second, third), strict=True)
            if fits(secret, r)
        ]
        for r in receiver.requests
    ]
    assert signed_by == [["1", "2"], ["2", "3"], ["3"]]


def fits(secret, request):
    try:
        signing.verify(
            secret,
            headers=request.headers,
            body=request.body,
            now=timezone.now().timestamp(),
        )
    except signing.BadSignature:
        return False
    return True


def test_answer_kept_for_an_idempotency_key_is_sealed(ours, staff):
    first = ours.post(SIGNUP, BODY, Idempotency_Key="k1")

    again = ours.post(SIGNUP, BODY, Idempotency_Key="k1")

    assert (first.status_code, again.content) == (201, first.content)
    assert again["Idempotent-Replayed"] == "true"
    with staff():
        (stored,) = StoredAnswer.objects.all()
    assert first.json()["data"]["secret"].encode() not in bytes(stored.body)
    assert b"whsec" not in bytes(stored.body)
