"""What is done with tickets: opened, changed, commented. By the API and by staff alike."""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import F, Value
from django.db.models.functions import Greatest

from tickets import steps
from tickets.models import Comment, Ticket

_INSTANT = datetime.timedelta(microseconds=1)

# Beyond this a page of one ticket would be too long for anybody.
MOST_COMMENTS = 1000


class TooManyComments(Exception):
    """The ticket has as many comments as a ticket can have."""

    def __init__(self) -> None:
        super().__init__(f"This ticket has {MOST_COMMENTS} comments; open another one.")


def open_ticket(
    *, practice_id: int, now: datetime.datetime, api_key_id: int | None = None, **values: Any
) -> Ticket:
    """A new ticket; `values` are attributes of Ticket.

    Raises WrongStep for a status with which no ticket begins.
    """
    steps.check("", values.get("status", steps.OPEN))
    return Ticket.objects.create(
        practice_id=practice_id, api_key_id=api_key_id, created_at=now, updated_at=now, **values
    )


def change(*, ticket: Ticket, values: Mapping[str, Any], now: datetime.datetime) -> bool:
    """Store what is new in `values`, attributes of Ticket; False, and no write, if nothing is.

    Raises WrongStep for a status that does not follow. The caller has locked the row.
    """
    new = {name: value for name, value in values.items() if getattr(ticket, name) != value}
    if not new:
        return False
    if "status" in new:
        steps.check(ticket.status, new["status"])
    for name, value in new.items():
        setattr(ticket, name, value)
    ticket.updated_at = _later(ticket, now)
    ticket.save(update_fields=[*new, "updated_at"])
    return True


def change_all(*, ids: Iterable[int], values: Mapping[str, Any], now: datetime.datetime) -> int:
    """The same for many tickets at once; those whose status forbids it stay as they are.

    Returns how many were changed.
    """
    locked = Ticket.objects.filter(pk__in=list(ids)).order_by("id").select_for_update()
    changed = [
        ticket.pk
        for ticket in locked
        if any(getattr(ticket, name) != value for name, value in values.items())
        and _may_become(ticket, values.get("status", ticket.status))
    ]
    # In one statement, so that counts are taken once and in order.
    later = Greatest(F("updated_at") + _INSTANT, Value(now))
    Ticket.objects.filter(pk__in=changed).update(**values, updated_at=later)
    return len(changed)


def comment(
    *,
    ticket: Ticket,
    text: str,
    author: str,
    now: datetime.datetime,
    api_key_id: int | None = None,
    staff_name: str = "",
) -> Comment:
    """Say something about the ticket. Raises TooManyComments. The caller has locked the row."""
    if ticket.comments.count() >= MOST_COMMENTS:
        raise TooManyComments
    said = Comment.objects.create(
        practice_id=ticket.practice_id,
        ticket=ticket,
        text=text,
        author=author,
        api_key_id=api_key_id,
        staff_name=staff_name,
        created_at=now,
    )
    ticket.updated_at = _later(ticket, now)
    ticket.save(update_fields=["updated_at"])
    return said


def _later(ticket: Ticket, now: datetime.datetime) -> datetime.datetime:
    """`now`, or if somebody was faster just after: no change is left unseen for its time."""
    return max(now, ticket.updated_at + _INSTANT)


def _may_become(ticket: Ticket, status: str) -> bool:
    return status == ticket.status or status in steps.STEPS[ticket.status]
