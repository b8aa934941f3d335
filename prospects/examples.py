"""Examples for the API document: the published ones, and whole answers to them."""

from typing import Any

from emrapi.api.examples import answered, page, sent
from prospects.serializers import PersonSerializer

_JOHN: dict[str, Any] = {
    "FirstName": "John",
    "LastName": "Doe",
    "EMail": "john@example.com",
    "Phone": "555-0123",
}
_STORED: dict[str, Any] = {
    **dict.fromkeys(PersonSerializer.Meta.wire, ""),
    **_JOHN,
    "PatientID": 1001,
    "FullName": "John Doe",
    "DOB": None,
    "ProviderID": None,
    "Prospect": 1,
    "PtImg": None,
    "Tags": [],
    "CreatedAt": "2026-03-09T14:15:00.123456Z",
    "UpdatedAt": "2026-03-09T14:15:00.123456Z",
}
_CHANGES = {"Gender": "m", "DOB": "1990-05-17", "Prospect": 0, "ProviderID": 2}
_VIP = {"TagID": 7, "Tag": "VIP", "Color": "#1e90ff", "Count": 12}


PEOPLE = [answered("A page", page({**_STORED, "Tags": ["VIP"]}))]
PERSON = [answered("A person", {"data": {**_STORED, "Tags": ["VIP"]}})]
NEW_PERSON = [
    sent("A new prospect", _JOHN),
    answered("Created", {"message": "Prospect created successfully", "data": _STORED}),
    answered(
        "Created, and known",
        {
            "message": "Prospect created successfully",
            "data": _STORED,
            "possibleDuplicates": [{"PatientID": 988, "reasons": ["email", "phone"]}],
        },
    ),
]
CHANGED_PERSON = [
    sent("Some fields", _CHANGES),
    answered(
        "Changed",
        {"message": "Prospect updated successfully", "data": {**_STORED, **_CHANGES}},
    ),
]
TAGS = [answered("A page", page(_VIP))]
NEW_TAG = [
    sent("A new tag", {"Tag": "VIP", "Color": "#1e90ff"}),
    answered("Created", {"message": "Tag created successfully", "data": {**_VIP, "Count": 0}}),
]
CHANGED_TAG = [
    sent("Another colour", {"Color": "#1e90ff"}),
    answered("Changed", {"message": "Tag updated successfully", "data": _VIP}),
]
DELETED_TAG = [answered("Deleted", {"message": "Tag deleted successfully", "data": _VIP})]
PERSON_TAGS = [answered("Two tags", {"data": {"Tags": ["Botox", "VIP"]}})]
NEW_PERSON_TAGS = [
    sent("Two tags", {"Tags": ["VIP", "Botox"]}),
    answered(
        "Replaced", {"message": "Tags updated successfully", "data": {"Tags": ["Botox", "VIP"]}}
    ),
]
