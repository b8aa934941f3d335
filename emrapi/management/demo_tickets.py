"""Tickets of the demo practices: opened, answered and moved along as partners and staff do it."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from partners.models import ApiKey, Practice
from tickets import desk
from tickets.models import Ticket

_PARTNER, _STAFF = "Kim Lee", "admin"


@dataclass(frozen=True)
class Story:
    """A ticket; `said` by the partner and by staff in turn, a few hours apart, partner first."""

    subject: str
    description: str
    days_ago: int
    said: Sequence[str] = ()
    steps: Sequence[str] = ()
    facts: dict[str, Any] = field(default_factory=dict)


STORIES = (
    Story(
        "Webhooks arrive twice since the weekend",
        "About one event in a hundred reaches us twice, with the same X-OfficePro-Event-Id.",
        days_ago=21,
        said=(
            "An example: the event of Saturday 10:41.",
            "We tried again because your answer took too long; the id tells you a repeat.",
            "That was it, thank you.",
        ),
        steps=("Pending", "Resolved", "Closed"),
        facts={"category": "Webhooks", "priority": "High", "assigned_to": _STAFF},
    ),
    Story(
        "Key for a second system",
        "Our reporting needs a key of its own that may only read providers.",
        days_ago=12,
        said=("One that ends in a year would do.", "It is made; it comes to you by safe mail."),
        steps=("Resolved",),
        facts={"category": "Keys", "assigned_to": _STAFF},
    ),
    Story(
        "Two patients under one phone number",
        "Mother and daughter share a phone. Is possibleDuplicates an error then?",
        days_ago=6,
        said=(
            "We would rather not make them one by accident.",
            "It is a hint and no error: the row was made. Has this answered it?",
        ),
        steps=("Pending",),
        facts={"category": "Prospects", "priority": "Low", "assigned_to": _STAFF},
    ),
    Story(
        "Prices of a whole vendor are to change",
        "18,000 items. One call, or many?",
        days_ago=5,
        steps=("OnHold",),
        facts={"category": "Products"},
    ),
    Story(
        "Slots at lunch time",
        "The office is closed from noon to one, and slots were offered at 12:15.",
        days_ago=2,
        said=("It is the second provider, every Tuesday.",),
        facts={"category": "Availability", "priority": "High"},
    ),
    Story(
        "All calls are answered with 401",
        "Since this morning every call fails, though our token is an hour old.",
        days_ago=0,
        facts={"category": "Keys", "priority": "Urgent"},
    ),
    Story("Wish: tags in the list of visits", "It would save us a call.", days_ago=0),
)


def furnish(practice: Practice) -> None:
    """Give a practice that has no tickets some, by its first key."""
    if Ticket.objects.filter(practice=practice).exists():
        return
    key = ApiKey.objects.filter(practice=practice).order_by("id").first()
    now = datetime.datetime.now(datetime.UTC)
    for number, story in enumerate(STORIES):
        opened = now - datetime.timedelta(days=story.days_ago, hours=2, minutes=7 * number)
        _tell(practice, story, opened, key.pk if key else None)


def _tell(
    practice: Practice, story: Story, opened: datetime.datetime, api_key_id: int | None
) -> None:
    ticket = desk.open_ticket(
        practice_id=practice.pk,
        api_key_id=api_key_id,
        subject=story.subject,
        description=story.description,
        requester=_PARTNER,
        now=opened,
        **story.facts,
    )
    at = opened
    for number, text in enumerate(story.said):
        at += datetime.timedelta(minutes=20)
        by_staff = number % 2 == 1
        who: dict[str, Any] = (
            {"author": "Support", "staff_name": _STAFF}
            if by_staff
            else {"author": _PARTNER, "api_key_id": api_key_id}
        )
        desk.comment(ticket=ticket, text=text, now=at, **who)
    for status in story.steps:
        at += datetime.timedelta(minutes=5)
        desk.change(ticket=ticket, values={"status": status}, now=at)
