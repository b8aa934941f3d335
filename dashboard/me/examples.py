"""Examples for the API document."""

from typing import Any

from emrapi.api.examples import answered

_FIGURES: dict[str, Any] = {"calls": 3, "refused": 1, "failed": 0, "averageMs": 12.5}
_NONE: dict[str, Any] = {"calls": 0, "refused": 0, "failed": 0, "averageMs": None}

USAGE = [
    answered(
        "Two days",
        {
            "data": {
                "startDate": "2026-03-08",
                "endDate": "2026-03-09",
                "totals": _FIGURES,
                "days": [{**_NONE, "date": "2026-03-08"}, {**_FIGURES, "date": "2026-03-09"}],
                "routes": [{**_FIGURES, "method": "POST", "path": "/v1/{PPass}/visits/book"}],
            }
        },
    )
]
CALL = [
    answered(
        "A refused call",
        {
            "data": {
                "requestId": "0f8fad5bd9cb469fa16570867728950e",
                "at": "2026-03-09T14:15:00.123456Z",
                "method": "POST",
                "path": "/v1/DemoOffice/visits/book",
                "status": 409,
                "durationMs": 14.2,
                "keyId": 5,
                "ip": "203.0.113.7",
                "bytesIn": 164,
                "bytesOut": 402,
            }
        },
    )
]
