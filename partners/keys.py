"""The form of an API key, and the digest that is all we keep of it.

A key reads `emr_live_<8 char id>_<32 char secret><6 char checksum>`. The checksum lets a scanner of
leaked code tell a real key from noise without asking us. The digest is an HMAC under a pepper that
is not in the database, so that a stolen table of digests is of no use.
"""

import hashlib
import hmac
import re
import secrets
import string
import zlib
from dataclasses import dataclass

from django.conf import settings

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
ID_LENGTH, SECRET_LENGTH, CHECKSUM_LENGTH = 8, 32, 6
_FORM = re.compile(
    rf"(emr_(?:live|test)_)([0-9A-Za-z]{{{ID_LENGTH}}})_"
    rf"([0-9A-Za-z]{{{SECRET_LENGTH},100}})([0-9A-Za-z]{{{CHECKSUM_LENGTH}}})"
)


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key fresh from the mint: the only moment at which its text exists."""

    text: str
    lookup_id: str
    digest: str
    pepper: str


def new_lookup_id() -> str:
    """A random id for a key to come."""
    return _random(ID_LENGTH)


def mint(*, is_sandbox: bool, lookup_id: str = "") -> NewKey:
    """Make a new random key, under the id given or a random one."""
    lookup_id = lookup_id or new_lookup_id()
    body = f"emr_{'test' if is_sandbox else 'live'}_{lookup_id}_{_random(SECRET_LENGTH)}"
    text = body + checksum(body)
    pepper = next(iter(settings.KEY_PEPPERS))
    return NewKey(text=text, lookup_id=lookup_id, digest=digest(text, pepper), pepper=pepper)


def lookup_id_of(text: str) -> str:
    """The id within a well-formed key; '' for anything else."""
    found = _FORM.fullmatch(text)
    if found is None or checksum(text[:-CHECKSUM_LENGTH]) != found[4]:
        return ""
    return found[2]


def checksum(body: str) -> str:
    """CRC-32 in base 62, six characters."""
    number, digits = zlib.crc32(body.encode()), ""
    for _ in range(CHECKSUM_LENGTH):
        number, rest = divmod(number, len(ALPHABET))
        digits = ALPHABET[rest] + digits
    return digits


def digest(text: str, pepper: str) -> str:
    """Hex HMAC-SHA256 of a key under the named pepper.

    An unknown pepper gives a digest that matches nothing, in the same time.
    """
    secret = settings.KEY_PEPPERS.get(pepper) or secrets.token_hex(32)
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
