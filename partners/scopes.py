"""What a key may be allowed to do, and which events it may be told of."""

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
