"""Moving the place up to which a practice's events have been handed out, for operators."""

from dataclasses import dataclass

from django.db import connection

from webhooks.models import DispatchState, LogEntry
from webhooks.waking import wake


class BeyondTheLog(Exception):
    """There is no event of such a number yet; `highest` is the last number given."""

    def __init__(self, highest: int) -> None:
        super().__init__(highest)
        self.highest = highest


@dataclass(frozen=True, slots=True)
class Move:
    """From one number to another; `events` of the practice lie between."""

    before: int
    after: int
    events: int

    @property
    def is_back(self) -> bool:
        """Whether the events between are gone through again, or else left out."""
        return self.after < self.before


def plan(*, practice_id: int, to: int) -> Move:
    """What moving the cursor of a practice would mean. Raises BeyondTheLog.

    To be called by staff in a transaction; nobody publishes until that ends.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_log_id FROM webhooks_numbering FOR UPDATE")
        highest = (cursor.fetchone() or (0,))[0]
    if to > highest:
        raise BeyondTheLog(highest)
    state = DispatchState.objects.filter(practice_id=practice_id).first()
    before = state.last_log_id if state else 0
    low, high = sorted((before, to))
    events = LogEntry.objects.filter(practice_id=practice_id, log_id__gt=low, log_id__lte=high)
    return Move(before=before, after=to, events=events.count())


def move(*, practice_id: int, to: int) -> Move:
    """Set the cursor; what lies behind it then is handed out by the dispatch, as ever once.

    Raises BeyondTheLog.
    """
    planned = plan(practice_id=practice_id, to=to)
    later = LogEntry.objects.filter(practice_id=practice_id, log_id__gt=to)
    DispatchState.objects.update_or_create(
        practice_id=practice_id, defaults={"last_log_id": to, "is_behind": later.exists()}
    )
    wake()
    return planned
