"""The calendar as it is drawn: columns of blocks on rows of five minutes."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dashboard.calendar import Entry, Kind
from scheduling.models import Provider

_STATUSES = {
    "booked": "Booked",
    "arrived": "Arrived",
    "completed": "Completed",
    "no_show": "No-show",
}


@dataclass(frozen=True, kw_only=True)
class Block:
    """An entry with its place. `entry` is None for what is drawn and not read."""

    kind: str
    row: int
    rows: int
    lane: str = ""
    is_narrow: bool = False
    times: str = ""
    entry: Entry | None = None
    title: str = ""
    details: tuple[str, ...] = ()
    # Free time that is to come: the first time of its day at which a visit may begin.
    opens: str = ""

    @property
    def begins(self) -> str:
        """The first of its times."""
        return self.times.partition("–")[0]

    @property
    def ends(self) -> str:
        """The other."""
        return self.times.partition("–")[2]

    @property
    def status(self) -> str:
        """How far a visit has come, in words."""
        return _STATUSES.get(self.entry.status, "") if self.entry else ""


@dataclass(frozen=True, kw_only=True)
class Column:
    """A provider's day. In a week: a day of one provider, or of all."""

    title: str
    date: datetime.date
    provider: Provider | None
    hours: str
    off: Sequence[str]
    visits: int
    blocks: Sequence[Block]
    now: int | None
    is_today: bool


class HourMark(NamedTuple):
    """A full hour on the axis."""

    row: int
    label: str


@dataclass(frozen=True, kw_only=True)
class Board:
    """All columns, on the same rows."""

    columns: Sequence[Column]
    rows: int
    hours: Sequence[HourMark]
    now: str

    @property
    def summary(self) -> list[str]:
        """What a glance should tell: how many visits, in what status, and what is held."""
        # Once each: what goes on over midnight is in two columns of a week.
        entries = {block.entry for column in self.columns for block in column.blocks if block.entry}
        visits = [entry.status for entry in entries if entry.kind is Kind.VISIT]
        held = sum(entry.kind is Kind.HOLD for entry in entries)
        told = [f"{len(visits)} visit{'' if len(visits) == 1 else 's'}"]
        told += [
            f"{visits.count(status)} {label.lower()}"
            for status, label in _STATUSES.items()
            if status in visits
        ]
        return told + ([f"{held} held"] if held else [])
