"""Examples for the API document: the published ones, and whole answers to them."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

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


def _request(name: str, body: dict[str, Any]) -> OpenApiExample:
    return OpenApiExample(name, value=body, request_only=True)


def _response(name: str, body: dict[str, Any]) -> OpenApiExample:
    return OpenApiExample(name, value=body, response_only=True)


def _page(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"data": [*rows], "count": len(rows), "page": 1, "limit": 25, "total": len(rows)}


PEOPLE = [_response("A page", _page({**_STORED, "Tags": ["VIP"]}))]
PERSON = [_response("A person", {"data": {**_STORED, "Tags": ["VIP"]}})]
NEW_PERSON = [
    _request("A new prospect", _JOHN),
    _response("Created", {"message": "Prospect created successfully", "data": _STORED}),
    _response(
        "Created, and known",
        {
            "message": "Prospect created successfully",
            "data": _STORED,
            "possibleDuplicates": [{"PatientID": 988, "reasons": ["email", "phone"]}],
        },
    ),
]
CHANGED_PERSON = [
    _request("Some fields", _CHANGES),
    _response(
        "Changed",
        {"message": "Prospect updated successfully", "data": {**_STORED, **_CHANGES}},
    ),
]
TAGS = [_response("A page", _page(_VIP))]
NEW_TAG = [
    _request("A new tag", {"Tag": "VIP", "Color": "#1e90ff"}),
    _response("Created", {"message": "Tag created successfully", "data": {**_VIP, "Count": 0}}),
]
CHANGED_TAG = [
    _request("Another colour", {"Color": "#1e90ff"}),
    _response("Changed", {"message": "Tag updated successfully", "data": _VIP}),
]
DELETED_TAG = [_response("Deleted", {"message": "Tag deleted successfully", "data": _VIP})]
PERSON_TAGS = [_response("Two tags", {"data": {"Tags": ["Botox", "VIP"]}})]
NEW_PERSON_TAGS = [
    _request("Two tags", {"Tags": ["VIP", "Botox"]}),
    _response(
        "Replaced", {"message": "Tags updated successfully", "data": {"Tags": ["Botox", "VIP"]}}
    ),
]
