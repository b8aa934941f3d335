"""Tickets, what is said about them, how many there are, and their history."""

from tickets.models.comment import Comment
from tickets.models.count import TicketCount
from tickets.models.history import TicketEvent
from tickets.models.ticket import Ticket

__all__ = ["Comment", "Ticket", "TicketCount", "TicketEvent"]
