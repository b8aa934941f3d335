"""States as coloured words on staff pages; the word alone says it, the colour only helps."""

import datetime

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince

from partners.models import ApiKey

_TONES = {
    ApiKey.Status.ACTIVE: "good",
    ApiKey.Status.RETIRING: "warn",
    ApiKey.Status.EXPIRED: "off",
    ApiKey.Status.REVOKED: "bad",
}


def badge(tone: str, word: str, remark: str = "") -> SafeString:
    """A word in the tone good, warn, bad, off or info, and a quiet remark beside it."""
    if not remark:
        return format_html('<span class="badge badge-{}">{}</span>', tone, word)
    return format_html(
        '<span class="badge badge-{}">{}</span> <span class="remark">{}</span>', tone, word, remark
    )


def how_long(since: datetime.datetime, until: datetime.datetime) -> str:
    """The time between two moments, in the one unit that says it best."""
    is_long = until - since >= datetime.timedelta(minutes=1)
    return timesince(since, until, depth=1) if is_long else "less than a minute"


def on_or_off(*, is_active: bool) -> SafeString:
    """Whether a practice or a partner is let in."""
    return badge("good", "on") if is_active else badge("bad", "off", "every key is refused")


def key_badge(key: ApiKey, now: datetime.datetime) -> SafeString:
    """What a key is good for at `now`, partner and practice included."""
    status = key.status(now)
    works = status in {ApiKey.Status.ACTIVE, ApiKey.Status.RETIRING}
    if works and not key.practice.is_active:
        return badge("bad", "refused", "its practice is off")
    if works and not key.partner.is_active:
        return badge("bad", "refused", "its partner is off")
    tone = "warn" if key.is_ending(now) else _TONES[status]
    return badge(tone, status.value, _remark(key, status, now))


def use_badge(key: ApiKey, now: datetime.datetime) -> SafeString | str:
    """When a key was used last (UTC), and whether that is long ago."""
    last = key.last_used_at
    if not key.is_idle(now):
        return f"{last:%Y-%m-%d %H:%M}" if last else "never"
    if last:
        return badge("warn", "unused", f"since {last:%Y-%m-%d}")
    return badge("warn", "never used", f"made {key.created_at:%Y-%m-%d}")


def _remark(key: ApiKey, status: ApiKey.Status, now: datetime.datetime) -> str:
    if status == ApiKey.Status.REVOKED:
        return f"on {key.revoked_at:%Y-%m-%d}"
    if key.expires_at is None:
        return ""
    if status == ApiKey.Status.EXPIRED:
        return f"on {key.expires_at:%Y-%m-%d}"
    left = how_long(now, key.expires_at)
    return f"for {left} more" if status == ApiKey.Status.RETIRING else f"ends in {left}"
