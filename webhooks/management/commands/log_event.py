"""Write one event by hand."""

import sys
from typing import Any

import orjson
from django.core.management.base import CommandParser

from partners.management import arguments as common
from partners.management.command import Answer, OperatorCommand, WrongUsage
from partners.management.key_facts import practice_named
from webhooks import log
from webhooks.entries import BadEntry, read
from webhooks.management import arguments


class Command(OperatorCommand):
    """`log_event --practice P --scope S EVENT`."""

    help = "Write one event to the log, as the EMR would; whoever may be told of it is told."
    examples = """\
  manage.py log_event claim.paid --practice DemoOffice --scope Claims --object-id 4711
  manage.py log_event claim.paid --practice DemoOffice --scope Claims --data '{"ClaimID": 4711}'"""

    def add_arguments(self, parser: CommandParser) -> None:
        """What happened, where."""
        parser.add_argument("event", metavar="EVENT", help="in small letters, such as claim.paid")
        parser.add_argument("--practice", required=True, type=common.ppass, metavar="PPASS")
        parser.add_argument("--scope", required=True, type=arguments.scopes, metavar="SCOPE")
        parser.add_argument("--object-id", type=arguments.number, metavar="N")
        parser.add_argument(
            "--data",
            default="{}",
            metavar="JSON",
            help="an object: ids, no clinical facts; - is stdin",
        )
        super().add_arguments(parser)

    def perform(self, **options: Any) -> Answer:
        """Check it as a line of a file is checked."""
        practice = practice_named(options["practice"])
        if len(options["scope"]) > 1:
            raise WrongUsage("An event is of one scope.")
        text = sys.stdin.read() if options["data"] == "-" else options["data"]
        try:
            facts = {
                "practice": practice.ppass,
                "scope": options["scope"][0],
                "event": options["event"],
                "objectId": options["object_id"],
                "data": orjson.loads(text),
            }
            entry = read(facts, {practice.ppass.lower(): practice.pk})
        except orjson.JSONDecodeError as error:
            raise WrongUsage(f"--data is no JSON: {error.msg}.") from error
        except BadEntry as bad:
            raise WrongUsage(str(bad)) from bad
        log.append_entries([entry])
        return Answer(facts, f"Wrote {entry.event} of {practice}.")
