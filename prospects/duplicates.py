"""People who may be the same: by e-mail, by phone, or by name and date of birth."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import F

from prospects.models import Person

# More than these help nobody to decide.
MOST_MATCHES = 10


@dataclass(frozen=True)
class Match:
    """Somebody who may be the same person, and what says so."""

    person_id: int
    reasons: list[str]


class PossibleDuplicate(Exception):
    """There are people who may be the same, and the caller wants none of that."""

    def __init__(self, matches: list[Match]) -> None:
        super().__init__(f"{len(matches)} possible duplicates")
        self.matches = matches


def claim(*, practice_id: int, identities: Sequence[str]) -> None:
    """Make others who come with one of these identities wait until this transaction ends.

    So of two creations of the same person one sees the other. All take their locks in the same
    order, so that they wait for each other and never in a circle.
    """
    keys = sorted({_lock_key(practice_id, identity) for identity in identities})
    if keys:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_advisory_xact_lock(key)) FROM unnest(%s::bigint[]) AS key", [keys]
            )


def find(*, practice_id: int, identities: Sequence[str]) -> list[Match]:
    """The newest people who share an identity; `practice_id` must be the transaction's practice."""
    if not identities:
        return []
    wanted = set(identities)
    rows = (
        Person.objects.filter(practice_id=practice_id)
        .sharing(identities)
        # Not "-id": the planner, who cannot know how rare an identity is, would walk through all
        # people from the newest on to find the few, instead of asking the index.
        .order_by((F("id") + 0).desc())
        .values_list("id", "identities")[:MOST_MATCHES]
    )
    return [
        Match(
            person_id, sorted({shared.partition(":")[0] for shared in wanted.intersection(theirs)})
        )
        for person_id, theirs in rows
    ]


def _lock_key(practice_id: int, identity: str) -> int:
    digest = hashlib.blake2b(f"{practice_id} {identity}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
