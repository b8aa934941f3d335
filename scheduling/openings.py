"""Whether a claim can be had, and what could be had instead: by the arithmetic of availability."""

from collections.abc import Iterable
from itertools import islice
from typing import NamedTuple

from scheduling import occupied
from scheduling.availability import Calendar, Need, free_rooms, reasons, slots
from scheduling.claims import Claim
from scheduling.hours import DAY, to_wall
from scheduling.occupied import Occupied, Owners
from scheduling.refusals import Conflict, Slot, SlotTaken
from scheduling.spans import Span, overlap

MOST_ALTERNATIVES = 5
# How far we look for alternatives, in days; on most calendars the first look finds them.
LOOKS_AHEAD = (3, 30, 120)


class _Seen(NamedTuple):
    """The provider's calendar, the claim with what takes its rooms, and who takes what."""

    calendar: Calendar
    need: Need
    taken: Occupied


def rooms_for(claim: Claim, *, is_locked: bool = True) -> list[int | None]:
    """The rooms that the visit can have, the first choice first; [None] if it needs none.

    Waits first for all who are about to book the same provider or rooms on these days, unless told
    otherwise. Raises SlotTaken, without alternatives, with all that stands against the visit.
    """
    seen = _look(claim, _start_of(claim), lock=is_locked)
    if against := reasons(seen.calendar, seen.need, claim.bounds, claim.part.start):
        raise SlotTaken(list(_conflicts(claim, seen.taken, against)))
    return [None] if seen.need.rooms is None else [*free_rooms(seen.need, claim.part.start)]


def room_to_overbook(claim: Claim) -> int | None:
    """A free room, or else the first one of the type; waits as `rooms_for` does."""
    seen = _look(claim, _start_of(claim), lock=True)
    choice = free_rooms(seen.need, claim.part.start) + (claim.terms.room_ids or [])
    return choice[0] if choice else None


def alternatives(claim: Claim) -> list[Slot]:
    """Up to five next starts at which the same visit could be booked, by the practice's clock."""
    found: list[int] = []
    first = max(claim.part.start, claim.bounds.earliest)
    for days in LOOKS_AHEAD:
        within = (first, min(claim.part.start + days * DAY, claim.bounds.end))
        if within[0] >= within[1]:
            continue
        seen = _look(claim, within, lock=False)
        open_starts = slots(seen.calendar, seen.need, claim.bounds, within)
        found += islice(open_starts, MOST_ALTERNATIVES - len(found))
        if len(found) == MOST_ALTERNATIVES:
            break
        first = within[1]
    walls = (to_wall(claim.bounds.zone, start) for start in found)
    return [Slot(wall.date(), wall.time()) for wall in walls]


def refused(claim: Claim, conflicts: Iterable[Conflict] = ()) -> SlotTaken:
    """The refusal to raise, once no locks are held: with conflicts and alternatives.

    Without `conflicts`, what the database would not take: it is looked for now.
    """
    against = list(conflicts)
    if not against:
        try:
            rooms_for(claim, is_locked=False)
        except SlotTaken as taken:
            against = taken.conflicts
        else:
            against = [Conflict("provider", "visit", provider_id=claim.terms.provider_id)]
    return SlotTaken(against, alternatives(claim))


def _start_of(claim: Claim) -> Span:
    return claim.part.start, claim.part.start + 1


def _conflicts(claim: Claim, taken: Occupied, against: Iterable[str]) -> Iterable[Conflict]:
    for reason in against:
        if reason != "room":
            resource = {"visit": "provider", "hold": "hold"}.get(reason, "hours")
            yield Conflict(resource, reason, provider_id=claim.terms.provider_id)
        elif not claim.terms.room_ids:
            yield Conflict("room", reason)
        else:
            # None of them is free, so each is taken at some time of the visit: if not by another
            # visit, then by a hold, which may yet go away.
            for room in claim.terms.room_ids:
                keeper = "room" if overlap(taken.rooms[room], claim.visit) else "hold"
                yield Conflict(keeper, keeper, room_id=room)


def _look(claim: Claim, within: Span, *, lock: bool) -> _Seen:
    """What is taken of the time that a visit which starts `within` could need."""
    provider, rooms = claim.terms.provider_id, claim.terms.room_ids or []
    taken = occupied.load(
        Owners(
            practice_id=claim.practice_id,
            provider_ids=[provider],
            room_ids=rooms,
            but_visit=claim.without_visit,
            but_hold=claim.without_hold,
        ),
        need=claim.need(),
        starts=within,
        now=claim.now,
        lock_keys=claim.lock_keys if lock else (),
    )
    calendar = taken.fill(claim.terms.calendar, provider)
    return _Seen(calendar, claim.need(taken.of_rooms(rooms)), taken)
