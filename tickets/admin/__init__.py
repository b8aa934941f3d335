"""Where support works: a queue of tickets, and a page for each."""

from tickets.admin.pages import TicketAdmin

__all__ = ["TicketAdmin"]
