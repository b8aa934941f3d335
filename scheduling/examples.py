"""Examples for the API document: the published ones, and whole answers to them."""

from typing import Any

from emrapi.api.examples import answered, page, sent

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


def _many(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"data": [*rows], "count": len(rows)}


PROVIDERS = [answered("All providers", _many(_JANE))]
PROVIDER = [
    answered(
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
    answered(
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
    answered("Free", {"data": _CHECK}),
    answered(
        "Taken, explained", {"data": {**_CHECK, "Available": False, "Reasons": ["visit", "room"]}}
    ),
]
SLOTS = [answered("A day", {"data": _DAY})]
NEXT_SLOT = [
    answered("Found", {"data": _NEXT}),
    answered("None", {"data": {**_NEXT, "TheNextSlot": None}}),
]
SEARCH = [
    answered("Two providers", _many(_DAY, {**_DAY, "ProviderID": 2, "Slots": [], "Count": 0}))
]
VISIT_TYPES = [
    answered(
        "All types",
        _many(
            {"VisitType": "Consult", "Active": True, "Providers": [1, 2], "Resources": [101, 102]}
        ),
    )
]
BOOK = [
    sent("A visit", _BOOKING),
    answered("Booked", {"message": "Visit booked successfully", "data": _BOOKED}),
]
VISITS = [
    answered("A page", page(_VISIT)),
]
VISIT = [answered("A visit", {"data": _VISIT})]
CANCEL = [
    sent("With a reason", {"Reason": "Feels better"}),
    answered(
        "Cancelled",
        {
            "message": "Visit cancelled successfully",
            "data": {**_VISIT, "Status": "cancelled", "CancelReason": "Feels better"},
        },
    ),
]
_LATER = {"VisitDate": "2026-03-13", "VisitTime": "11:30:00"}
RESCHEDULE = [
    sent("Another day", _LATER),
    answered(
        "Moved",
        {
            "message": "Visit rescheduled successfully",
            "data": {**_VISIT, **_LATER, "ProviderTime": "11:30:00"},
        },
    ),
]
HOLD = [
    sent("A slot", {"ProviderID": 2, **_TIME}),
    answered("Held", {"message": "Slot held successfully", "data": _HOLD}),
]
RELEASE = [answered("Released", {"message": "Hold released successfully", "data": _HOLD})]
