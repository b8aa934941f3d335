"""A claim on a provider's and a room's time: what visits and holds are before they are rows."""

import datetime
import math
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from scheduling import locks, terms
from scheduling.availability import Bounds, Need
from scheduling.hours import MINUTE, SkippedTime, to_instant
from scheduling.models.visit_type import LONGEST_MINUTES
from scheduling.refusals import BadDuration, BadWallTime, OutOfBounds, PartOutside
from scheduling.spans import Span
from scheduling.terms import Terms


@dataclass(frozen=True, kw_only=True)
class Part:
    """When a visit is, and the provider's part of it; seconds, the offset from its beginning."""

    start: int
    length: int
    offset: int
    provider_length: int


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A visit that somebody wants: of which practice, on what terms, when.

    The rows with the ids `without_visit` and `without_hold` do not stand in its way. `holder` is
    the API key that wants to hold it, if it is to be held.
    """

    practice_id: int
    terms: Terms
    part: Part
    bounds: Bounds
    now: datetime.datetime
    without_visit: int | None = None
    without_hold: int | None = None
    holder: int | None = None

    @property
    def during(self) -> DateTimeTZRange:
        """The whole visit."""
        return to_range(self.visit)

    @property
    def visit(self) -> Span:
        """The same in seconds."""
        return self.part.start, self.part.start + self.part.length

    @property
    def provider_during(self) -> DateTimeTZRange:
        """The provider's part."""
        return to_range(self._provider(0, 0))

    @property
    def provider_busy(self) -> DateTimeTZRange:
        """The provider's part with the buffers of the type."""
        return to_range(self.busy)

    @property
    def busy(self) -> Span:
        """The same in seconds."""
        return self._provider(self._before, self._after)

    @property
    def lock_keys(self) -> list[int]:
        """Those of the locks that it takes."""
        return locks.keys(
            practice_id=self.practice_id,
            provider_id=self.terms.provider_id,
            busy=self.busy,
            room_ids=self.terms.room_ids or [],
            visit=self.visit,
            holder=self.holder,
        )

    def need(self, rooms: Iterable[tuple[int, list[Span]]] = ()) -> Need:
        """The same in the words of the engine, with what takes the rooms, once that is known."""
        return Need(
            length=self.part.length,
            offset=self.part.offset,
            provider_length=self.part.provider_length,
            before=self._before,
            after=self._after,
            rooms=None if self.terms.room_ids is None else list(rooms),
        )

    def _provider(self, before: int, after: int) -> Span:
        start = self.part.start + self.part.offset
        return start - before, start + self.part.provider_length + after

    @property
    def _before(self) -> int:
        return self.terms.visit_type.buffer_before_minutes * MINUTE

    @property
    def _after(self) -> int:
        return self.terms.visit_type.buffer_after_minutes * MINUTE


def part_of(
    *,
    zone: ZoneInfo,
    date: datetime.date,
    time: datetime.time,
    duration_minutes: int,
    provider_time: datetime.time | None = None,
    provider_duration_minutes: int | None = None,
) -> Part:
    """When a visit is that was asked for by the practice's clock.

    The provider's part is the visit's unless said. A provider's time before the visit's is on the
    next day, for visits across midnight. Raises BadDuration, BadWallTime, PartOutside.
    """
    provider_minutes = provider_duration_minutes
    if provider_minutes is None:
        provider_minutes = duration_minutes
    for field, minutes in (
        ("VisitDuration", duration_minutes),
        ("ProviderDuration", provider_minutes),
    ):
        if not 1 <= minutes <= LONGEST_MINUTES:
            raise BadDuration(field)
    start = instant("VisitTime", zone, date, time)
    length, provider_length = duration_minutes * MINUTE, provider_minutes * MINUTE
    offset = 0
    if provider_time is not None and provider_time != time:
        offset = instant("ProviderTime", zone, _day_of(date, time, provider_time), provider_time)
        offset -= start
        if not 0 <= offset < length:
            raise PartOutside("ProviderTime")
    if offset + provider_length > length:
        raise PartOutside(
            "ProviderTime" if provider_duration_minutes is None else "ProviderDuration"
        )
    return Part(start=start, length=length, offset=offset, provider_length=provider_length)


def make(
    *,
    practice_id: int,
    provider_id: int,
    visit_type: str | int,
    person_id: int | None = None,
    part: Part,
    zone: ZoneInfo,
    now: datetime.datetime,
    without_visit: int | None = None,
) -> Claim:
    """A claim on the terms of this very moment; raises Unknown or NotAllowed."""
    found = terms.find(
        practice_id=practice_id,
        provider_id=provider_id,
        visit_type=visit_type,
        person_id=person_id,
        now=now,
    )
    # The present second, rounded up.
    present = math.ceil(now.timestamp())
    return Claim(
        practice_id=practice_id,
        terms=found,
        part=part,
        bounds=Bounds(now=present, zone=zone, rules=found.rules),
        now=now,
        without_visit=without_visit,
    )


def check_bounds(claim: Claim) -> None:
    """Raise OutOfBounds for the past, for too soon and for too far ahead."""
    start, when = claim.part.start, claim.bounds
    if start < when.now:
        raise OutOfBounds("past")
    if start < when.earliest:
        raise OutOfBounds("notice")
    if start >= when.end:
        raise OutOfBounds("horizon")


def to_range(span: Span) -> DateTimeTZRange:
    """A span of seconds as the database has it."""
    return DateTimeTZRange(
        *(datetime.datetime.fromtimestamp(instant, datetime.UTC) for instant in span)
    )


def instant(field: str, zone: ZoneInfo, date: datetime.date, time: datetime.time) -> int:
    """What the practice's clock means, or BadWallTime that blames the field."""
    try:
        return to_instant(zone, date, time)
    except SkippedTime:
        raise BadWallTime(field) from None


def _day_of(
    date: datetime.date, time: datetime.time, provider_time: datetime.time
) -> datetime.date:
    if provider_time > time:
        return date
    if date == datetime.date.max:
        raise PartOutside("ProviderTime")
    return date + datetime.timedelta(days=1)
