"""What a key may be allowed to do, and which events it may be told of."""

from collections.abc import Sequence
from enum import StrEnum


class Scope(StrEnum):
    """Parts of the API. Reading and writing are one scope, as published."""

    PROSPECTS = "Prospects"
    PROVIDERS = "Providers"
    SCHEDULING = "Scheduling"
    PRODUCTS = "ProductPro.Products"
    KB = "KB"
    TICKETS = "Tickets"


class EventScope(StrEnum):
    """Kinds of webhook events; a subscription may name only those that its key holds."""

    PATIENTS = "Patients"
    ENCOUNTERS = "Encounters"
    CLAIMS = "Claims"
    PAYMENTS = "Payments"
    DOCUMENTS = "Documents"


ALL_SCOPES: tuple[str, ...] = (*(s.value for s in Scope), *(s.value for s in EventScope))
SCOPE_CHOICES = [(scope, scope) for scope in ALL_SCOPES]
_WORDS = {
    Scope.PROSPECTS.value: "Find, create and change prospects",
    Scope.PROVIDERS.value: "See providers and when they are free",
    Scope.SCHEDULING.value: "Book, move and cancel visits",
    Scope.PRODUCTS.value: "Keep a product catalogue in step",
    Scope.KB.value: "Read and write the knowledge base",
    Scope.TICKETS.value: "Work on support tickets",
} | {scope.value: f"Be told of events: {scope.value.lower()}" for scope in EventScope}
# Of a list of scopes, where there is little room.
_SHOWN = 3


def in_words(scope: str) -> str:
    """A scope and what it is for, for whoever chooses."""
    return f"{scope}: {_WORDS[scope]}"


def in_short(scopes: Sequence[str]) -> str:
    """What a key may do, in a few words."""
    if len(scopes) == len(ALL_SCOPES):
        return "all"
    more = len(scopes) - _SHOWN
    # One that is left out would take as much room as saying so.
    if more < 2:
        return ", ".join(scopes)
    return f"{', '.join(scopes[:_SHOWN])} and {more} more"
