"""How operators name a key, and what they are told of one; never its digest."""

import datetime
import re
from typing import Any

from django.db.models import Q

from emrapi.api.suggestions import nearest
from partners import keys
from partners.enrolment import find_practice
from partners.management.command import Failed
from partners.models import ApiKey, Practice

ID_HELP = "the key's number, its 8-character id, or the whole key"
SHOWN_ONCE = "Keep the key now: it is stored nowhere and cannot be shown again."
_LARGEST_NUMBER = 2**63 - 1


def find_key(text: str) -> ApiKey:
    """The one key that `text` names. Raises Failed, without repeating what may be a secret."""
    named = Q(lookup_id=text)
    if text.startswith("emr_"):
        named = Q(lookup_id=keys.lookup_id_of(text) or (text.split("_") + ["", ""])[2])
    elif re.fullmatch(r"[0-9]+", text, re.ASCII) and int(text) <= _LARGEST_NUMBER:
        named |= Q(pk=int(text))
    found = list(ApiKey.objects.filter(named).select_related("partner", "practice", "replaced_by"))
    if len(found) > 1:
        raise Failed(f"{text} is the number of one key and the 8-character id of another.")
    if not found:
        shown = "like that" if len(text) > keys.ID_LENGTH else repr(text)
        raise Failed(f"There is no key {shown}. See: manage.py list_api_keys")
    return found[0]


def practice_named(ppass: str) -> Practice:
    """The practice of that PPass. Raises Failed, naming the nearest there is."""
    practice = find_practice(ppass)
    if practice is None:
        near = nearest(ppass, Practice.objects.values_list("ppass", flat=True))
        hint = f"Did you mean {near}?" if near else f"Make it: manage.py create_practice {ppass}"
        raise Failed(f"There is no practice {ppass!r}. {hint}")
    return practice


def key_facts(key: ApiKey, now: datetime.datetime) -> dict[str, Any]:
    """A key as JSON; `id` is what rotate_api_key and revoke_api_key take."""
    return {
        "id": key.pk,
        "lookupId": key.lookup_id,
        "name": key.name,
        "partner": key.partner.name,
        "ppass": key.practice.ppass,
        "status": key.status(now).value,
        "scopes": key.scopes,
        "expiresAt": key.expires_at,
        "allowedNetworks": key.allowed_networks,
        "rateLimit": key.rate_limit,
        "createdAt": key.created_at,
        "lastUsedAt": key.last_used_at,
        "revokedAt": key.revoked_at,
        "replacedBy": key.replaced_by_id,
    }


def with_text(facts: dict[str, Any], text: str) -> dict[str, Any]:
    """The facts of a new key with, right after its id, its text."""
    return {"id": facts["id"], "key": text, **{k: v for k, v in facts.items() if k != "id"}}
