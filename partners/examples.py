"""Examples for the API document."""

from typing import Any

from emrapi.api.examples import answered, sent

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

PROFILE = [answered("You", {"data": _PROFILE})]
CHANGED_PROFILE = [
    sent("Another contact", _CHANGES),
    answered(
        "Changed", {"message": "Profile updated successfully", "data": {**_PROFILE, **_CHANGES}}
    ),
]
