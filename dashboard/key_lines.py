"""API keys as the lists of them show them, and which of them somebody wants to see."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.safestring import SafeString

from dashboard.pages import May
from dashboard.usage import EVERYBODY, Whose
from partners.badges import key_badge, use_badge
from partners.models import ApiKey, ApiKeyQuerySet
from partners.scopes import in_short

WORKING, ALL = "working", "all"
STATES = {
    WORKING: "Working",
    "active": "Active",
    "retiring": "Retiring",
    "ending": "Ending within 14 days",
    "idle": "Unused for 90 days",
    "expired": "Expired",
    "revoked": "Revoked",
    ALL: "All",
}


@dataclass(frozen=True, kw_only=True)
class KeyLine:
    """A key; `rotate` and `revoke` are where that is done, '' if it cannot be or they may not."""

    key: ApiKey
    page: str
    state: SafeString
    used: SafeString | str
    scopes: str
    is_marked: bool
    rotate: str
    revoke: str


def found(
    *,
    now: datetime.datetime,
    whose: Whose = EVERYBODY,
    state: str = WORKING,
    text: str = "",
) -> ApiKeyQuerySet:
    """The keys of a practice and a partner, in a state, by name or id; newest first."""
    keys = _in_state(ApiKey.objects.select_related("partner", "practice"), state, now)
    if whose.practice_id:
        keys = keys.filter(practice_id=whose.practice_id)
    if whose.partner_id:
        keys = keys.filter(partner_id=whose.partner_id)
    if text:
        keys = keys.filter(Q(name__icontains=text) | Q(lookup_id=text))
    return keys.defer("digest", "pepper").order_by("-id")


def lines(keys: Iterable[ApiKey], *, may: May, back: str, now: datetime.datetime) -> list[KeyLine]:
    """The keys for somebody, who comes back to a page after doing something to one."""
    leading_back = urlencode({"next": back})
    may_end = may("partners.change_apikey")
    may_make = may_end and may("partners.add_apikey")
    return [
        KeyLine(
            key=key,
            page=f"{reverse('admin:partners_apikey_change', args=[key.pk])}?{leading_back}",
            state=key_badge(key, now),
            used=use_badge(key, now),
            scopes=in_short(key.scopes),
            is_marked=key.is_ending(now) or key.is_idle(now),
            rotate=_page("rotate", key, back)
            if may_make and key.status(now) == ApiKey.Status.ACTIVE
            else "",
            revoke=_page("revoke", key, back) if may_end and not key.revoked_at else "",
        )
        for key in keys
    ]


def new_key(may: May, *, back: str, partner_id: int | None = None) -> str:
    """Where a key is made, '' for who may not."""
    if not may("partners.add_apikey"):
        return ""
    facts = {"partner": partner_id, "next": back} if partner_id else {"next": back}
    return f"{reverse('admin:partners_apikey_add')}?{urlencode(facts)}"


def _page(name: str, key: ApiKey, back: str) -> str:
    query = urlencode({"key": key.pk, "next": back})
    return f"{reverse(f'admin:partners_apikey_{name}')}?{query}"


def _in_state(keys: ApiKeyQuerySet, state: str, now: datetime.datetime) -> ApiKeyQuerySet:
    match state:
        case "working":
            return keys.working(now)
        case "ending":
            return keys.ending(now)
        case "idle":
            return keys.idle(now)
        case "all":
            return keys
    return keys.in_status(ApiKey.Status(state), now)
