"""Send events of a time range once more."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from partners.management import arguments as common
from partners.management.command import Answer, Failed, OperatorCommand, WrongUsage
from partners.management.key_facts import practice_named
from webhooks.management import arguments
from webhooks.models import Subscription
from webhooks.replay import replay


class Command(OperatorCommand):
    """`replay_webhooks --since WHEN`."""

    help = """\
Make new deliveries of the events of a time range, for every subscription that may be told of them,
whether it got them or not. What is still on its way is left alone. The sender sends them as it does
all others."""
    examples = """\
  manage.py replay_webhooks --since 3h --dry-run
  manage.py replay_webhooks --since 2027-01-30 --until 2027-01-31 --practice DemoOffice
  manage.py replay_webhooks --since 2027-01-30T08:00:00Z --subscription 7 --scope Claims,Payments"""

    def add_arguments(self, parser: CommandParser) -> None:
        """From when to when, to whom, of what."""
        parser.add_argument(
            "--since",
            required=True,
            type=arguments.beginning,
            metavar="WHEN",
            help="a date (UTC), an instant, or how long ago (30m, 3h, 2d)",
        )
        parser.add_argument(
            "--until",
            type=arguments.end,
            metavar="WHEN",
            help="the same; a date counts to its end (default: now)",
        )
        parser.add_argument("--practice", type=common.ppass, metavar="PPASS")
        parser.add_argument(
            "--scope", type=arguments.scopes, metavar="A,B", help="only events of these scopes"
        )
        parser.add_argument(
            "--subscription", type=arguments.number, nargs="+", metavar="ID", default=[]
        )
        parser.add_argument("--dry-run", action="store_true", help="count, and write nothing")
        super().add_arguments(parser)

    def perform(self, **options: Any) -> Answer:
        """One subscription after the other, all in one transaction."""
        since, until = options["since"], options["until"] or timezone.now()
        if until <= since:
            raise WrongUsage("--until must be later than --since.")
        found: list[dict[str, Any]] = [
            {
                "subscription": subscription.pk,
                "ppass": subscription.practice.ppass,
                "partner": subscription.partner.name,
                "deliveries": replay(
                    subscription_ids=[subscription.pk],
                    since=since,
                    until=until,
                    scopes=options["scope"],
                    is_dry_run=options["dry_run"],
                ),
            }
            for subscription in _chosen(options["practice"], options["subscription"])
        ]
        total: int = sum(each["deliveries"] for each in found)
        facts = {
            "since": since,
            "until": until,
            "deliveries": total,
            "subscriptions": found,
            "written": not options["dry_run"],
        }
        return Answer(facts, _told(facts))


def _chosen(ppass: str | None, ids: list[int]) -> list[Subscription]:
    """The active subscriptions that are meant. Raises Failed for one that is not to be had."""
    subscriptions = Subscription.objects.select_related("practice", "partner").order_by("pk")
    if ppass is not None:
        subscriptions = subscriptions.filter(practice=practice_named(ppass))
    if not ids:
        return list(subscriptions.filter(status=Subscription.Status.ACTIVE))
    found = list(subscriptions.filter(pk__in=ids))
    if missing := sorted(set(ids) - {subscription.pk for subscription in found}):
        raise Failed(f"There is no subscription {', '.join(map(str, missing))}.")
    for subscription in found:
        if subscription.status != Subscription.Status.ACTIVE:
            raise Failed(f"Subscription {subscription.pk} is {subscription.status}.")
    return found


def _told(facts: dict[str, Any]) -> str:
    lines = [
        f"  {each['subscription']:>6}  {each['ppass']}, {each['partner']}: {each['deliveries']}"
        for each in facts["subscriptions"]
        if each["deliveries"]
    ]
    if facts["written"]:
        return "\n".join([f"{facts['deliveries']} new deliveries.", *lines])
    return "\n".join([f"{facts['deliveries']} deliveries would be made.", *lines])
