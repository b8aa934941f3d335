"""The filters of the list, in wire names."""

from django.db.models import F
from django_filters.rest_framework import FilterSet

from emrapi.api.fields import ChoiceField, TextField, WordsField
from emrapi.api.queries import WireFilter
from partners.trigrams import LONGEST_SEARCH, MOST_WORDS, words_of
from tickets.models import Ticket
from tickets.models.ticket import TicketQuerySet


class TicketFilters(FilterSet):  # type: ignore[misc]
    """Which tickets of the practice."""

    status = WireFilter(
        ChoiceField(choices=Ticket.Status.values, required=False), "status", help_text="How far."
    )
    priority = WireFilter(
        ChoiceField(choices=Ticket.Priority.values, required=False),
        "priority",
        help_text="How soon.",
    )
    search = WireFilter(
        WordsField(
            words_of=words_of,
            most=MOST_WORDS,
            max_length=LONGEST_SEARCH,
            required=False,
            allow_blank=True,
        ),
        method="by_words",
        help_text=(
            "Words that must all occur, in part and in any case, in subject, description,"
            " requester or category."
        ),
    )
    assignedTo = WireFilter(  # noqa: N815
        TextField(max_length=200, required=False, allow_blank=True, trim_whitespace=True),
        method="by_assignee",
        help_text="Who looks after it: the whole name, in any case.",
    )

    def by_words(self, tickets: TicketQuerySet, name: str, value: str) -> TicketQuerySet:
        """All of them in one ticket."""
        if not value.split():
            return tickets
        # Not "-id": the planner, who may not know how rare a word is, would walk through all
        # tickets from the newest on to find the few, instead of asking the index.
        return tickets.mine().mentioning(value).order_by((F("id") + 0).desc())

    def by_assignee(self, tickets: TicketQuerySet, name: str, value: str) -> TicketQuerySet:
        """One and the same person."""
        return tickets.assigned_to(value)
