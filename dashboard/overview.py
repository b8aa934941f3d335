"""Figures in words, each beside how it was in the range before."""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from dashboard import charts, usage
from dashboard.endpoints import NO_PATH, breakable, parts
from dashboard.ranges import Range
from dashboard.usage import Fault, Figures, Whose

# Writes the query of an address, for what is chosen and for the facts given.
Query = Callable[..., str]

# How many endpoints and errors are named.
_MOST = 8
# A change of less than this is neither good nor bad, in per cent or in points of them.
_WORTH = 1.0


@dataclass(frozen=True, kw_only=True)
class Card:
    """One figure; `tone` says whether its change is good or bad, '' if it is neither."""

    name: str
    value: str
    change: str = ""
    tone: str = ""


@dataclass(frozen=True, kw_only=True)
class EndpointLine:
    """A line of the busiest endpoints."""

    query: str
    method: str
    path: SafeString
    calls: str
    share: int
    errors: str
    p50: str
    p95: str


@dataclass(frozen=True, kw_only=True)
class FaultLine:
    """A line of the commonest errors."""

    query: str
    method: str
    path: SafeString
    status: int
    calls: str


def read(whose: Whose, chosen: Range, *, query: Query, now: datetime.datetime) -> dict[str, Any]:
    """What `overview_figures.html` shows of somebody's range; `query` leads to their calls."""
    span = chosen.span(now)
    over, before = chosen.compared(now)
    figures = usage.figures(whose, {"now": span, "over": over, "before": before})
    busiest = usage.endpoints(whose, span, most=_MOST)
    faults = usage.faults(whose, span, most=_MOST)
    return {
        "range": chosen,
        "cards": cards(figures["now"], figures["over"], figures["before"]),
        "chart": charts.draw(usage.steps(whose, span, chosen.step), chosen),
        "latency": {
            name: milliseconds(figures["now"].percentile(percent) or 0.0)
            for name, percent in (("p50", 50), ("p95", 95))
        },
        "busiest": endpoint_lines(busiest, figures["now"], query),
        "faults": fault_lines(faults, query),
    }


def cards(now: Figures, over: Figures, before: Figures) -> list[Card]:
    """The four figures that were published, in their order.

    `over` is what of the range can be compared with `before`.
    """
    return [
        _card("Total Calls", f"{now.calls:,}", _change(over.calls, before.calls), 0),
        _card(
            "Success Rate",
            per_cent(now.success_rate or 0.0),
            _difference(over.success_rate, before.success_rate),
            1,
        ),
        _card(
            "Avg Duration",
            milliseconds(now.average_ms or 0.0),
            _change(over.average_ms or 0.0, before.average_ms or 0.0),
            -1,
        ),
        _card("Error Count", f"{now.errors:,}", _change(over.errors, before.errors), -1),
    ]


def endpoint_lines(
    busiest: Sequence[tuple[str, Figures]], whole: Figures, query: Query
) -> list[EndpointLine]:
    """The busiest endpoints; `share` is of all calls, in per cent, `query` leads to its calls."""
    return [
        EndpointLine(
            query=query(endpoint=endpoint or NO_PATH),
            method=parts(endpoint)[0],
            path=breakable(parts(endpoint)[1]),
            calls=f"{figures.calls:,}",
            share=round(100 * figures.calls / max(1, whole.calls)),
            errors=f"{figures.errors:,}",
            p50=milliseconds(figures.percentile(50) or 0.0),
            p95=milliseconds(figures.percentile(95) or 0.0),
        )
        for endpoint, figures in busiest
    ]


def fault_lines(faults: Sequence[Fault], query: Query) -> list[FaultLine]:
    """The commonest errors; `query` leads to the calls of one."""
    return [
        FaultLine(
            query=query(endpoint=fault.endpoint or NO_PATH, status=fault.status),
            method=parts(fault.endpoint)[0],
            path=breakable(parts(fault.endpoint)[1]),
            status=fault.status,
            calls=f"{fault.calls:,}",
        )
        for fault in faults
    ]


def milliseconds(duration: float) -> str:
    """A duration with two or three digits that matter."""
    if duration >= 10_000:
        return f"{duration / 1000:,.1f}s"
    if duration >= 10 or duration == 0:
        return f"{duration:,.0f}ms"
    return f"{duration:.1f}ms"


def per_cent(share: float) -> str:
    """A share; what is not quite all or nothing does not look as if it were."""
    if 0 < share < 100:
        share = min(max(share, 0.001), 99.999)
    digits = 1 if 0.1 <= share <= 99.9 else 3
    return f"{round(share, digits):g}%"


def _card(name: str, value: str, change: float | str | None, good: int) -> Card:
    """A card whose change is good if it goes up (1), down (-1), or neither (0)."""
    if change is None or isinstance(change, str):
        return Card(name=name, value=value, change=change or "")
    unit = " points" if name == "Success Rate" else "%"
    if abs(change) < 0.05:
        return Card(name=name, value=value, change="no change")
    sign = "+" if change > 0 else "−"
    size = f"{abs(change):,.0f}" if abs(change) >= 100 else f"{abs(change):.1f}"
    tone = "" if not good or abs(change) < _WORTH else "good" if change * good > 0 else "bad"
    return Card(name=name, value=value, change=f"{sign}{size}{unit}", tone=tone)


def _change(now: float, before: float) -> float | str | None:
    if before:
        return 100 * (now - before) / before
    return "none before" if now else None


def _difference(now: float | None, before: float | None) -> float | None:
    return None if now is None or before is None else now - before
