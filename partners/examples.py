"""Examples for the API document."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

_PROFILE: dict[str, Any] = {
    "id": 3,
    "name": "Demo Partner",
    "companyName": "Demo Partner Inc.",
    "contactName": "Kim Lee",
    "email": "api@demo-partner.example.com",
    "phone": "(212) 555-0100",
    "website": "https://demo-partner.example.com",
    "alertEmail": "",
    "status": "active",
    "createdAt": "2026-03-02T09:00:00.123456Z",
    "key": {
        "id": 5,
        "name": "nightly sync",
        "scopes": ["Prospects", "Tickets", "Patients"],
        "practice": "DemoOffice",
        "expiresAt": None,
        "lastUsedAt": "2026-03-09T14:15:00.123456Z",
    },
    "rateLimit": 1200,
}
_CHANGES = {"contactName": "Ana Ruiz", "alertEmail": "alerts@demo-partner.example.com"}

PROFILE = [OpenApiExample("You", value={"data": _PROFILE}, response_only=True)]
CHANGED_PROFILE = [
    OpenApiExample("Another contact", value=_CHANGES, request_only=True),
    OpenApiExample(
        "Changed",
        value={"message": "Profile updated successfully", "data": {**_PROFILE, **_CHANGES}},
        response_only=True,
    ),
]
