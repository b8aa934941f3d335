"""Tickets as staff see them."""

from typing import Any

import pytest
from django.test import Client as Browser

from tests.staff_pages import signed_in
from tickets.models import Ticket

TICKETS = "/admin/tickets/ticket/"


@pytest.fixture
def browser(staff: Any) -> Browser:
    """Somebody who may do everything, signed in."""
    return signed_in(staff, first_name="Maria", last_name="Sanchez")


def page_of(ticket: Ticket) -> str:
    """The address of its form."""
    return f"{TICKETS}{ticket.pk}/change/"
