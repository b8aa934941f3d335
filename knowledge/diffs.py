"""What an edit changed in a text: which lines and, within rewritten lines, which words."""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["same", "gone", "new", "gap"]

# Unchanged lines that are shown around a change.
_CONTEXT = 2
# Beyond these it would take too long to look for what lines, or words, have in common.
_MOST_LINES, _MOST_WORDS = 3000, 1000
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True)
class Line:
    """A line of the comparison; its parts are pieces of text, each with whether it changed."""

    kind: Kind
    parts: Sequence[tuple[bool, str]] = ()

    @property
    def text(self) -> str:
        """The whole line."""
        return "".join(piece for _, piece in self.parts)


def compare(before: str, after: str) -> list[Line]:
    """The changed lines and some around them; nothing if the texts are the same."""
    return list(_compared(before.splitlines(), after.splitlines())) if before != after else []


def _compared(before: list[str], after: list[str]) -> Iterator[Line]:
    if max(len(before), len(after)) > _MOST_LINES:
        yield from _whole("gone", before)
        yield from _whole("new", after)
        return
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    shown = 0
    for group in matcher.get_grouped_opcodes(_CONTEXT):
        if group[0][1] > shown:
            yield Line("gap")
        for operation, start, end, new_start, new_end in group:
            if operation == "equal":
                yield from _whole("same", before[start:end])
            else:
                yield from _replaced(before[start:end], after[new_start:new_end])
            shown = end
    if shown < len(before):
        yield Line("gap")


def _whole(kind: Kind, lines: Sequence[str]) -> Iterator[Line]:
    return (Line(kind, [(kind != "same", line)]) for line in lines)


def _replaced(before: Sequence[str], after: Sequence[str]) -> Iterator[Line]:
    """The lines that are gone, then those that are new, with what differs within them."""
    old, new = (_WORDS.findall("\n".join(lines)) for lines in (before, after))
    if not before or not after or len(old) + len(new) > _MOST_WORDS:
        yield from _whole("gone", before)
        yield from _whole("new", after)
        return
    opcodes = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    gone = [(name != "equal", "".join(old[i:j])) for name, i, j, _, _ in opcodes if i < j]
    made = [(name != "equal", "".join(new[i:j])) for name, _, _, i, j in opcodes if i < j]
    yield from _lines("gone", gone)
    yield from _lines("new", made)


def _lines(kind: Kind, pieces: Sequence[tuple[bool, str]]) -> Iterator[Line]:
    """Pieces that run over line ends, cut at them."""
    parts: list[tuple[bool, str]] = []
    for has_changed, text in pieces:
        first, *more = text.split("\n")
        parts.append((has_changed, first))
        for line in more:
            yield Line(kind, [part for part in parts if part[1]])
            parts = [(has_changed, line)]
    yield Line(kind, [part for part in parts if part[1]])
