"""What stands in a practice's calendars on some days, read for the people at its front desk.

Seven statements read it, whatever the days hold. Instants are seconds since the epoch and spans
half-open pairs of them, as in `scheduling.availability`, whose arithmetic tells what is free.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from partners.models import Practice
from scheduling.claims import to_range
from scheduling.hours import DAY, WeeklySpan, days, working_spans
from scheduling.models import Closure, Hold, Provider, TimeOff, Visit, WeeklyHours
from scheduling.spans import Span, complement, union

# A visit may begin the day before, and its buffers may be as long as a day.
_MARGIN = 2 * DAY


class Kind(StrEnum):
    """What an entry is."""

    VISIT = "visit"
    HOLD = "hold"
    TIME_OFF = "off"
    CLOSURE = "closure"
    FREE = "free"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing in a calendar. `provider_id` is None for what concerns the whole practice.

    `busy` is for how long the provider is taken, `part` for how long he attends, if that is not
    all of the time.
    """

    kind: Kind
    span: Span
    provider_id: int | None = None
    title: str = ""
    details: tuple[str, ...] = ()
    status: str = ""
    is_overbooked: bool = False
    visit_id: int | None = None
    busy: Span | None = None
    part: Span | None = None
    until: int | None = None


@dataclass(frozen=True, kw_only=True)
class Days:
    """The calendars of a practice from one local day to another."""

    practice: Practice
    zone: ZoneInfo
    providers: Sequence[Provider]
    entries: Sequence[Entry]
    weeks: dict[int, list[WeeklySpan]] = field(default_factory=dict)

    def working(self, provider_id: int, within: Span) -> list[Span]:
        """The hours of a provider, whatever came between."""
        spans = union(working_spans(self.zone, self.weeks.get(provider_id, []), within))
        return [(max(start, within[0]), min(end, within[1])) for start, end in spans]

    def free(self, provider_id: int, within: Span) -> list[Span]:
        """The hours in which the provider has nothing and could be booked."""
        taken = union(
            [
                entry.busy or entry.span
                for entry in self.entries
                if entry.provider_id in (provider_id, None)
            ]
        )
        return [
            rest for hours in self.working(provider_id, within) for rest in complement(taken, hours)
        ]


def read(
    *, practice: Practice, first: datetime.date, last: datetime.date, now: datetime.datetime
) -> Days:
    """Everything from the first to the last day, of all providers who work or have something."""
    zone = ZoneInfo(practice.time_zone)
    start, end = days(zone, first, last)
    near = to_range((start - _MARGIN, end + _MARGIN))
    entries = sorted(
        (
            entry
            for source in (_visits, _holds, _time_off, _closures)
            for entry in source(practice, near, now)
            if _touches(entry, (start, end))
        ),
        key=lambda entry: (entry.span, entry.title),
    )
    present = {entry.provider_id for entry in entries if entry.kind in (Kind.VISIT, Kind.HOLD)}
    providers = [
        provider
        for provider in Provider.objects.filter(practice=practice)
        if provider.is_active or provider.pk in present
    ]
    return Days(
        practice=practice,
        zone=zone,
        providers=providers,
        entries=entries,
        weeks=_weeks(practice, {provider.pk for provider in providers if provider.is_active}),
    )


def _touches(entry: Entry, within: Span) -> bool:
    start, end = entry.span
    if entry.busy:
        start, end = min(start, entry.busy[0]), max(end, entry.busy[1])
    return start < within[1] and end > within[0]


def _visits(practice: Practice, near: Any, _: datetime.datetime) -> Iterator[Entry]:
    # The person's practice is named so that only one part of that table is read.
    rows = Visit.objects.filter(
        practice=practice, person__practice=practice, during__overlap=near
    ).exclude(status=Visit.Status.CANCELLED)
    for row in rows.order_by().values(
        "pk", "during", "provider_during", "provider_busy", "provider_id", "status",
        "is_overbooked", "person__full_name", "visit_type__name", "room__name",
    ):  # fmt: skip
        during, part = _span(row["during"]), _span(row["provider_during"])
        yield Entry(
            kind=Kind.VISIT,
            span=during,
            provider_id=row["provider_id"],
            title=row["person__full_name"],
            details=_told(row["visit_type__name"], row["room__name"]),
            status=row["status"],
            is_overbooked=row["is_overbooked"],
            visit_id=row["pk"],
            busy=_span(row["provider_busy"]),
            part=part if part != during else None,
        )


def _holds(practice: Practice, near: Any, now: datetime.datetime) -> Iterator[Entry]:
    rows = Hold.objects.filter(practice=practice, during__overlap=near, expires_at__gt=now)
    for row in rows.values(
        "during", "provider_busy", "provider_id", "expires_at", "visit_type__name", "room__name"
    ):
        yield Entry(
            kind=Kind.HOLD,
            span=_span(row["during"]),
            provider_id=row["provider_id"],
            title="Held",
            details=_told(row["visit_type__name"], row["room__name"]),
            busy=_span(row["provider_busy"]),
            until=int(row["expires_at"].timestamp()),
        )


def _time_off(practice: Practice, near: Any, _: datetime.datetime) -> Iterator[Entry]:
    for row in TimeOff.objects.filter(practice=practice, during__overlap=near):
        yield Entry(
            kind=Kind.TIME_OFF,
            span=_span(row.during),
            provider_id=row.provider_id,
            title="Time off",
            details=_told(row.reason),
        )


def _closures(practice: Practice, near: Any, _: datetime.datetime) -> Iterator[Entry]:
    for row in Closure.objects.filter(practice=practice, during__overlap=near):
        yield Entry(
            kind=Kind.CLOSURE,
            span=_span(row.during),
            title="Closed",
            details=_told(row.reason),
        )


def _weeks(practice: Practice, provider_ids: set[int]) -> dict[int, list[WeeklySpan]]:
    weeks: dict[int, list[WeeklySpan]] = defaultdict(list)
    rows = WeeklyHours.objects.filter(practice=practice, provider_id__in=provider_ids)
    for row in rows.values_list(
        "provider_id", "weekday", "opens", "closes", "valid_from", "valid_until"
    ):
        weeks[row[0]].append(WeeklySpan.between(*row[1:]))
    return weeks


def _span(during: Any) -> Span:
    return int(during.lower.timestamp()), int(during.upper.timestamp())


def _told(*texts: str | None) -> tuple[str, ...]:
    return tuple(text for text in texts if text)
