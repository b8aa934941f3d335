"""End an API key."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from partners.issuing import revoke_key
from partners.management.command import Answer, OperatorCommand, table_of
from partners.management.key_facts import ID_HELP, find_key, key_facts
from partners.models import ApiKey


class Command(OperatorCommand):
    """`revoke_api_key ID`; a key that has ended already stays so."""

    help = (
        "End a key: it and every token made from it are refused from the next request on."
        " This cannot be undone."
    )
    examples = """\
  manage.py revoke_api_key 12
  manage.py revoke_api_key 4fK2m9Qx --json"""
    concerns = ApiKey

    def add_arguments(self, parser: CommandParser) -> None:
        """Which key."""
        parser.add_argument("id", metavar="ID", help=ID_HELP)
        super().add_arguments(parser)

    def perform(self, **options: Any) -> Answer:
        """Revoke it, or tell that it was revoked before."""
        key, now = find_key(options["id"]), timezone.now()
        is_done = revoke_key(key=key, now=now)
        key.refresh_from_db()
        if not is_done:
            self.note(f"Key {key.pk} was revoked before, at {key.revoked_at:%Y-%m-%d %H:%M} UTC.")
        facts = key_facts(key, now)
        return Answer(facts, f"Key {key.pk} ({key.lookup_id}) is revoked.\n{table_of(facts)}")
