"""Tickets and comments to arrange tests with."""

import factory

from tests.factories import PracticeFactory, StaffFactory
from tickets.models import Comment, Ticket


class TicketFactory(StaffFactory):
    """An open ticket."""

    class Meta:
        model = Ticket

    practice = factory.SubFactory(PracticeFactory)
    subject = factory.Sequence(lambda n: f"Ticket {n}")


class CommentFactory(StaffFactory):
    """Something said about a ticket."""

    class Meta:
        model = Comment

    ticket = factory.SubFactory(TicketFactory)
    practice = factory.SelfAttribute("ticket.practice")
    text = factory.Sequence(lambda n: f"Comment {n}")
    author = "Support Agent"
