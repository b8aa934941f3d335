"""Bring events in from a file."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction

from partners.management import arguments
from partners.management.command import Answer, Failed, OperatorCommand, as_json
from partners.models import Practice
from webhooks import log
from webhooks.entries import Entry, Fault, read_lines

_BATCH = 5_000
# A report longer than this nobody reads.
_MOST_FAULTS = 100


class Command(OperatorCommand):
    """`import_events FILE`; all of it, or nothing and a report."""

    help = """\
Write the events of a file of JSON lines to the log, in their order, in one transaction. If a line
is wrong, nothing is written. Each run writes them anew: an event has no key to know it again by.

A line: {"practice": "DemoOffice", "scope": "Claims", "event": "claim.paid", "objectId": 4711,
         "data": {"ClaimID": 4711}}   (objectId and data may be left out)"""
    examples = """\
  manage.py import_events events.jsonl --dry-run
  zcat events.jsonl.gz | manage.py import_events -"""

    def add_arguments(self, parser: CommandParser) -> None:
        """FILE, and whether to write."""
        parser.add_argument(
            "file", metavar="FILE", type=arguments.existing_file, help="in UTF-8; - is stdin"
        )
        parser.add_argument("--dry-run", action="store_true", help="check all, write nothing")
        super().add_arguments(parser)

    def perform(self, **options: Any) -> Answer:
        """Read and write as it comes, so that a file may be longer than the memory."""
        names = dict(Practice.objects.values_list("pk", "ppass"))
        practices = {ppass.lower(): pk for pk, ppass in names.items()}
        counts: Counter[int] = Counter()
        faults: list[Fault] = []
        with _opened(options["file"]) as lines:
            found = _without_faults(read_lines(lines, practices), faults)
            while batch := list(islice(found, _BATCH)):
                counts.update(entry.practice_id for entry in batch)
                if not faults and not options["dry_run"]:
                    log.append_entries(batch)
        is_kept = not faults and not options["dry_run"]
        if not is_kept:
            transaction.set_rollback(True)
        facts = {
            "written": is_kept,
            "events": counts.total(),
            "practices": {names[pk]: counts[pk] for pk in sorted(counts, key=names.__getitem__)},
            "faults": [fault._asdict() for fault in faults],
        }
        if faults:
            if options["json"]:
                self.stdout.write(as_json(facts))
            told = [f"line {fault.line}: {fault.message}" for fault in faults]
            raise Failed("\n".join([*told, "Nothing was written."]))
        return Answer(facts, _told(facts))


@contextmanager
def _opened(path: Path) -> Iterator[Iterable[bytes]]:
    if str(path) == "-":
        yield sys.stdin.buffer
        return
    try:
        with path.open("rb") as lines:
            yield lines
    except OSError as error:
        raise Failed(f"The file cannot be read: {error.strerror}.") from error


def _without_faults(found: Iterable[Entry | Fault], faults: list[Fault]) -> Iterator[Entry]:
    for each in found:
        if isinstance(each, Entry):
            yield each
        elif len(faults) < _MOST_FAULTS:
            faults.append(each)
        else:
            return


def _told(facts: dict[str, Any]) -> str:
    counts = ", ".join(f"{ppass} {count}" for ppass, count in facts["practices"].items())
    lines = [f"{facts['events']} events{f': {counts}' if counts else ''}."]
    return "\n".join(lines if facts["written"] else [*lines, "Nothing was written: a dry run."])
