"""The rows and lanes on which the calendar's blocks lie, and the stylesheet that puts them there.

The content security policy allows no style attributes, so a block's place is in its classes:
`at-37 for-6` begins in the 37th row of five minutes and is six rows high; `lane-2-3` is the second
of three side by side. The rules for them never change; they are kept as a file:

    python -m dashboard.grid > dashboard/static/dashboard/grid.css
"""

import sys
from collections.abc import Iterator, Sequence

MINUTES = 5
HOUR = 60 // MINUTES
ROWS = 24 * HOUR
MOST_LANES = 6
# What 1 to 6 lanes are multiples of.
_TRACKS = 60

Rows = tuple[int, int]


def lanes(blocks: Sequence[Rows]) -> list[tuple[int, int]]:
    """For each block, as (first row, end row) sorted by the first: its lane, and of how many.

    Blocks side by side share their width with those they overlap, directly or through others. More
    than there are lanes lie on each other in the last one.
    """
    placed: list[tuple[int, int]] = []
    for cluster in _clusters(blocks):
        ends: list[int] = []
        chosen = []
        for start, end in cluster:
            free = (lane for lane, until in enumerate(ends) if until <= start)
            lane = next(free, len(ends))
            ends[lane : lane + 1] = [end]
            chosen.append(lane)
        count = min(len(ends), MOST_LANES)
        placed += [(min(lane + 1, count), count) for lane in chosen]
    return placed


def _clusters(blocks: Sequence[Rows]) -> Iterator[list[Rows]]:
    cluster: list[Rows] = []
    reaches = 0
    for block in blocks:
        if cluster and block[0] >= reaches:
            yield cluster
            cluster, reaches = [], 0
        cluster.append(block)
        reaches = max(reaches, block[1])
    if cluster:
        yield cluster


def stylesheet() -> str:
    """The rules of all rows, heights and lanes."""
    rules = ["/* Made by `python -m dashboard.grid`. */"]
    rules += [f".at-{row} {{ grid-row-start: {row}; }}" for row in range(1, ROWS + 1)]
    rules += [f".for-{rows} {{ grid-row-end: span {rows}; }}" for rows in range(1, ROWS + 1)]
    rules += [
        f".rows-{rows} {{ grid-template-rows: repeat({rows}, var(--row)); }}"
        for rows in range(HOUR, ROWS + 1, HOUR)
    ]
    rules.append(f".cal-rows {{ grid-template-columns: repeat({_TRACKS}, minmax(0, 1fr)); }}")
    for count in range(1, MOST_LANES + 1):
        width = _TRACKS // count
        rules += [
            f".lane-{lane}-{count} {{ grid-column: {(lane - 1) * width + 1} / span {width}; }}"
            for lane in range(1, count + 1)
        ]
    return "\n".join(rules) + "\n"


if __name__ == "__main__":
    sys.stdout.write(stylesheet())
