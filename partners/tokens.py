"""Access tokens: a signed word for 'this is key 12', good for a day. simplejwt is used here alone.

A token names the key and no rights; those are read from the database at every request, so a token
keeps nothing that its key has lost. Each token says in `kid` which signing key made it: put a new
one in front of JWT_KEYS, and tokens signed by the old one stay good for as long as it is listed.
"""

import datetime
import time
from functools import lru_cache
from typing import Any

import jwt
from django.conf import settings
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError

ALGORITHM = "HS256"
ISSUER = "officepro"
AUDIENCE = "officepro-partner-api"
_REQUIRED = ["exp", "iat", "iss", "aud", "sub"]


class InvalidToken(Exception):
    """The token is not one of ours, has been altered, or has run out."""


class _NamedKeyBackend(TokenBackend):
    """simplejwt's backend with a `kid` in the header and no claim optional."""

    def __init__(self, kid: str, secret: str) -> None:
        super().__init__(ALGORITHM, signing_key=secret, audience=AUDIENCE, issuer=ISSUER)
        self.kid = kid

    def encode(self, payload: dict[str, Any]) -> str:
        claims = {**payload, "aud": self.audience, "iss": self.issuer}
        return jwt.encode(
            claims,
            self.prepared_signing_key,
            algorithm=self.algorithm,
            headers={"kid": self.kid},
        )

    def decode(self, token: Any, verify: bool = True) -> dict[str, Any]:
        """The claims of a token; one that leaves a claim out is refused (PyJWT lets it pass)."""
        claims: dict[str, Any] = super().decode(token, verify=verify)
        if missing := [claim for claim in _REQUIRED if claim not in claims]:
            raise TokenBackendError(f"The token lacks {', '.join(missing)}.")
        return claims


@lru_cache(maxsize=16)
def _backend(kid: str, secret: str) -> _NamedKeyBackend:
    return _NamedKeyBackend(kid, secret)


def issue(*, key_id: int, now: datetime.datetime) -> str:
    """A token for the key, signed with the first of JWT_KEYS, good for TOKEN_HOURS."""
    kid, secret = next(iter(settings.JWT_KEYS.items()))
    return _backend(kid, secret).encode(
        {
            "sub": str(key_id),
            "iat": now,
            "exp": now + datetime.timedelta(hours=settings.TOKEN_HOURS),
        }
    )


def read(token: str) -> int:
    """The id of the key that the token stands for.

    Raises InvalidToken, for whatever reason, without saying which.
    """
    key_id, expires_at = _verified(token, tuple(settings.JWT_KEYS.items()))
    if expires_at <= time.time():
        raise InvalidToken
    return key_id


@lru_cache(maxsize=8192)
def _verified(token: str, signing_keys: tuple[tuple[str, str], ...]) -> tuple[int, float]:
    """Key and expiry of a token whose signature is ours.

    Remembered, because it follows from the token and the signing keys alone. Whether it has run
    out since, and what the key may do, is asked every time.
    """
    try:
        kid = str(jwt.get_unverified_header(token).get("kid"))
        claims = _backend(kid, dict(signing_keys)[kid]).decode(token)
        return int(claims["sub"]), float(claims["exp"])
    except (jwt.InvalidTokenError, TokenBackendError, KeyError, TypeError, ValueError) as error:
        raise InvalidToken from error
