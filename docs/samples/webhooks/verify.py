import base64
import hashlib
import hmac
import time

TOLERANCE_SECONDS = 300


def is_genuine(secret: str, webhook_id: str, timestamp: str, signatures: str, body: bytes) -> bool:
    """Whether the request is ours: the headers webhook-id, webhook-timestamp and webhook-signature
    as they came, and the body's raw bytes, before anything has parsed them.
    """
    try:
        if abs(time.time() - int(timestamp)) > TOLERANCE_SECONDS:
            return False
    except ValueError:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{webhook_id}.{timestamp}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    # There are two while a secret is being replaced.
    return any(
        hmac.compare_digest(expected.encode(), given.encode()) for given in signatures.split(" ")
    )
