"""History of tickets, written by triggers whoever makes the change."""

import pghistory
from django.db import models

from tickets.models.ticket import Ticket

# By the database, of the rest.
_MADE = ["assignee", "search_text"]

TicketEvent = pghistory.create_event_model(
    Ticket,
    pghistory.InsertEvent(),
    # A comment moves `updated_at` on and is its own history.
    pghistory.UpdateEvent(condition=pghistory.AnyChange(exclude=["updated_at", *_MADE])),
    pghistory.DeleteEvent(),
    exclude=_MADE,
    model_name="TicketEvent",
    abstract=False,
    attrs={"pgh_id": models.BigAutoField(primary_key=True)},
    meta={
        "verbose_name": "change of a ticket",
        "verbose_name_plural": "changes of tickets",
        "indexes": [models.Index(fields=["practice", "pgh_obj", "pgh_id"], name="ticketevent_of")],
    },
)
