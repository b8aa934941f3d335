"""Examples for the API document: the published one, and whole answers."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

_NEW: dict[str, Any] = {
    "Subject": "Visit does not show in the portal",
    "Description": "The visit booked today for Mrs. Doe is missing from her portal.",
    "Priority": "High",
    "Category": "Portal",
    "Requester": "Kim Lee",
}
_STORED: dict[str, Any] = {
    "TicketID": 17,
    **{name: _NEW[name] for name in ("Subject", "Description")},
    "Status": "Open",
    **{name: _NEW[name] for name in ("Priority", "Category", "Requester")},
    "AssignedTo": "",
    "CreatedAt": "2026-03-09T14:15:00.123456Z",
    "UpdatedAt": "2026-03-09T14:15:00.123456Z",
}
_SAID: dict[str, Any] = {"Comment": "This is a new comment", "Author": "Support Agent"}
_COMMENT: dict[str, Any] = {
    "CommentID": 31,
    **_SAID,
    "CreatedAt": "2026-03-09T14:40:00.654321Z",
}
_CHANGES = {"Status": "Pending", "AssignedTo": "Support Agent"}


def _request(name: str, body: dict[str, Any]) -> OpenApiExample:
    return OpenApiExample(name, value=body, request_only=True)


def _response(name: str, body: dict[str, Any]) -> OpenApiExample:
    return OpenApiExample(name, value=body, response_only=True)


TICKETS = [_response("A page", {"data": [_STORED], "count": 1, "page": 1, "limit": 25, "total": 1})]
TICKET = [_response("A ticket", {"data": {**_STORED, "Comments": [_COMMENT]}})]
NEW_TICKET = [
    _request("A new ticket", _NEW),
    _response(
        "Created",
        {"message": "Ticket created successfully", "data": {**_STORED, "Comments": []}},
    ),
]
CHANGED_TICKET = [
    _request("A step on", _CHANGES),
    _response(
        "Changed",
        {
            "message": "Ticket updated successfully",
            "data": {**_STORED, **_CHANGES, "Comments": [_COMMENT]},
        },
    ),
]
NEW_COMMENT = [
    _request("A comment", _SAID),
    _response("Added", {"message": "Comment added successfully", "data": _COMMENT}),
]
