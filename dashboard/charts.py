"""A chart of calls over time, as the shapes that a template draws.

Across, places are per cent of the width, so that the chart fits any screen; down, they are pixels.
"""

import datetime
import math
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.ranges import DAY, HOUR, Range, floor
from dashboard.usage import Step

HEIGHT, _TOP = 200, 12
_LINES = 4
# Of its step's width, what a bar takes.
_WIDTH = 0.8
# Errors are to be seen, however few they are.
_LEAST = 2.0


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One step: a bar of errors with the other calls on top of it, and what is said of it."""

    left: float
    width: float
    reach_left: float
    reach_width: float
    errors_top: float
    errors_height: float
    calls_top: float
    calls_height: float
    when: str
    calls: str
    errors: str

    @property
    def said(self) -> str:
        """Both numbers in words."""
        calls = "1 call" if self.calls == "1" else f"{self.calls} calls"
        return f"{calls}, {'1 error' if self.errors == '1' else f'{self.errors} errors'}"


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A line across, with the number of calls, or a place below, with the time."""

    at: float
    label: str


@dataclass(frozen=True, kw_only=True)
class Chart:
    """All shapes; `bottom` is the line that the bars stand on."""

    bars: Sequence[Bar]
    lines: Sequence[Mark]
    times: Sequence[Mark]
    bottom: int = HEIGHT + _TOP


def draw(steps: Sequence[Step], chosen: Range) -> Chart:
    """The chart of the steps of a range."""
    top = _round_up(max((step.calls for step in steps), default=0))
    share = 100 / max(1, len(steps))
    return Chart(
        bars=[_bar(step, chosen, n * share, share, top) for n, step in enumerate(steps)],
        lines=[
            Mark(at=_TOP + HEIGHT * (1 - n / _LINES), label=short(top * n // _LINES))
            for n in range(_LINES + 1)
        ],
        times=[
            Mark(at=round(n * share, 3), label=f"{step.at:{chosen.mark_format}}")
            for n, step in enumerate(steps)
            if floor(step.at, chosen.step * chosen.mark_every) == step.at
        ],
    )


def when(at: datetime.datetime, step: datetime.timedelta) -> str:
    """The time of a step in words."""
    if step >= DAY:
        return f"{at:%a} {at.day} {at:%b}"
    if step < HOUR:
        return f"{at:%H:%M}"
    return f"{at:%a} {at.day} {at:%b} {at:%H:%M}–{at + step:%H:%M}"


def short(number: int) -> str:
    """A number of few letters."""
    for size, letter in ((1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k")):
        if number >= size:
            return f"{number / size:.3g}{letter}"
    return str(number)


def _bar(step: Step, chosen: Range, left: float, share: float, top: int) -> Bar:
    height = HEIGHT * step.calls / top
    errors = min(height, max(_LEAST, HEIGHT * step.errors / top)) if step.errors else 0.0
    if step.errors and height < _LEAST:
        height = errors = _LEAST
    bottom = HEIGHT + _TOP
    return Bar(
        left=round(left + share * (1 - _WIDTH) / 2, 3),
        width=round(share * _WIDTH, 3),
        reach_left=round(left, 3),
        reach_width=round(share, 3),
        errors_top=round(bottom - errors, 1),
        errors_height=round(errors, 1),
        calls_top=round(bottom - height, 1),
        calls_height=round(height - errors, 1),
        when=when(step.at, chosen.step),
        calls=f"{step.calls:,}",
        errors=f"{step.errors:,}",
    )


def _round_up(most: int) -> int:
    """The next number that the lines divide into round parts."""
    if most < 10:
        return _LINES * max(1, math.ceil(most / _LINES))
    size = int(10 ** math.floor(math.log10(most)))
    for part in (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10):
        top = math.ceil(size * part)
        if top >= most and top % _LINES == 0:
            return top
    return size * 20
