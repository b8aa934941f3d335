"""Bring a price list in from a CSV file."""

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import CommandParser
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from catalog import bulk, price_files
from catalog.items import WRITABLE, Checked, Checker, Fault
from catalog.models import VendorGrant
from emrapi.api.suggestions import nearest
from partners.enrolment import find_partner
from partners.management import arguments
from partners.management.command import Answer, Failed, OperatorCommand, as_json
from partners.models import Partner

# A report longer than this nobody reads on a screen; --json has it whole.
_MOST_SHOWN = 100


class Command(OperatorCommand):
    """`import_products FILE`; all of it, or nothing and a report."""

    help = f"""\
Bring products in from a CSV file, into the catalogue that all practices share. All lines are
looked at as the API looks at them; if one is wrong, nothing is written and each fault is told.
A product is known by VendorCode and ProductCode; what is there is changed where it differs.

The first line names the columns, in any order:
  VendorCode ProductCode [{" ".join(list(WRITABLE)[2:])}]
An empty cell leaves the product as it is. ProductID and UpdatedAt, which an export has, are left
out. At most {price_files.MOST_LINES:,} lines."""
    examples = """\
  manage.py import_products prices.csv --dry-run
  manage.py import_products prices.csv --partner "Bright Supplies"
  zcat prices.csv.gz | manage.py import_products - --skip-bad --json"""

    def add_arguments(self, parser: CommandParser) -> None:
        """FILE, and how to take it."""
        parser.add_argument(
            "file", metavar="FILE", type=arguments.existing_file, help="in UTF-8; - is stdin"
        )
        parser.add_argument(
            "--partner", metavar="NAME", help="refuse vendors that this partner may not write"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="tell what would be done, and write nothing"
        )
        parser.add_argument(
            "--skip-bad", action="store_true", help="write what is right, report what is not"
        )
        super().add_arguments(parser)

    def perform(self, **options: Any) -> Answer:
        """Look at all lines, then write them as one batch."""
        vendor_codes = _vendor_codes(options["partner"])
        with _progress() as bar:
            try:
                with _opened(options["file"]) as (file, size):
                    checked = _checked(file, size, vendor_codes, bar)
            except price_files.BadFile as bad:
                raise Failed(f"{bad} Nothing was written.") from bad
            bar.add_task("Comparing" if options["dry_run"] else "Writing", total=None)
            try:
                report = bulk.upsert_checked(
                    checked=checked, skip_faulty=options["skip_bad"], dry_run=options["dry_run"]
                )
            except bulk.Refused as refused:
                report = bulk.Report(faults=list(refused.faults), untold=refused.untold)
                report.counts["failed"] = len(checked.faulty)
        is_refused = bool(report.faults) and not options["skip_bad"]
        facts = {
            "written": not (is_refused or options["dry_run"]),
            "counts": {name: number for name, number in report.counts.items() if number},
            "faults": [
                {"line": f.position, "column": f.field, "code": f.code, "message": f.message}
                for f in report.faults
            ],
        }
        told = _told(report.faults, report.untold)
        if is_refused:
            if options["json"]:
                self.stdout.write(as_json(facts))
            raise Failed("\n".join([*told, "Nothing was written."]))
        return Answer(facts, "\n".join([*told, *_counted(facts)]))


def _vendor_codes(partner: str | None) -> list[str]:
    """Whose products the partner may write; none: all."""
    if partner is None:
        return []
    found = find_partner(partner)
    if found is None:
        near = nearest(partner, Partner.objects.values_list("name", flat=True))
        hint = f" Did you mean {near}?" if near else ""
        raise Failed(f"There is no partner {partner!r}.{hint}")
    return list(VendorGrant.objects.filter(partner=found).values_list("vendor_code", flat=True))


@contextmanager
def _opened(path: Path) -> Iterator[tuple[TextIO, int | None]]:
    """The file as text, with its ends of lines as they are, and its size."""
    if str(path) == "-":
        yield io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", newline=""), None
        return
    try:
        with path.open(encoding="utf-8", newline="") as file:
            yield file, path.stat().st_size
    except OSError as error:
        raise price_files.BadFile(f"The file cannot be read: {error.strerror}.") from error


def _progress() -> Progress:
    """A bar for who looks on; nothing, where stderr is no terminal."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
    )


def _checked(file: TextIO, size: int | None, vendor_codes: list[str], bar: Progress) -> Checked:
    """Every line, looked at."""
    task = bar.add_task("Reading", total=size)

    def lines() -> Iterator[str]:
        for line in file:
            bar.advance(task, len(line))
            yield line

    checked = Checker(vendor_codes, place="line {}").check(price_files.read(lines()))
    if not (checked.rows or checked.faulty):
        raise price_files.BadFile("There are no products in the file.")
    bar.update(task, completed=size)
    return checked


def _told(faults: list[Fault], untold: int) -> list[str]:
    told = [
        f"line {fault.position}, {fault.field}: {fault.message}" for fault in faults[:_MOST_SHOWN]
    ]
    if more := len(faults) - len(told):
        told.append(f"… and {more:,} more faults; --json tells them.")
    if untold:
        told.append(f"… and faults in {untold:,} more lines.")
    return told


def _counted(facts: dict[str, Any]) -> list[str]:
    counts = ", ".join(f"{number:,} {outcome}" for outcome, number in facts["counts"].items())
    return [counts] if facts["written"] else [counts, "Nothing was written: a dry run."]
