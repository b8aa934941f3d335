"""Sets of instants, as sorted half-open spans."""

from collections.abc import Sequence
from itertools import chain

Span = tuple[int, int]
Spans = Sequence[Span]

BEGINNING, END = -(10**12), 10**12


def union(*several: Spans) -> list[Span]:
    """What is in any of them, as sorted spans that do not touch; the order they come in is free."""
    whole: list[Span] = []
    # A span from the beginning may have been moved to before it.
    last = 2 * BEGINNING
    for start, end in sorted(chain.from_iterable(several)):
        if start > last:
            whole.append((start, end))
            last = end
        elif end > last:
            whole[-1] = (whole[-1][0], end)
            last = end
    return whole


def complement(spans: Spans, within: Span) -> list[Span]:
    """What is in `within` and in none of the spans, which are sorted and do not overlap."""
    rest = []
    start, end = within
    for taken, free in spans:
        if taken >= end:
            break
        if taken > start:
            rest.append((start, taken))
        start = max(start, free)
    if start < end:
        rest.append((start, end))
    return rest


def common(*several: Spans) -> list[Span]:
    """What is in each of them: outside of all that is outside of one."""
    everything = (BEGINNING, END)
    outside = (complement(union(spans), everything) for spans in several)
    return complement(union(*outside), everything)


def overlap(spans: Spans, span: Span) -> bool:
    """Whether any of them has an instant in common with one span."""
    return any(start < span[1] and end > span[0] for start, end in spans)
