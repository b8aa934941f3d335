"""Booking finds a time free exactly when availability says that it is."""

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partners.models import Practice
from partners.tenancy import within_practice
from scheduling import claims, openings
from scheduling.calendars import examine
from scheduling.claims import Claim, Part
from scheduling.hours import MINUTE
from scheduling.refusals import SlotTaken
from tests.scheduling.test_calendars import WITHIN, ZONE, Drawn, draw


def claim(drawn: Drawn, provider: int, start: int) -> Claim:
    """What booking would make of the same question."""
    length = drawn.asked.minutes * MINUTE
    visit_type = drawn.asked.visit_type_id
    assert visit_type is not None
    return claims.make(
        practice_id=drawn.asked.practice_id,
        provider_id=provider,
        visit_type=visit_type,
        part=Part(start=start, length=length, offset=0, provider_length=length),
        zone=ZONE,
        now=drawn.asked.now,
    )


def said(claim: Claim) -> tuple[set[str], list[int | None]]:
    """What stands against a claim, and the rooms that it can have."""
    try:
        return set(), openings.rooms_for(claim)
    except SlotTaken as taken:
        of_rooms = {"room" for each in taken.conflicts if each.provider_id is None}
        others = {each.reason for each in taken.conflicts if each.provider_id is not None}
        return of_rooms | others, []


@pytest.mark.parametrize("seed", range(20, 28))
def test_booking_and_availability_say_the_same(
    our_practice: Practice, other_practice: Practice, staff: Callable[[], Any], seed: int
) -> None:
    both = [
        draw(practice, staff, seed + n) for n, practice in enumerate([our_practice, other_practice])
    ]
    chance = random.Random(seed)

    for drawn in both:
        for provider in (each.id for each in drawn.providers):
            # Of what is past, booking asks no more.
            some = [chance.randrange(drawn.asked.second, WITHIN[1], 60) for _ in range(15)]
            open_ones = drawn.slots(provider)
            for start in some + chance.sample(open_ones, min(10, len(open_ones))):
                with within_practice(drawn.asked.practice_id):
                    seen = examine(drawn.asked, provider_id=provider, start=start)
                    reasons, rooms = said(claim(drawn, provider, start))

                assert reasons == set(seen.reasons) == set(drawn.reasons(provider, start))
                assert rooms == ([] if reasons else seen.rooms)


@pytest.mark.parametrize("seed", range(30, 34))
def test_visit_that_moves_is_in_its_own_way_for_neither(
    our_practice: Practice, other_practice: Practice, staff: Callable[[], Any], seed: int
) -> None:
    both = [draw(practice, staff, seed) for practice in (our_practice, other_practice)]
    chance = random.Random(seed)

    for drawn in both:
        provider = drawn.providers[0].id
        own = [v for v in drawn.visits if v.provider_id == provider and v.status != "cancelled"]
        for visit in chance.sample(own, 10):
            near = round(visit.during.lower.timestamp()) + chance.randrange(-30, 90) * MINUTE
            start = max(near, drawn.asked.second)
            with within_practice(drawn.asked.practice_id):
                seen = examine(
                    replace(drawn.asked, but_visit=visit.pk), provider_id=provider, start=start
                )
                moving = replace(claim(drawn, provider, start), without_visit=visit.pk)

                assert said(moving) == (set(seen.reasons), [] if seen.reasons else seen.rooms)


def test_waiting_and_looking_is_one_statement(
    our_practice: Practice, staff: Callable[[], Any]
) -> None:
    drawn = draw(our_practice, staff, 20)
    provider = drawn.providers[0].id

    with within_practice(our_practice.id):
        wanted = claim(drawn, provider, drawn.slots(provider)[0])
        with CaptureQueriesContext(connection) as asked:
            openings.rooms_for(wanted)

    assert len(asked) == 1
