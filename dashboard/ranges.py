"""The ranges of time that figures are shown for, each a number of equal steps up to now."""

import datetime
from dataclasses import dataclass

Span = tuple[datetime.datetime, datetime.datetime]

MINUTE = datetime.timedelta(minutes=1)
HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


def floor(at: datetime.datetime, step: datetime.timedelta) -> datetime.datetime:
    """The beginning of the step that an instant is in; days are those of UTC."""
    return at - (at - _EPOCH) % step


@dataclass(frozen=True, kw_only=True)
class Range:
    """The last so many steps; the one that we are in counts as one."""

    name: str
    label: str
    steps: int
    step: datetime.timedelta
    # How the chart names its steps: each so many, and in what form.
    mark_every: int
    mark_format: str

    @property
    def length(self) -> datetime.timedelta:
        """All steps together."""
        return self.steps * self.step

    @property
    def words(self) -> str:
        """How long it is."""
        return self.label.lower().removeprefix("last ")

    def span(self, now: datetime.datetime) -> Span:
        """From the first step's beginning to the end of the one that we are in."""
        end = floor(now, self.step) + self.step
        return end - self.length, end

    def compared(self, now: datetime.datetime) -> tuple[Span, Span]:
        """What of the range is over, and as much of the range before, for like to meet like.

        Over are whole minutes; hours, where minutes are not kept for so long; days, where hours
        are not.
        """
        unit = MINUTE if self.length <= DAY else HOUR if self.step < DAY else DAY
        start, until = self.span(now)[0], floor(now, unit)
        return (start, until), (start - self.length, until - self.length)


RANGES = {
    chosen.name: chosen
    for chosen in (
        Range(
            name="1h", label="Last hour", steps=60, step=MINUTE, mark_every=10, mark_format="%H:%M"
        ),
        Range(
            name="24h",
            label="Last 24 hours",
            steps=24,
            step=HOUR,
            mark_every=3,
            mark_format="%H:%M",
        ),
        Range(
            name="7d",
            label="Last 7 Days",
            steps=28,
            step=6 * HOUR,
            mark_every=4,
            mark_format="%a %d",
        ),
        Range(
            name="30d", label="Last 30 days", steps=30, step=DAY, mark_every=5, mark_format="%d %b"
        ),
        Range(
            name="90d", label="Last 90 days", steps=90, step=DAY, mark_every=15, mark_format="%d %b"
        ),
    )
}
USUAL = RANGES["7d"]
