"""Single calls, newest first, by what they are filtered by.

Nothing is counted and no page is skipped over: the next page begins where the last one ended. Time
is searched in ever longer stretches, so that usually one or two days' parts of the table are read.
"""

import datetime
import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, F, Func, Q, QuerySet, Value

from dashboard.endpoints import NO_PATH
from dashboard.models import ApiCall
from dashboard.ranges import DAY, MINUTE

# How far back each try looks; the last one looks at all.
_STRETCHES = (DAY, 10 * DAY, None)


@dataclass(frozen=True, order=True)
class Place:
    """A call's place in the order of time."""

    at: datetime.datetime
    pk: int

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%dT%H:%M:%S.%f}_{self.pk}"

    @classmethod
    def read(cls, text: str) -> "Place | None":
        """What `str` wrote; None if it is something else."""
        at, _, pk = text.partition("_")
        instant = _instant(at)
        is_number = pk.isascii() and pk.isdigit() and len(pk) < 19
        return cls(instant, int(pk)) if instant and is_number else None


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What calls are wanted; `faults` is what was asked for and makes no sense."""

    practice_id: int = 0
    partner_id: int = 0
    status: str = ""
    endpoint: str = ""
    found: str = ""
    until: datetime.datetime | None = None
    faults: tuple[str, ...] = ()

    @classmethod
    def read(cls, asked: Mapping[str, str], *, practice_id: int, partner_id: int) -> "Filters":
        """The filters that an address asks for."""
        status = asked.get("status", "")
        until, faults = None, []
        if status and not (status in {"2", "3", "4", "5"} or _is_status(status)):
            status = ""
            faults.append("A status is a class, 2 to 5, or three digits.")
        if text := asked.get("until", ""):
            until = _instant(text)
            if until is None:
                faults.append("A time reads 2026-01-31T09:00; this is from now.")
        return cls(
            practice_id=practice_id,
            partner_id=partner_id,
            status=status,
            endpoint=asked.get("endpoint", "").replace("\0", ""),
            found=asked.get("find", "").replace("\0", "").strip(),
            until=until,
            faults=tuple(faults),
        )

    def calls(self) -> QuerySet[ApiCall]:
        """All that fit."""
        chosen = Q()
        if self.practice_id:
            chosen &= Q(practice_id=self.practice_id)
        if self.partner_id:
            chosen &= Q(partner_id=self.partner_id)
        if self.status:
            chosen &= _of_status(self.status)
        if self.found:
            chosen &= _found(self.found)
        calls = ApiCall.objects.filter(chosen)
        return _of_endpoint(calls, self.endpoint) if self.endpoint else calls


def page(
    filters: Filters, *, before: Place | None, size: int, now: datetime.datetime
) -> list[ApiCall]:
    """The newest calls that fit and come before a place, up to `size`."""
    calls = filters.calls().order_by("-at", "-id")
    end = before.at if before else now + DAY  # a clock may be wrong
    if filters.until:
        end = min(end, filters.until + MINUTE)
        calls = calls.filter(at__lt=filters.until + MINUTE)
    if before:
        calls = calls.filter(Q(at__lt=before.at) | Q(at=before.at, id__lt=before.pk))
    rows: list[ApiCall] = []
    upper = calls.filter(at__lte=end)
    for stretch in _STRETCHES:
        start = end - stretch if stretch else None
        part = upper.filter(at__gt=start) if start else upper
        rows += part[: size - len(rows)]
        if len(rows) >= size or start is None:
            break
        upper = calls.filter(at__lte=start)
    return rows


def pages(filters: Filters, *, most: int, size: int, now: datetime.datetime) -> Iterator[ApiCall]:
    """Calls that fit, newest first, read in pages; up to `most`."""
    before = None
    while most > 0:
        rows = page(filters, before=before, size=min(size, most), now=now)
        yield from rows
        if len(rows) < min(size, most):
            return
        most -= len(rows)
        before = place(rows[-1])


def place(call: ApiCall) -> Place:
    """Where a call stands."""
    return Place(call.at, call.pk)


def _instant(text: str) -> datetime.datetime | None:
    """A time of UTC in a year that there can be calls of."""
    try:
        at = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    if at.tzinfo or not 1970 < at.year < 2200:
        return None
    return at.replace(tzinfo=datetime.UTC)


def _is_status(text: str) -> bool:
    return len(text) == 3 and text.isascii() and text.isdigit()


def _of_status(text: str) -> Q:
    """By a status or a class of them; of the classes of errors, as their indexes have it."""
    if len(text) > 1:
        return Q(status=int(text))
    if text == "5":
        return Q(status__gte=500)
    return Q(status__gte=int(text) * 100, status__lt=int(text) * 100 + 100)


def _found(text: str) -> Q:
    """A call by its request id, or all from an address."""
    try:
        return Q(ip=str(ipaddress.ip_address(text)))
    except ValueError:
        return Q(request_id=text)


def _of_endpoint(calls: QuerySet[ApiCall], endpoint: str) -> QuerySet[ApiCall]:
    """By method and route, as the figures name them."""
    method, _, route = ("", "", "") if endpoint == NO_PATH else endpoint.partition(" ")

    def hashed(text: Any) -> Func:
        return Func(text, Value(0), function="hashtextextended", output_field=BigIntegerField())

    calls = calls.alias(route_hash=hashed(F("route"))).filter(
        route_hash=hashed(Value(route)), route=route
    )
    return calls.filter(method=method) if method not in {"", "?"} else calls
