"""Signatures: the standard's own library accepts ours, ours accepts its, and neither a forgery."""

import base64
import datetime
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from webhooks import signing

NOW = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)
BODY = b'{"id":"evt_1","data":{"Name":"\xc3\x89ric"}}'


def signed(*secrets, at=NOW):
    return signing.headers(secrets, message_id="evt_1", body=BODY, now=at.timestamp())


def accepts(secret, headers, body=BODY, now=NOW):
    try:
        signing.verify(secret, headers=headers, body=body, now=now.timestamp())
    except signing.BadSignature:
        return False
    return True


def test_secret_is_new_each_time_and_holds_32_bytes():
    first, second = signing.new_secret(), signing.new_secret()

    assert first != second
    assert first.startswith("whsec_")
    assert len(base64.b64decode(first.removeprefix("whsec_"), validate=True)) == 32


def test_signature_is_the_one_of_the_standard():
    """The example of the specification's reference libraries."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    headers = signing.headers(
        [secret],
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        body=b'{"test": 2432232314}',
        now=1614265330,
    )

    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


@given(data=st.dictionaries(st.text(), st.text() | st.integers() | st.none()))
def test_standard_library_accepts_what_we_sign(data):
    secret, now = signing.new_secret(), datetime.datetime.now(datetime.UTC).timestamp()
    body = json.dumps(data, ensure_ascii=False).encode(errors="replace")
    headers = signing.headers([secret], message_id="evt_7", body=body, now=now)

    assert Webhook(secret).verify(body, headers) == json.loads(body)


@pytest.mark.parametrize("body", ["{}", '{"a": "é"}', "[1, 2]"])
def test_we_accept_what_the_standard_library_signs(body):
    secret, now = signing.new_secret(), datetime.datetime.now(datetime.UTC)
    headers = {
        "Webhook-Id": "msg_1",
        "Webhook-Timestamp": str(int(now.timestamp())),
        "Webhook-Signature": Webhook(secret).sign("msg_1", now, body),
    }

    assert accepts(secret, headers, body.encode(), now)


def test_both_secrets_sign_during_a_rotation_and_each_is_enough():
    old, new, other = (signing.new_secret() for _ in range(3))
    now = datetime.datetime.now(datetime.UTC)
    headers = signed(new, old, at=now)

    assert len(headers["webhook-signature"].split(" ")) == 2
    for secret in (new, old):
        assert accepts(secret, headers, now=now)
        assert Webhook(secret).verify(BODY, headers) == {"id": "evt_1", "data": {"Name": "Éric"}}
    assert not accepts(other, headers, now=now)
    with pytest.raises(WebhookVerificationError):
        Webhook(other).verify(BODY, headers)


@pytest.mark.parametrize(
    ("seconds", "is_accepted"), [(0, True), (299, True), (301, False), (-299, True), (-301, False)]
)
def test_signature_is_good_for_five_minutes(seconds, is_accepted):
    secret = signing.new_secret()
    later = NOW + datetime.timedelta(seconds=seconds)

    assert accepts(secret, signed(secret), now=later) == is_accepted


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "evt_2"},
        {"webhook-timestamp": str(int(NOW.timestamp()) + 1)},
        {"webhook-timestamp": "soon"},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1,é"},
    ],
)
def test_altered_headers_are_refused(change):
    secret = signing.new_secret()

    assert not accepts(secret, signed(secret) | change)


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_missing_header_is_refused(missing):
    secret = signing.new_secret()
    headers = signed(secret)
    del headers[missing]

    assert not accepts(secret, headers)


@given(position=st.integers(0, len(BODY) - 1), flip=st.integers(1, 255))
def test_altered_body_is_refused(position, flip):
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    altered = bytearray(BODY)
    altered[position] ^= flip

    assert not accepts(secret, signed(secret), bytes(altered))


def test_signature_of_another_version_does_not_count():
    secret = signing.new_secret()
    headers = signed(secret)
    headers["webhook-signature"] = headers["webhook-signature"].replace("v1,", "v2,")

    assert not accepts(secret, headers)
