"""Make an API key, and show it this once."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from partners.enrolment import enrol_partner
from partners.issuing import issue_key
from partners.management import arguments
from partners.management.command import Answer, OperatorCommand, table_of
from partners.management.key_facts import SHOWN_ONCE, key_facts, practice_named, with_text
from partners.models import ApiKey, Partner, Practice


class Command(OperatorCommand):
    """`create_api_key --partner NAME --ppass PPASS --scopes a,b`; each run makes one key."""

    help = (
        "Make an API key for a partner and a practice, and show it this once."
        " A partner that is new is made too; the practice must exist."
    )
    examples = """\
  manage.py create_api_key --partner "Bright CRM" --ppass DemoOffice --scopes Prospects,Patients
  manage.py create_api_key --partner "Bright CRM" --ppass DemoOffice --scopes all \\
      --name "nightly sync" --expires 90d --network 203.0.113.0/24 2001:db8::/32 --json"""
    concerns = ApiKey

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose key it is, for where, and what it may do."""
        parser.add_argument(
            "--partner", metavar="NAME", required=True, help="whose key it is; made if new"
        )
        parser.add_argument(
            "--ppass", metavar="PPASS", required=True, help="the practice that it is good for"
        )
        parser.add_argument(
            "--scopes",
            metavar="A,B",
            required=True,
            type=arguments.scopes,
            help="what it may do, between commas; all for everything",
        )
        parser.add_argument(
            "--name", metavar="TEXT", default="API key", help="what it is for (default: API key)"
        )
        parser.add_argument(
            "--expires",
            metavar="WHEN",
            type=arguments.expiry,
            help="a date, 2027-01-31 (to the end of that day, UTC), or a time from now, 90d",
        )
        parser.add_argument(
            "--network",
            metavar="CIDR",
            type=arguments.networks,
            nargs="+",
            action="extend",
            default=[],
            help="an address or range that it may be used from (default: from anywhere)",
        )
        parser.add_argument(
            "--rate-limit",
            metavar="N",
            type=arguments.calls_a_minute,
            help="calls a minute (default: the platform's)",
        )
        super().add_arguments(parser)

    def perform(self, **options: Any) -> Answer:
        """Make the key and, where it is new, the partner."""
        practice = practice_named(options["ppass"])
        partner, is_new = enrol_partner(name=options["partner"].strip())
        if is_new:
            self.note(f"Made partner {partner.name}.")
        self._warn(partner, practice, options["name"])
        issued = issue_key(
            partner=partner,
            practice=practice,
            name=options["name"],
            scopes=options["scopes"],
            expires_at=options["expires"],
            allowed_networks=arguments.flat(options["network"]),
            rate_limit=options["rate_limit"],
        )
        facts = with_text(key_facts(issued.key, timezone.now()), issued.text)
        return Answer(facts, f"Made an API key.\n{table_of(facts)}\n\n{SHOWN_ONCE}")

    def _warn(self, partner: Partner, practice: Practice, name: str) -> None:
        for row, what in ((partner, "Partner"), (practice, "Practice")):
            if not row.is_active:
                self.note(f"{what} {row} is switched off: the key is refused until it is on again.")
        same = ApiKey.objects.working(timezone.now()).filter(
            partner=partner, practice=practice, name=name
        )
        if numbers := [str(pk) for pk in same.values_list("pk", flat=True)[:5]]:
            self.note(
                f"There was a key of that name already ({', '.join(numbers)});"
                f" to end it: manage.py revoke_api_key {numbers[0]}"
            )
