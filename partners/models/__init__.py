"""Practices, the partners that work for them, and the keys that join the two."""

from partners.models.access_request import AccessRequest
from partners.models.audit import AuditEntry
from partners.models.key import ApiKey, ApiKeyQuerySet, StoredAnswer, validate_network, working_at
from partners.models.partner import Partner, PartnerEvent
from partners.models.practice import Practice, PracticeModel, validate_ppass, validate_time_zone

__all__ = [
    "AccessRequest",
    "ApiKey",
    "ApiKeyQuerySet",
    "AuditEntry",
    "Partner",
    "PartnerEvent",
    "Practice",
    "PracticeModel",
    "StoredAnswer",
    "validate_network",
    "validate_ppass",
    "validate_time_zone",
    "working_at",
]
