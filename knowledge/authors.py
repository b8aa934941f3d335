"""Who wrote a revision, as those may know who ask."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from partners.models import ApiKey


class Author(StrEnum):
    """What a partner is told: names are for staff alone."""

    YOU = "You"
    PARTNER = "Partner"
    STAFF = "Staff"
    SYSTEM = "System"


def kind(context: Mapping[str, Any] | None, *, partner_id: int) -> Author:
    """Who it was, for somebody of this partner."""
    known = context or {}
    if "staff" in known:
        return Author.STAFF
    if "partner" in known:
        return Author.YOU if known["partner"] == partner_id else Author.PARTNER
    return Author.SYSTEM


def names(contexts: Iterable[Mapping[str, Any] | None]) -> list[str]:
    """Who they were, for staff: the member of staff, or the key with its partner and request."""
    known = [context or {} for context in contexts]
    wanted = {context["key"] for context in known if "key" in context}
    keys = ApiKey.objects.select_related("partner").in_bulk(wanted) if wanted else {}
    return [_name(context, keys) for context in known]


def _name(context: Mapping[str, Any], keys: Mapping[int, ApiKey]) -> str:
    if "staff" in context:
        return str(context["staff"])
    if "operator" in context:
        return f"{context['operator']}, by {context.get('command', 'command')}"
    if "key" not in context:
        return "SQL"
    key = keys.get(context["key"])
    who = f"{key.partner.name}, {key}" if key else f"key {context['key']}"
    return f"{who}, request {context.get('request', '?')}"
