"""Who calls: the principal of a request, as it stands in the database at this very moment."""

import datetime
import ipaddress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, cast

from django.db import connection


@dataclass(frozen=True)
class Caller:
    """One API key with its partner and practice. Not a user: nothing here can sign in to a page."""

    key_id: int
    key_name: str
    key_scopes: tuple[str, ...]
    expires_at: datetime.datetime | None
    revoked_at: datetime.datetime | None
    allowed_networks: tuple[str, ...]
    rate_limit: int | None
    last_used_at: datetime.datetime | None
    partner_id: int
    partner_name: str
    partner_is_active: bool
    practice_id: int
    ppass: str
    time_zone: str
    practice_is_active: bool
    now: datetime.datetime

    is_authenticated = True

    @cached_property
    def scopes(self) -> frozenset[str]:
        """What the key may do."""
        return frozenset(self.key_scopes)

    def is_welcome(self) -> bool:
        """Whether key, partner and practice all stand, by the database's clock."""
        return (
            self.revoked_at is None
            and (self.expires_at is None or self.expires_at > self.now)
            and self.partner_is_active
            and self.practice_is_active
        )

    def may_call_from(self, address: str) -> bool:
        """Whether the key may be used from this address."""
        if not self.allowed_networks:
            return True
        try:
            ip = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(ip in _network(text) for text in self.allowed_networks)


def caller_of(request: Any) -> Caller:
    """The caller of an authenticated request."""
    return cast(Caller, request.user)


def enter(key_id: int, request_id: str) -> Caller | None:
    """Look the key up and set, for this transaction, whose rows it may see; one round trip.

    None if there is no such key. The caller still has to ask `is_welcome`.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM partners_enter(%s, %s)", [key_id, request_id])
        row = cursor.fetchone()
    return Caller(*row) if row else None


@lru_cache(maxsize=4096)
def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(text)
