"""What is free with a provider, and why a time is not: for support."""

import datetime
from argparse import ArgumentTypeError
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import CommandParser
from django.utils import timezone

from partners.management import arguments
from partners.management.command import Answer, OperatorCommand, WrongUsage
from partners.management.key_facts import practice_named
from partners.tenancy import within_practice
from scheduling import calendars, reading
from scheduling.calendars import Asked
from scheduling.hours import SkippedTime, to_instant, to_wall
from scheduling.management import named
from scheduling.management.explaining import Question, explain
from scheduling.models import Provider, VisitType
from scheduling.models.visit_type import LONGEST_MINUTES

_FARTHEST_DAYS = 730


def _minutes(text: str) -> int:
    return _number(text, LONGEST_MINUTES, "minutes")


def _days(text: str) -> int:
    return _number(text, 366, "days")


def _number(text: str, most: int, what: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= most):
        raise ArgumentTypeError(f"{text!r} is not a number of {what} between 1 and {most}.")
    return int(text)


class Command(OperatorCommand):
    """`find_slots --ppass P --provider ID|NAME`; it writes nothing."""

    help = "Show a provider's free times as partners are told them, or why a time is not free."
    examples = """\
  manage.py find_slots --ppass DemoOffice --provider "Jane Smith" --duration 30
  manage.py find_slots --ppass DemoOffice --provider 1 --visit-type Botox --from 2027-01-04 --days 5
  manage.py find_slots --ppass DemoOffice --provider 1 --from 2027-01-04 --explain 09:10"""
    is_noted = False

    def add_arguments(self, parser: CommandParser) -> None:
        """Who, how long, when."""
        parser.add_argument("--ppass", required=True, type=arguments.ppass, metavar="P")
        parser.add_argument("--provider", required=True, metavar="ID|NAME")
        parser.add_argument(
            "--duration",
            type=_minutes,
            metavar="MINUTES",
            help="1 to 1440 (default: that of the type, or 30)",
        )
        parser.add_argument(
            "--from",
            dest="first",
            type=reading.date,
            metavar="DATE",
            help="the first day, by the practice's clock (default: today)",
        )
        parser.add_argument(
            "--days", type=_days, default=7, metavar="N", help="1 to 366 (default: 7)"
        )
        parser.add_argument(
            "--visit-type",
            metavar="NAME",
            help="the provider must give it, a room of it must be free, its buffers are kept",
        )
        parser.add_argument(
            "--explain",
            type=reading.time,
            metavar="TIME",
            help="say whether this time of the first day is free and, if not, why",
        )
        super().add_arguments(parser)

    def perform(self, **options: Any) -> Answer:
        """Ask the same functions as the API does."""
        practice = practice_named(options["ppass"])
        provider = named.provider_named(practice, options["provider"])
        kind = None
        if options["visit_type"] is not None:
            kind = named.visit_type_named(practice, options["visit_type"])
        now = timezone.now()
        zone = ZoneInfo(practice.time_zone)
        asked = Asked(
            practice_id=practice.pk,
            zone=zone,
            now=now,
            minutes=options["duration"] or (kind.default_duration_minutes if kind else 30),
            visit_type_id=kind.pk if kind else None,
        )
        first = options["first"] or now.astimezone(zone).date()
        with within_practice(practice.pk):
            if options["explain"] is not None:
                return _explained(asked, provider, kind, first, options["explain"])
            return _listed(asked, provider, first, options["days"])


def _explained(
    asked: Asked,
    provider: Provider,
    kind: VisitType | None,
    date: datetime.date,
    time: datetime.time,
) -> Answer:
    try:
        start = to_instant(asked.zone, date, time)
    except SkippedTime as error:
        raise WrongUsage(str(error)) from error
    found = calendars.examine(asked, provider_id=provider.pk, start=start)
    question = Question(asked=asked, provider=provider, visit_type=kind, start=start)
    reasons = explain(question, found.reasons)
    facts = _facts(asked, provider) | {
        "date": date,
        "time": time,
        "available": not reasons,
        "reasons": reasons,
        "rooms": found.rooms,
    }
    asked_for = f"{provider} at {date:%a %Y-%m-%d} {time:%H:%M} for {asked.minutes} min"
    if not reasons:
        return Answer(facts, f"{asked_for}: free.")
    lines = (f"  {reason['reason']:<9}{' '.join(reason['because'])}".rstrip() for reason in reasons)
    return Answer(facts, "\n".join([f"{asked_for}: not free.", *lines]))


def _listed(asked: Asked, provider: Provider, first: datetime.date, number_of_days: int) -> Answer:
    try:
        last = first + datetime.timedelta(days=number_of_days - 1)
    except OverflowError as error:
        raise WrongUsage("--from and --days lead beyond the year 9999.") from error
    found = calendars.find_slots(asked, provider_ids=[provider.pk], first=first, last=last)
    walls = [to_wall(asked.zone, start) for start in found[provider.pk]]
    days = {
        day: [wall.time() for wall in times]
        for day, times in groupby(walls, key=datetime.datetime.date)
    }
    facts = _facts(asked, provider) | {
        "startDate": first,
        "endDate": last,
        "slots": [{"date": day, "times": times} for day, times in days.items()],
    }
    title = f"{provider}, {asked.minutes} min, {first} to {last} ({asked.zone.key}):"
    if days:
        lines = (
            f"  {day:%a %Y-%m-%d}  {' '.join(f'{time:%H:%M}' for time in times)}"
            for day, times in days.items()
        )
        return Answer(facts, "\n".join([title, *lines]))
    following = calendars.find_next(asked, provider_id=provider.pk, days=_FARTHEST_DAYS)
    wall = None if following is None else to_wall(asked.zone, following)
    facts["next"] = wall and {"date": wall.date(), "time": wall.time()}
    hint = (
        f"  nothing. The next from now on is {wall:%a %Y-%m-%d %H:%M}."
        if wall
        else "  nothing, nor in the next two years. See --explain."
    )
    return Answer(facts, f"{title}\n{hint}")


def _facts(asked: Asked, provider: Provider) -> dict[str, Any]:
    return {
        "provider": {"id": provider.pk, "name": provider.name},
        "timezone": asked.zone.key,
        "duration": asked.minutes,
    }
