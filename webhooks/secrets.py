"""Secrets at rest: encrypted under FIELD_KEYS, of which the first seals and all of them open.

To replace a key, put a new one in front, run `manage.py reseal_secrets`, then drop the old one.
"""

import base64
import functools
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_NONCE_BYTES = 12


class CannotOpen(Exception):
    """The text was sealed by a key that FIELD_KEYS does not list, or has been altered."""


def seal(text: str) -> str:
    """Encrypt; the result names the key that can open it: `v1:…`."""
    name = _newest()
    nonce = os.urandom(_NONCE_BYTES)
    sealed = _cipher(settings.FIELD_KEYS[name]).encrypt(nonce, text.encode(), name.encode())
    return f"{name}:{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def open(sealed: str) -> str:  # noqa: A001 - what one does with something sealed
    """Decrypt what `seal` made. Raises CannotOpen."""
    name, _, encoded = sealed.partition(":")
    if name not in settings.FIELD_KEYS:
        raise CannotOpen(f"FIELD_KEYS has no key {name!r}.")
    try:
        raw = base64.urlsafe_b64decode(encoded)
        nonce, text = raw[:_NONCE_BYTES], raw[_NONCE_BYTES:]
        return _cipher(settings.FIELD_KEYS[name]).decrypt(nonce, text, name.encode()).decode()
    except (ValueError, InvalidTag):
        raise CannotOpen(
            "The sealed text has been altered, or its key has another value."
        ) from None


def is_current(sealed: str) -> bool:
    """Whether the newest key sealed it."""
    return sealed.startswith(f"{_newest()}:")


def _newest() -> str:
    return str(next(iter(settings.FIELD_KEYS)))


@functools.lru_cache(maxsize=16)
def _cipher(secret: str) -> AESGCM:
    # The setting serves more than one purpose; each has a key of its own derived from it.
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"webhook secrets")
    return AESGCM(derived.derive(secret.encode()))
