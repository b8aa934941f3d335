"""Bring providers, weekly hours and visits in from a file."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.db import OperationalError, transaction
from django.utils import timezone
from psycopg.errors import DeadlockDetected

from partners.management import arguments
from partners.management.command import Answer, Failed, OperatorCommand, as_json
from partners.management.key_facts import practice_named
from partners.tenancy import within_practice
from scheduling.import_files import KINDS, BadFile, Fault, Line, read
from scheduling.importing import Importer

# Each keeps locks until all are written.
_MOST_VISITS = 2_000
# A report longer than this nobody reads on a screen; --json has it whole.
_MOST_SHOWN = 100


class Command(OperatorCommand):
    """`import_schedule FILE --ppass P`; all of it, or nothing and a report."""

    help = """\
Bring providers, weekly hours or visits in from a CSV or JSON file. All lines are tried; if one is
wrong, nothing is written and each fault is told. What is there already is left as it is, so a file
can be brought in again.

CSV has names of columns in its first line:
  providers  Name [Title Specialty Active]
  hours      Provider Weekday Opens Closes [ValidFrom ValidUntil]
  visits     Provider PatientID VisitType Date Time [Duration ProviderTime ProviderDuration
             Complaint Notes]
JSON is a list of such objects, or {"providers": [...], "hours": [...], "visits": [...]}."""
    examples = """\
  manage.py import_schedule hours.csv --ppass DemoOffice --dry-run
  manage.py import_schedule week.json --ppass DemoOffice
  cat visits.csv | manage.py import_schedule - --format csv --ppass DemoOffice --skip-bad --json"""

    def add_arguments(self, parser: CommandParser) -> None:
        """FILE, and how to take it."""
        parser.add_argument(
            "file", metavar="FILE", type=arguments.existing_file, help="in UTF-8; - is stdin"
        )
        parser.add_argument("--ppass", required=True, type=arguments.ppass, metavar="P")
        parser.add_argument(
            "--format", choices=["csv", "json"], help="(default: by the file's name, else csv)"
        )
        parser.add_argument(
            "--kind", choices=list(KINDS), help="what the lines are (default: by their columns)"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="try everything, write nothing, report"
        )
        parser.add_argument(
            "--skip-bad", action="store_true", help="write what is right, report what is not"
        )
        super().add_arguments(parser)

    def perform(self, **options: Any) -> Answer:
        """Try all lines in one transaction, and keep it if that is wanted."""
        practice = practice_named(options["ppass"])
        path = options["file"]
        is_json = (options["format"] or path.suffix.lower().lstrip(".")) == "json"
        try:
            lines, faults = read(_text(path), is_json=is_json, kind=options["kind"])
        except BadFile as bad:
            raise Failed(f"{bad} Nothing was written.") from bad
        _refuse_too_many(lines)
        with within_practice(practice.pk):
            importer = Importer(practice=practice, now=timezone.now())
            for fault in {(f.kind, f.line) for f in faults}:
                importer.counts[fault[0]]["failed"] += 1
            try:
                importer.bring_in(lines)
            except OperationalError as error:
                if isinstance(error.__cause__, DeadlockDetected):
                    raise Failed(
                        "Others were booking the same times; nothing was written. Run it again."
                    ) from error
                raise
            faults = sorted([*faults, *importer.faults], key=lambda fault: fault[:2])
            is_kept = not options["dry_run"] and (options["skip_bad"] or not faults)
            if not is_kept:
                transaction.set_rollback(True)
        facts = {
            "written": is_kept,
            "counts": {
                kind: dict(importer.counts[kind]) for kind in KINDS if importer.counts[kind]
            },
            "faults": [fault._asdict() for fault in faults],
        }
        if faults and not options["skip_bad"]:
            if options["json"]:
                self.stdout.write(as_json(facts))
            raise Failed("\n".join([*_told(faults, is_json), "Nothing was written."]))
        return Answer(facts, "\n".join([*_told(faults, is_json), *_counted(facts)]))


def _text(path: Path) -> str:
    try:
        content = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile(f"The file is not UTF-8 (byte {error.start}); save it as UTF-8.") from error
    except OSError as error:
        raise BadFile(f"The file cannot be read: {error.strerror}.") from error


def _refuse_too_many(lines: list[Line]) -> None:
    visits = sum(line.kind == "visits" for line in lines)
    if visits > _MOST_VISITS:
        raise Failed(
            f"{visits} visits are more than {_MOST_VISITS:,}, the most of one file; cut it in"
            " parts. Nothing was written."
        )


def _told(faults: list[Fault], is_json: bool) -> list[str]:
    place = "item" if is_json else "line"
    told = [f"{f.kind}, {place} {f.line}, {f.column}: {f.message}" for f in faults[:_MOST_SHOWN]]
    if len(faults) > _MOST_SHOWN:
        told.append(f"… and {len(faults) - _MOST_SHOWN} more faults; --json tells them all.")
    return told


def _counted(facts: dict[str, Any]) -> list[str]:
    lines = [
        f"{kind}: {', '.join(f'{number} {outcome}' for outcome, number in sorted(counts.items()))}"
        for kind, counts in facts["counts"].items()
    ]
    return lines if facts["written"] else [*lines, "Nothing was written: a dry run."]
