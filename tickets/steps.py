"""From which status a ticket may go to which."""

from collections.abc import Mapping

OPEN, PENDING, ON_HOLD = "Open", "Pending", "OnHold"
RESOLVED, CLOSED = "Resolved", "Closed"

# A ticket begins Open, and what is over comes back by way of Open only.
STEPS: Mapping[str, tuple[str, ...]] = {
    "": (OPEN,),
    OPEN: (PENDING, ON_HOLD, RESOLVED, CLOSED),
    PENDING: (OPEN, ON_HOLD, RESOLVED, CLOSED),
    ON_HOLD: (OPEN, PENDING, RESOLVED, CLOSED),
    RESOLVED: (OPEN, CLOSED),
    CLOSED: (OPEN,),
}
# Those that somebody still has to do something about.
UNRESOLVED = (OPEN, PENDING, ON_HOLD)


class WrongStep(Exception):
    """A ticket does not go from `before` to `after`, but only to one of `allowed`."""

    def __init__(self, before: str, after: str) -> None:
        self.before, self.after, self.allowed = before, after, STEPS[before]
        subject = f"A ticket that is {before}" if before else "A new ticket"
        super().__init__(f"{subject} cannot be {after}, only {_or(self.allowed)}.")


def check(before: str, after: str) -> None:
    """Raise WrongStep unless the step is allowed; to stay as it is always is."""
    if after != before and after not in STEPS[before]:
        raise WrongStep(before, after)


def _or(names: tuple[str, ...]) -> str:
    *most, last = names
    return f"{', '.join(most)} or {last}" if most else last
