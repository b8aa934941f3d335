"""Delete deliveries that nobody will ask about any more."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from partners.management.command import Answer, OperatorCommand, WrongUsage
from webhooks.purging import purge, purgeable


class Command(OperatorCommand):
    """`purge_deliveries [--older-than DAYS]`."""

    # Each batch commits by itself.
    atomic = False

    help = """\
Delete deliveries that were over so many days ago, with their attempts. The sender does so by
itself, a few every minute; this is for doing it now. What is pending stays, and so does the log."""
    examples = """\
  manage.py purge_deliveries --dry-run
  manage.py purge_deliveries --older-than 7"""

    def add_arguments(self, parser: CommandParser) -> None:
        """How old, and whether to count only."""
        parser.add_argument(
            "--older-than",
            type=int,
            default=settings.WEBHOOK_KEEP_DAYS,
            metavar="DAYS",
            help="default: WEBHOOK_KEEP_DAYS, %(default)s",
        )
        parser.add_argument("--dry-run", action="store_true", help="count, and delete nothing")
        super().add_arguments(parser)

    def perform(self, **options: Any) -> Answer:
        """Count or delete."""
        days = options["older_than"]
        if days < 1:
            raise WrongUsage("--older-than must be 1 or more.")
        is_dry_run = options["dry_run"]
        count = (purgeable if is_dry_run else purge)(older_than_days=days)
        facts = {"olderThanDays": days, "deliveries": count, "deleted": not is_dry_run}
        return Answer(facts, f"{count} deliveries {'would be' if is_dry_run else 'were'} deleted.")
