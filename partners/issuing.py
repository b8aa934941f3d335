"""Birth, change and end of API keys. The one place where a key's text is seen."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from partners import keys
from partners.models import ApiKey, Partner, Practice


class KeyIsRevoked(Exception):
    """The key has ended; nothing can be made of it any more."""


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new key and, this once, its text."""

    key: ApiKey
    text: str


def issue_key(
    *,
    partner: Partner,
    practice: Practice,
    name: str,
    scopes: Sequence[str],
    expires_at: datetime.datetime | None = None,
    allowed_networks: Sequence[str] = (),
    rate_limit: int | None = None,
    lookup_id: str = "",
) -> IssuedKey:
    """Make a key. Raises ValidationError naming every field that is wrong.

    A form that may be sent twice names the `lookup_id`; the second time is then an error.
    """
    key = ApiKey(
        partner=partner,
        practice=practice,
        name=name,
        scopes=list(scopes),
        expires_at=expires_at,
        allowed_networks=list(allowed_networks),
        rate_limit=rate_limit,
    )
    return _mint(key, lookup_id)


@transaction.atomic
def rotate_key(*, key: ApiKey, overlap: datetime.timedelta, now: datetime.datetime) -> IssuedKey:
    """Make a new key with the same rights; the old one works for `overlap` longer, then no more.

    Raises KeyIsRevoked for a key that has ended or has been rotated before.
    """
    old = ApiKey.objects.select_for_update(of=("self",)).get(pk=key.pk)
    if old.status(now) != ApiKey.Status.ACTIVE:
        raise KeyIsRevoked(f"Key {old.pk} is {old.status(now)}; only an active key can be rotated.")
    issued = _mint(
        ApiKey(
            partner=old.partner,
            practice=old.practice,
            name=old.name,
            scopes=old.scopes,
            expires_at=old.expires_at,
            allowed_networks=old.allowed_networks,
            rate_limit=old.rate_limit,
        )
    )
    ends = now + overlap
    old.expires_at = min(old.expires_at, ends) if old.expires_at else ends
    old.replaced_by = issued.key
    old.save(update_fields=["expires_at", "replaced_by"])
    return issued


def remint_key(key: ApiKey) -> IssuedKey:
    """Give a key a new text in place of one that nobody has seen; the old one is of no use then."""
    new = keys.mint(is_sandbox=key.practice.is_sandbox)
    key.lookup_id, key.digest, key.pepper = new.lookup_id, new.digest, new.pepper
    key.save(update_fields=["lookup_id", "digest", "pepper"])
    return IssuedKey(key=key, text=new.text)


def revoke_key(*, key: ApiKey, now: datetime.datetime) -> bool:
    """End a key, from the next request on; False if it had ended already."""
    return bool(ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now))


def _mint(key: ApiKey, lookup_id: str = "") -> IssuedKey:
    new = keys.mint(is_sandbox=key.practice.is_sandbox, lookup_id=lookup_id)
    key.lookup_id, key.digest, key.pepper = new.lookup_id, new.digest, new.pepper
    key.full_clean()
    key.save(force_insert=True)
    return IssuedKey(key=key, text=new.text)
