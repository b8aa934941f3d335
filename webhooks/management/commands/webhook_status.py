"""How far dispatch and delivery are."""

import dataclasses
import time
from typing import Any

from django.core.management.base import CommandParser

from partners.management import arguments
from partners.management.command import Answer, OperatorCommand, table_of
from partners.management.key_facts import practice_named
from webhooks import waking
from webhooks.lag import by_practice, in_trouble, lag


class Command(OperatorCommand):
    """`webhook_status`; it writes nothing."""

    help = """\
Show how far events have been handed out and sent: of all practices together, of each, and the
subscriptions to which nothing arrives."""
    examples = """\
  manage.py webhook_status
  manage.py webhook_status --practice DemoOffice --json"""
    is_noted = False

    def add_arguments(self, parser: CommandParser) -> None:
        """Which practice."""
        parser.add_argument("--practice", type=arguments.ppass, metavar="PPASS")
        super().add_arguments(parser)

    def perform(self, **options: Any) -> Answer:
        """Ask as the metrics do, and then by practice."""
        ppass = options["practice"]
        practice_id = practice_named(ppass).pk if ppass is not None else None
        looked_at = waking.looked_at()
        facts = {
            "senderLookedSecondsAgo": looked_at and round(max(0.0, time.time() - looked_at), 1),
            "all": {_camel(name): value for name, value in dataclasses.asdict(lag()).items()},
            "practices": by_practice(practice_id),
            "inTrouble": in_trouble(practice_id),
        }
        return Answer(facts, _told(facts))


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def _told(facts: dict[str, Any]) -> str:
    together = facts["all"]
    looked = facts["senderLookedSecondsAgo"]
    lines = [
        "All practices",
        table_of(
            {
                "sender looked": "nobody knows when" if looked is None else f"{looked:g} s ago",
                "events without a number": _since(
                    together, "unnumbered", "oldestUnnumberedSeconds"
                ),
                "deliveries due": _since(together, "due", "oldestDueSeconds"),
                "deliveries pending": together["pending"],
                "subscriptions failing": together["failing"],
                "subscriptions disabled": together["disabled"],
            }
        ),
    ]
    lines += [
        f"{each['ppass']}: handed out up to {each['lastLogId']}{_behind(each)}"
        for each in facts["practices"]
    ]
    for each in facts["inTrouble"]:
        state = each["disabledReason"] or f"{each['failures']} failures"
        lines.append(
            f"subscription {each['id']} ({each['ppass']}, {each['partner']}, {each['hookUrl']})"
            f" is {each['status'] if each['disabledReason'] else 'failing'}: {state}"
        )
    return "\n".join(lines)


def _since(facts: dict[str, Any], count: str, seconds: str) -> str:
    return f"{facts[count]}, for {facts[seconds]:.0f} s" if facts[count] else "0"


def _behind(each: dict[str, Any]) -> str:
    notes = []
    if each["lastLogId"] < each["highestLogId"]:
        notes.append(f"behind {each['highestLogId']}")
    if each["unnumbered"]:
        notes.append(f"{each['unnumbered']} without a number for {each['lagSeconds']:.0f} s")
    if each["pending"]:
        notes.append(f"{each['pending']} deliveries pending, {each['due']} due")
    return "".join(f", {note}" for note in notes)
