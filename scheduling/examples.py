"""Examples for the API document: the published ones, and whole answers to them."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

_JANE: dict[str, Any] = {
    "id": 1,
    "name": "Jane Smith",
    "title": "PA-C",
    "specialty": "Aesthetics",
}
_HOURS = {
    "weekday": "Monday",
    "opens": "09:00:00",
    "closes": "17:00:00",
    "validFrom": None,
    "validUntil": None,
}
_DAY = {
    "ProviderID": 1,
    "Date": "2026-03-09",
    "Duration": 30,
    "Slots": ["09:00:00", "11:30:00", "14:00:00"],
    "Count": 3,
}
_CHECK: dict[str, Any] = {
    "ProviderID": 1,
    "Date": "2026-03-09",
    "Time": "10:15:00",
    "Duration": 30,
    "Available": True,
}
_NEXT: dict[str, Any] = {
    "ProviderID": 1,
    "Duration": 30,
    "SearchWindowDays": 30,
    "TheNextSlot": {"ProviderID": "1", "Date": "2026-03-10", "Time": "09:00:00"},
}
_TIME: dict[str, Any] = {
    "VisitType": "Consult",
    "VisitDate": "2026-03-12",
    "VisitTime": "10:00:00",
    "VisitDuration": 30,
    "ProviderTime": "10:00:00",
    "ProviderDuration": 30,
}
_BOOKING = {
    "PatientID": 1001,
    "ProviderID": 2,
    "VisitType": "Consult",
    "VisitDate": "2026-03-12",
    "VisitTime": "10:00:00",
    "VisitDuration": 30,
    "VisitComplaint": "Follow-up",
    "ProviderTime": "10:00:00",
    "ProviderDuration": 30,
    "VisitNotes": "Booked via API",
}
_BOOKED = {"VisitID": 555, "PatientID": 1001, "ProviderID": 2, **_TIME, "RoomID": 102}
_VISIT = {
    **_BOOKED,
    "Status": "booked",
    "VisitComplaint": "Follow-up",
    "VisitNotes": "Booked via API",
    "CancelReason": "",
    "CreatedAt": "2026-03-09T14:15:00.123456Z",
    "UpdatedAt": "2026-03-09T14:15:00.123456Z",
}
_HOLD = {"HoldID": 88, "ProviderID": 2, **_TIME, "RoomID": 102, "ExpiresAt": "2026-03-09T14:20:00Z"}


def _request(name: str, body: dict[str, Any]) -> OpenApiExample:
    return OpenApiExample(name, value=body, request_only=True)


def _response(name: str, body: dict[str, Any]) -> OpenApiExample:
    return OpenApiExample(name, value=body, response_only=True)


def _many(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"data": [*rows], "count": len(rows)}


PROVIDERS = [_response("All providers", _many(_JANE))]
PROVIDER = [
    _response(
        "A provider",
        {
            "data": {
                **_JANE,
                "timezone": "America/New_York",
                "hours": [_HOURS],
                "visitTypes": ["Consult"],
            }
        },
    )
]
SCHEDULE = [
    _response(
        "A week",
        {
            "data": {
                "provider": _JANE,
                "startDate": "2026-03-09",
                "endDate": "2026-03-15",
                "schedule": {
                    "2026-03-09": [
                        {
                            "VisitID": 101,
                            "time": "09:00:00",
                            "duration": 30,
                            "type": "FOLLOWUP",
                            "booked": True,
                        }
                    ]
                },
                "totalVisits": 1,
            }
        },
    )
]
CHECK = [
    _response("Free", {"data": _CHECK}),
    _response(
        "Taken, explained", {"data": {**_CHECK, "Available": False, "Reasons": ["visit", "room"]}}
    ),
]
SLOTS = [_response("A day", {"data": _DAY})]
NEXT_SLOT = [
    _response("Found", {"data": _NEXT}),
    _response("None", {"data": {**_NEXT, "TheNextSlot": None}}),
]
SEARCH = [
    _response("Two providers", _many(_DAY, {**_DAY, "ProviderID": 2, "Slots": [], "Count": 0}))
]
VISIT_TYPES = [
    _response(
        "All types",
        _many(
            {"VisitType": "Consult", "Active": True, "Providers": [1, 2], "Resources": [101, 102]}
        ),
    )
]
BOOK = [
    _request("A visit", _BOOKING),
    _response("Booked", {"message": "Visit booked successfully", "data": _BOOKED}),
]
VISITS = [
    _response("A page", {"data": [_VISIT], "count": 1, "page": 1, "limit": 25, "total": 1}),
]
VISIT = [_response("A visit", {"data": _VISIT})]
CANCEL = [
    _request("With a reason", {"Reason": "Feels better"}),
    _response(
        "Cancelled",
        {
            "message": "Visit cancelled successfully",
            "data": {**_VISIT, "Status": "cancelled", "CancelReason": "Feels better"},
        },
    ),
]
_LATER = {"VisitDate": "2026-03-13", "VisitTime": "11:30:00"}
RESCHEDULE = [
    _request("Another day", _LATER),
    _response(
        "Moved",
        {
            "message": "Visit rescheduled successfully",
            "data": {**_VISIT, **_LATER, "ProviderTime": "11:30:00"},
        },
    ),
]
HOLD = [
    _request("A slot", {"ProviderID": 2, **_TIME}),
    _response("Held", {"message": "Slot held successfully", "data": _HOLD}),
]
RELEASE = [_response("Released", {"message": "Hold released successfully", "data": _HOLD})]
