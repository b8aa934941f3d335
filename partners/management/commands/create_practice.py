"""Make a practice, the tenant whose people and visits partners work with."""

from typing import Any

from django.core.management.base import CommandParser

from partners.enrolment import enrol_practice
from partners.management import arguments
from partners.management.command import Answer, OperatorCommand, table_of
from partners.models import Practice


class Command(OperatorCommand):
    """`create_practice PPASS`; one that exists is left as it is."""

    help = "Make a practice. One that exists is left as it is, and told."
    examples = """\
  manage.py create_practice HarborClinic --name "Harbor Clinic" --time-zone America/Chicago
  manage.py create_practice HarborTest --sandbox --json"""
    concerns = Practice

    def add_arguments(self, parser: CommandParser) -> None:
        """PPASS and the practice's facts."""
        parser.add_argument(
            "ppass",
            metavar="PPASS",
            type=arguments.ppass,
            help="its name in the API's paths: 2 to 40 letters, digits, - or _",
        )
        parser.add_argument("--name", metavar="TEXT", help="its full name (default: the PPass)")
        parser.add_argument(
            "--time-zone",
            metavar="ZONE",
            type=arguments.time_zone,
            help="IANA name of its wall clock (default: America/New_York)",
        )
        parser.add_argument(
            "--sandbox",
            action="store_const",
            const=True,
            help="it holds made-up people only; its keys begin with emr_test_",
        )
        super().add_arguments(parser)

    def perform(self, **options: Any) -> Answer:
        """Make it, or tell what there is."""
        asked = {
            "name": options["name"],
            "time_zone": options["time_zone"],
            "is_sandbox": options["sandbox"],
        }
        given = {field: value for field, value in asked.items() if value is not None}
        practice, is_new = enrol_practice(ppass=options["ppass"], **given)
        if not is_new:
            self.note_existing(practice, given, f"Practice {practice.ppass}")
        facts = practice_facts(practice)
        made = "Made" if is_new else "There is"
        return Answer(facts, f"{made} practice {practice.ppass}.\n{table_of(facts)}")


def practice_facts(practice: Practice) -> dict[str, Any]:
    """A practice as JSON."""
    return {
        "id": practice.pk,
        "ppass": practice.ppass,
        "name": practice.name,
        "timeZone": practice.time_zone,
        "isSandbox": practice.is_sandbox,
        "isActive": practice.is_active,
        "createdAt": practice.created_at,
    }
