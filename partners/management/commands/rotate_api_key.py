"""Replace an API key by a new one, and let the old one run out."""

import datetime
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from partners.issuing import KeyIsRevoked, rotate_key
from partners.management import arguments
from partners.management.command import Answer, Failed, OperatorCommand, table_of
from partners.management.key_facts import (
    ID_HELP,
    SHOWN_ONCE,
    find_key,
    key_facts,
    with_text,
)
from partners.models import ApiKey


class Command(OperatorCommand):
    """`rotate_api_key ID [--overlap 24h]`; a key can be rotated once."""

    help = (
        "Make a new key with the same rights, and show it this once."
        " The old key works on for the overlap, then no more."
    )
    examples = """\
  manage.py rotate_api_key 12
  manage.py rotate_api_key 4fK2m9Qx --overlap 2d --json
  manage.py rotate_api_key 12 --overlap 0        # the old key ends at once"""
    concerns = ApiKey

    def add_arguments(self, parser: CommandParser) -> None:
        """Which key, and how long both work."""
        parser.add_argument("id", metavar="ID", help=ID_HELP)
        parser.add_argument(
            "--overlap",
            metavar="TIME",
            type=arguments.duration,
            default=datetime.timedelta(hours=24),
            help="how long the old key works on: 30m, 24h, 7d, 0 (default: 24h)",
        )
        super().add_arguments(parser)

    def perform(self, **options: Any) -> Answer:
        """Rotate; refused for a key that has ended or has been rotated before."""
        old, now = find_key(options["id"]), timezone.now()
        try:
            issued = rotate_key(key=old, overlap=options["overlap"], now=now)
        except KeyIsRevoked:
            raise Failed(_why_not(old, now)) from None
        old.refresh_from_db()
        facts = with_text(key_facts(issued.key, now), issued.text)
        facts["replaces"] = {"id": old.pk, "lookupId": old.lookup_id, "expiresAt": old.expires_at}
        ends = f"Key {old.pk} ({old.lookup_id}) works until {old.expires_at:%Y-%m-%d %H:%M} UTC."
        shown = table_of({name: value for name, value in facts.items() if name != "replaces"})
        return Answer(facts, f"Made a new API key.\n{shown}\n\n{ends}\n{SHOWN_ONCE}")


def _why_not(key: ApiKey, now: datetime.datetime) -> str:
    if (heir := key.replaced_by) is not None:
        return (
            f"Key {key.pk} was rotated before: key {heir.pk} ({heir.lookup_id}) took its place."
            f" If that one is lost: manage.py rotate_api_key {heir.pk}"
        )
    return (
        f"Key {key.pk} is {key.status(now)}; only a key that works can be rotated."
        " Make another: manage.py create_api_key"
    )
