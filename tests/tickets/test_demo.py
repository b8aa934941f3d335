"""Demo tickets: stories that could have happened, told in both practices, once."""

from io import StringIO
from typing import Any

from django.core.management import call_command

from emrapi.management.demo_tickets import STORIES
from tickets import steps
from tickets.models import Comment, Ticket, TicketEvent


def _seed(staff: Any) -> None:
    with staff():
        call_command("seed_demo", "--json", stdout=StringIO(), stderr=StringIO())


def test_both_practices_have_every_story(staff: Any) -> None:
    _seed(staff)

    with staff():
        for ppass in ("DemoOffice", "HarborClinic"):
            tickets = Ticket.objects.filter(practice__ppass=ppass).order_by("id")
            assert [ticket.subject for ticket in tickets] == [story.subject for story in STORIES]
            assert {ticket.status for ticket in tickets} == {*steps.STEPS} - {""}
            assert len({ticket.created_at for ticket in tickets}) == len(STORIES)
            for ticket in tickets:
                said = [each.created_at for each in ticket.comments.order_by("id")]
                assert [ticket.created_at, *said, ticket.updated_at] == sorted(
                    [ticket.created_at, *said, ticket.updated_at]
                )
                assert ticket.api_key_id is not None
        by_staff = Comment.objects.exclude(staff_name="").filter(api_key_id=None).count()
        by_partner = Comment.objects.filter(staff_name="").exclude(api_key_id=None).count()
        assert (by_staff > 0, by_staff + by_partner) == (True, Comment.objects.count())
        assert {each.pgh_context["command"] for each in TicketEvent.objects.all()} == {"seed_demo"}


def test_seeding_twice_tells_nothing_twice(staff: Any) -> None:
    _seed(staff)
    _seed(staff)

    with staff():
        assert Ticket.objects.count() == 2 * len(STORIES)
