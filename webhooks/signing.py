"""Signatures by Standard Webhooks (https://www.standardwebhooks.com): HMAC-SHA256, symmetric.

What is signed is `id.timestamp.body`. While a secret is being replaced, both sign.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence

PREFIX = "whsec_"
_SECRET_BYTES = 32
# How old, or how far ahead, a signature may be.
TOLERANCE_SECONDS = 300


class BadSignature(Exception):
    """It is not from us, not for this body, or too old."""


def new_secret() -> str:
    """A fresh secret, `whsec_` and 32 random bytes in base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def headers(
    signing_secrets: Sequence[str], *, message_id: str, body: bytes, now: float
) -> dict[str, str]:
    """The three headers; one signature for each secret, the newest first."""
    timestamp = str(int(now))
    signatures = (_sign(secret, message_id, timestamp, body) for secret in signing_secrets)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(signatures),
    }


def verify(secret: str, *, headers: Mapping[str, str], body: bytes, now: float) -> None:
    """Raise BadSignature unless `secret` signed this body, and did so lately."""
    given = {name.lower(): value for name, value in headers.items()}
    try:
        message_id, timestamp = given["webhook-id"], given["webhook-timestamp"]
        signed_at, signatures = int(timestamp), given["webhook-signature"].split(" ")
    except (KeyError, ValueError):
        raise BadSignature("The headers are incomplete.") from None
    if abs(now - signed_at) > TOLERANCE_SECONDS:
        raise BadSignature("The timestamp is too far from now.")
    expected = _sign(secret, message_id, timestamp, body).encode()
    # Every one is compared, in constant time.
    if not sum(hmac.compare_digest(expected, each.encode()) for each in signatures):
        raise BadSignature("No signature matches.")


def _sign(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    digest = hmac.digest(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(digest).decode()}"
