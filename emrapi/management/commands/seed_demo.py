"""Fill the platform with demo data, or a practice with a crowd."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.db import connection, transaction
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from emrapi.management import demo, demo_articles, demo_products, demo_tickets
from emrapi.management.crowd import add_people
from partners.management import arguments
from partners.management.command import Answer, Failed, OperatorCommand, table_of
from partners.management.key_facts import practice_named
from partners.models import Practice
from prospects.models import Person

_KEY_HINT = "A key is shown once; another: manage.py seed_demo --new-key"
_PASSWORD_HINT = f"Another password: manage.py changepassword {demo.STAFF_NAME}"


class Command(OperatorCommand):
    """`seed_demo [--people N]`; run again, it adds what is missing and nothing else."""

    help = (
        f"Make demo data: the practices {demo.OFFICE.ppass} and {demo.SANDBOX.ppass}, people, tags,"
        " providers and their calendars, tickets, articles, products, a partner with a key for"
        f" each, and the administrator {demo.STAFF_NAME!r}. What is there already stays as it is."
    )
    examples = """\
  manage.py seed_demo
  manage.py seed_demo --new-key --json
  manage.py seed_demo --people 200000 --ppass DemoOffice"""
    atomic = False

    def add_arguments(self, parser: CommandParser) -> None:
        """How much."""
        parser.add_argument(
            "--people",
            metavar="N",
            type=arguments.people,
            default=0,
            help="besides, add N made-up people (each run adds N more)",
        )
        parser.add_argument(
            "--ppass",
            metavar="PPASS",
            default=demo.OFFICE.ppass,
            help=f"the practice that --people go to (default: {demo.OFFICE.ppass})",
        )
        parser.add_argument(
            "--new-key",
            action="store_true",
            help="make new demo keys, though there are some (those keep working)",
        )
        super().add_arguments(parser)

    def perform(self, **options: Any) -> Answer:
        """Seed in one transaction; then the crowd, in many."""
        if settings.IN_PRODUCTION:
            raise Failed("Demo data is not for production (EMR_ENV): it makes up an administrator.")
        with transaction.atomic():
            self.name_operator()
            facts = self._seed(new_key=options["new_key"])
        if options["people"]:
            practice = practice_named(options["ppass"])
            self._crowd(practice, options["people"])
            facts["people"][practice.ppass] = _count(practice)
        return Answer(facts, _text(facts))

    def _seed(self, *, new_key: bool) -> dict[str, Any]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('seed_demo'))")
        office, sandbox = demo.furnish_both()
        partner = demo.demo_partner()
        key, test_key = (
            demo.demo_key(practice, partner, even_if_there_is=new_key)
            for practice in (office, sandbox)
        )
        for practice in (office, sandbox):
            demo_tickets.furnish(practice)
        demo_articles.furnish()
        products = demo_products.furnish()
        password = demo.demo_staff()
        hints = [_KEY_HINT] * (key is None) + [_PASSWORD_HINT] * (password is None)
        return {
            "ppass": office.ppass,
            "key": key,
            "partner": partner.name,
            "sandbox": {"ppass": sandbox.ppass, "key": test_key},
            "staff": {"username": demo.STAFF_NAME, "password": password},
            "people": {practice.ppass: _count(practice) for practice in (office, sandbox)},
            "products": products,
            "hints": hints,
        }

    def _crowd(self, practice: Practice, count: int) -> None:
        places = (demo.SANDBOX if practice.ppass == demo.SANDBOX.ppass else demo.OFFICE).places
        done = 0
        bar = Progress(
            TextColumn(f"People of {practice.ppass}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
        )
        batches = add_people(
            practice=practice, count=count, places=places, before_each=self.name_operator
        )
        try:
            with bar:
                task = bar.add_task("", total=count)
                for size in batches:
                    done += size
                    bar.advance(task, size)
        except KeyboardInterrupt:
            raise Failed(f"Stopped. {done} of {count} people are there; the rest is not.") from None


def _count(practice: Practice) -> int:
    return Person.objects.filter(practice=practice).count()


def _text(facts: dict[str, Any]) -> str:
    people = ", ".join(f"{count:,} in {ppass}" for ppass, count in facts["people"].items())
    rows = {
        "Practice": facts["ppass"],
        "Key": facts["key"] or "(made before)",
        "Sandbox": facts["sandbox"]["ppass"],
        "Sandbox key": facts["sandbox"]["key"] or "(made before)",
        "Staff": facts["staff"]["username"],
        "Password": facts["staff"]["password"] or "(made before)",
        "People": people,
        "Products": f"{facts['products']:,}, the same in all practices",
    }
    return "\n".join(["Demo data is there.", table_of(rows), *facts["hints"]])
