"""Go through a practice's events again from a number on, or leave some out."""

from typing import Any

from django.core.management.base import CommandParser

from partners.management import arguments as common
from partners.management.command import Answer, Failed, OperatorCommand
from partners.management.key_facts import practice_named
from webhooks import cursors
from webhooks.management import arguments


class Command(OperatorCommand):
    """`set_dispatch_cursor --practice P --to N`."""

    help = """\
Set the number up to which a practice's events count as handed out. Back: the events after it are
gone through again, and whoever may be told of one and has no delivery of it yet, gets one (to send
events a second time, see replay_webhooks). Forward: events that wait to be handed out are left
out, which --skip has to allow."""
    examples = """\
  manage.py set_dispatch_cursor --practice DemoOffice --to 14656000 --dry-run
  manage.py set_dispatch_cursor --practice DemoOffice --to 14656000"""

    def add_arguments(self, parser: CommandParser) -> None:
        """Which practice, where to."""
        parser.add_argument("--practice", required=True, type=common.ppass, metavar="PPASS")
        parser.add_argument(
            "--to",
            required=True,
            type=arguments.number,
            metavar="N",
            help="the last event that counts as handed out; 0: none",
        )
        parser.add_argument("--skip", action="store_true", help="events may be left out")
        parser.add_argument("--dry-run", action="store_true", help="tell, and change nothing")
        super().add_arguments(parser)

    def perform(self, **options: Any) -> Answer:
        """Say what it means, and do it if that is allowed."""
        practice, to = practice_named(options["practice"]), options["to"]
        try:
            planned = cursors.plan(practice_id=practice.pk, to=to)
            is_loss = not planned.is_back and planned.events > 0
            if is_loss and not options["skip"] and not options["dry_run"]:
                raise Failed(
                    f"{planned.events} events of {practice} up to {to} have not been handed out;"
                    " nobody would be told of them. If that is meant, add --skip."
                )
            if not options["dry_run"]:
                cursors.move(practice_id=practice.pk, to=to)
        except cursors.BeyondTheLog as error:
            raise Failed(f"The highest number given so far is {error.highest}.") from error
        facts = {
            "ppass": practice.ppass,
            "before": planned.before,
            "after": planned.after,
            "events": planned.events,
            "skipped": is_loss,
            "written": not options["dry_run"],
        }
        return Answer(facts, _told(practice.ppass, planned, is_dry_run=options["dry_run"]))


def _told(ppass: str, planned: cursors.Move, *, is_dry_run: bool) -> str:
    fate = "are gone through again" if planned.is_back else "are left out"
    told = f"{ppass}: from {planned.before} to {planned.after}; {planned.events} events {fate}."
    return f"{told}\nNothing was written: a dry run." if is_dry_run else told
