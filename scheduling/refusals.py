"""Why a visit is not booked, said so that an answer can name the field or the obstacle."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import NamedTuple


class Refused(Exception):
    """What was asked for cannot be, whoever else books what: `field` is the wire name to blame."""

    def __init__(self, field: str, code: str, message: str) -> None:
        super().__init__(message)
        self.field, self.code, self.message = field, code, message


class Unknown(Refused):
    """There is no such row in this practice, or it is not active any more."""

    def __init__(self, field: str, what: str) -> None:
        super().__init__(field, "does_not_exist", f"There is no such {what} in this practice.")


class NotAllowed(Refused):
    """The provider does not give visits of this type."""

    def __init__(self) -> None:
        super().__init__(
            "ProviderID", "not_allowed", "This provider does not give visits of this type."
        )


class BadWallTime(Refused):
    """The practice's clock never shows this time on this day: it was set forward over it."""

    def __init__(self, field: str) -> None:
        super().__init__(
            field, "skipped", "The practice's clock skips this time on this day: it is set forward."
        )


class BadDuration(Refused):
    """A visit takes from 1 to 1440 minutes."""

    def __init__(self, field: str) -> None:
        super().__init__(field, "out_of_range", "Must be from 1 to 1440 minutes.")


class PartOutside(Refused):
    """The provider's part is not inside of the visit."""

    def __init__(self, field: str) -> None:
        super().__init__(field, "outside", "The provider's part must lie inside of the visit.")


class OutOfBounds(Refused):
    """In the past, too soon, or too far ahead: `code` is "past", "notice" or "horizon"."""

    MESSAGES = {
        "past": "This time is over.",
        "notice": "This is sooner than the practice lets itself be booked.",
        "horizon": "This is further ahead than the practice lets itself be booked.",
    }

    def __init__(self, code: str) -> None:
        field = "VisitDate" if code == "horizon" else "VisitTime"
        super().__init__(field, code, self.MESSAGES[code])


class WrongStatus(Exception):
    """The visit is in a status from which this does not lead anywhere."""

    def __init__(self, status: str) -> None:
        super().__init__(f"This visit is {status.replace('_', ' ')}.")
        self.status = status


class TooManyHolds(Exception):
    """The key holds as many times as it may; the first of them ends at `first_ends_at`."""

    def __init__(self, live: int, first_ends_at: datetime | None) -> None:
        super().__init__(
            f"Your key holds {live} times, which is as many as it may. Book or release one first,"
            " or wait until one ends."
        )
        self.live, self.first_ends_at = live, first_ends_at


class Slot(NamedTuple):
    """A beginning, by the practice's clock."""

    date: date
    time: time


@dataclass(frozen=True)
class Conflict:
    """One thing that stands against a visit.

    `resource` is provider, room, hours or hold; `reason` says it more exactly, in the words of the
    availability engine.
    """

    resource: str
    reason: str
    provider_id: int | None = None
    room_id: int | None = None

    @property
    def wire(self) -> dict[str, object]:
        """As the API says it."""
        said: dict[str, object] = {"resource": self.resource, "reason": self.reason}
        if self.provider_id is not None:
            said["ProviderID"] = self.provider_id
        if self.room_id is not None:
            said["RoomID"] = self.room_id
        return said


class SlotTaken(Exception):
    """Provider or rooms are not free then: all that stands against it, and up to five next slots.

    The alternatives were free when they were computed; nobody keeps them.
    """

    def __init__(self, conflicts: Sequence[Conflict], alternatives: Sequence[Slot] = ()) -> None:
        super().__init__("This time is not free.")
        self.conflicts, self.alternatives = list(conflicts), list(alternatives)
