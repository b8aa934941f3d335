"""Whether the platform does its background work: who is alive, and what waits for them."""

import time
from dataclasses import dataclass

from dashboard import usage
from emrapi import heartbeats
from webhooks import waking
from webhooks.lag import Lag, lag

# Seconds that something may wait before it is worth a look, and before something is wrong.
_SLOW, _STUCK = 30.0, 120.0


@dataclass(frozen=True, kw_only=True)
class Sign:
    """What is known of one part, in the tone good, warn or bad."""

    name: str
    tone: str
    said: str


def signs() -> list[Sign]:
    """Every part, those that run before what they work on."""
    behind = usage.waiting_seconds()
    return [
        *_processes(),
        Sign(
            name="Figures",
            tone=_tone(behind),
            said=f"{duration(behind)} behind" if behind > _SLOW else "up to date",
        ),
        *_queues(lag()),
    ]


def webhook_signs() -> list[Sign]:
    """What has to do with webhooks: who sends, what waits, how many are in trouble."""
    found = lag()
    return [
        *(sign for sign in _processes() if sign.name in {"Redis", "Sender"}),
        *_queues(found),
        *_some("Catching up", found.practices_behind, "practice", "practices"),
        *_some("Failing", found.failing, "subscription", "subscriptions"),
        *_some("Disabled", found.disabled, "subscription", "subscriptions"),
    ]


def _queues(found: Lag) -> list[Sign]:
    events, deliveries = found.oldest_unnumbered_seconds, found.oldest_due_seconds
    return [
        _queue("Event log", found.unnumbered, events, "none waiting", "waiting"),
        _queue("Deliveries", found.due, deliveries, "none due", "due"),
    ]


def _some(name: str, number: int, one: str, many: str) -> list[Sign]:
    said = f"{number:,} {one if number == 1 else many}"
    return [Sign(name=name, tone="warn", said=said)] if number else []


def _processes() -> list[Sign]:
    ages = heartbeats.ages()
    if ages is None:
        return [Sign(name="Redis", tone="bad", said="does not answer")]
    senders = [age for name, age in ages.items() if name.startswith("sender@")]
    # While it sends, it does not look after its loop, but it says that it is at it.
    if (looked := waking.looked_at()) is not None:
        senders.append(max(0.0, time.time() - looked))
    workers = [age for name, age in ages.items() if "@" in name and not name.startswith("sender@")]
    beats = [age for name, age in ages.items() if name == heartbeats.BEAT]
    return [_alive("Worker", workers), _alive("Sender", senders), _alive("Beat", beats)]


def _alive(name: str, ages: list[float]) -> Sign:
    if not ages:
        return Sign(name=name, tone="bad", said="not running")
    silent = [age for age in ages if age > heartbeats.DEAD_AFTER]
    if len(silent) == len(ages):
        return Sign(name=name, tone="bad", said=f"silent for {duration(min(ages))}")
    if silent:
        return Sign(name=name, tone="warn", said=f"{len(silent)} of {len(ages)} silent")
    return Sign(name=name, tone="good", said="alive")


def _queue(name: str, rows: int, age: float, none: str, some: str) -> Sign:
    said = f"{rows:,} {some}, for {duration(age)}" if rows else none
    return Sign(name=name, tone=_tone(age if rows else 0.0), said=said)


def _tone(seconds: float) -> str:
    return "bad" if seconds > _STUCK else "warn" if seconds > _SLOW else "good"


def duration(seconds: float) -> str:
    """A time in its largest unit, rounded down."""
    for length, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= length:
            return f"{int(seconds // length)} {unit}"
    return f"{int(seconds)} s"
