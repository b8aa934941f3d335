"""Make a partner: an outside company that calls the API."""

from typing import Any

from django.core.management.base import CommandParser

from partners.enrolment import enrol_partner
from partners.management import arguments
from partners.management.command import Answer, OperatorCommand, table_of
from partners.models import Partner


class Command(OperatorCommand):
    """`create_partner NAME`; one that exists is left as it is."""

    help = "Make a partner. One that exists is left as it is, and told."
    examples = """\
  manage.py create_partner "Bright CRM" --company "Bright CRM Inc." --email api@bright.example
  manage.py create_partner "Bright CRM" --json"""
    concerns = Partner

    def add_arguments(self, parser: CommandParser) -> None:
        """NAME and the partner's facts."""
        parser.add_argument("name", metavar="NAME", help="what we call it; unique")
        parser.add_argument("--company", metavar="TEXT", dest="company_name", help="its legal name")
        parser.add_argument(
            "--contact", metavar="TEXT", dest="contact_name", help="whom to ask for"
        )
        parser.add_argument("--email", metavar="ADDRESS", type=arguments.email)
        parser.add_argument("--phone", metavar="NUMBER")
        parser.add_argument("--website", metavar="URL")
        parser.add_argument(
            "--alert-email",
            metavar="ADDRESS",
            type=arguments.email,
            help="where we tell of trouble",
        )
        super().add_arguments(parser)

    def perform(self, **options: Any) -> Answer:
        """Make it, or tell what there is."""
        fields = ("company_name", "contact_name", "email", "phone", "website", "alert_email")
        given = {field: options[field] for field in fields if options[field] is not None}
        partner, is_new = enrol_partner(name=options["name"].strip(), **given)
        if not is_new:
            self.note_existing(partner, given, f"Partner {partner.name}")
        facts = partner_facts(partner)
        made = "Made" if is_new else "There is"
        return Answer(facts, f"{made} partner {partner.name}.\n{table_of(facts)}")


def partner_facts(partner: Partner) -> dict[str, Any]:
    """A partner as JSON, in the names of `/v1/me`."""
    return {
        "id": partner.pk,
        "name": partner.name,
        "companyName": partner.company_name,
        "contactName": partner.contact_name,
        "email": partner.email,
        "phone": partner.phone,
        "website": partner.website,
        "alertEmail": partner.alert_email,
        "isActive": partner.is_active,
        "createdAt": partner.created_at,
    }
