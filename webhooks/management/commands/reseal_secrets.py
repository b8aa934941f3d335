"""Encrypt secrets anew, under the newest of FIELD_KEYS."""

from typing import Any

from django.core.management.base import CommandParser

from partners.management.command import Answer, Failed, OperatorCommand
from webhooks.resealing import reseal
from webhooks.secrets import CannotOpen


class Command(OperatorCommand):
    """`reseal_secrets`, the second of three steps to replace the key."""

    help = """\
Encrypt the secrets of subscriptions anew under the first key of FIELD_KEYS. To replace a key: put a
new one in front and restart everything, run this, and then take the old one out."""
    examples = """\
  manage.py reseal_secrets --dry-run"""

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether to count only."""
        parser.add_argument("--dry-run", action="store_true", help="count, and write nothing")
        super().add_arguments(parser)

    def perform(self, **options: Any) -> Answer:
        """All or nothing."""
        is_dry_run = options["dry_run"]
        try:
            count = reseal(is_dry_run=is_dry_run)
        except CannotOpen as error:
            raise Failed(f"{error} Nothing was changed; put that key back.") from error
        facts = {"subscriptions": count, "written": not is_dry_run}
        return Answer(
            facts, f"{count} subscriptions {'would be' if is_dry_run else 'were'} sealed anew."
        )
