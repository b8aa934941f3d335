"""List API keys, without anything secret."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from partners.management.command import Answer, OperatorCommand
from partners.management.key_facts import key_facts, practice_named
from partners.models import ApiKey

_COLUMNS = {
    "ID": "id",
    "Key": "lookupId",
    "Name": "name",
    "Partner": "partner",
    "Practice": "ppass",
    "Status": "status",
    "Scopes": "scopes",
    "Expires": "expiresAt",
    "Last used": "lastUsedAt",
}
_COLOURS = {"active": "green", "retiring": "yellow", "expired": "dim", "revoked": "red"}
# Wide enough that nothing is cut when the output goes into a file or a pipe.
_WIDTH_OF_A_PIPE = 200


class Command(OperatorCommand):
    """`list_api_keys`, newest first."""

    help = "List API keys, newest first. The keys themselves are stored nowhere."
    examples = """\
  manage.py list_api_keys
  manage.py list_api_keys --ppass DemoOffice --status active
  manage.py list_api_keys --partner "Bright CRM" --json"""
    is_noted = False

    def add_arguments(self, parser: CommandParser) -> None:
        """What to list."""
        parser.add_argument("--partner", metavar="NAME", help="only this partner's")
        parser.add_argument("--ppass", metavar="PPASS", help="only this practice's")
        parser.add_argument(
            "--status",
            choices=ApiKey.Status.values,
            help="retiring: rotated, and still good for the overlap",
        )
        super().add_arguments(parser)

    def perform(self, **options: Any) -> Answer:
        """Find them; none is an answer too."""
        now = timezone.now()
        keys = ApiKey.objects.select_related("partner", "practice")
        if options["partner"]:
            keys = keys.filter(partner__name__iexact=options["partner"].strip())
        if options["ppass"]:
            keys = keys.filter(practice=practice_named(options["ppass"]))
        if options["status"]:
            keys = keys.in_status(ApiKey.Status(options["status"]), now)
        facts = [key_facts(key, now) for key in keys]
        return Answer(facts, self._table(facts) if facts else "No keys.")

    def _table(self, facts: list[dict[str, Any]]) -> str:
        # rich writes at most as wide as the terminal, and colours only a terminal.
        is_terminal = self.stdout.isatty()
        console = Console(
            force_terminal=is_terminal, width=None if is_terminal else _WIDTH_OF_A_PIPE
        )
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for title in _COLUMNS:
            table.add_column(title, no_wrap=title in {"ID", "Key", "Status"})
        for key in facts:
            table.add_row(*(_cell(name, key[name]) for name in _COLUMNS.values()))
        with console.capture() as capture:
            console.print(table)
        return "\n".join(line.rstrip() for line in capture.get().splitlines()).strip("\n")


def _cell(name: str, value: Any) -> Text:
    # As Text, so that brackets in a name are no markup.
    if value is None:
        return Text("–")
    if isinstance(value, list):
        return Text(", ".join(value))
    shown = f"{value:%Y-%m-%d}" if hasattr(value, "strftime") else str(value)
    return Text(shown, style=_COLOURS[value] if name == "status" else "")
