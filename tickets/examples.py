"""Examples for the API document: the published one, and whole answers."""

from typing import Any

from emrapi.api.examples import answered, page, sent

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


TICKETS = [answered("A page", page(_STORED))]
TICKET = [answered("A ticket", {"data": {**_STORED, "Comments": [_COMMENT]}})]
NEW_TICKET = [
    sent("A new ticket", _NEW),
    answered(
        "Created",
        {"message": "Ticket created successfully", "data": {**_STORED, "Comments": []}},
    ),
]
CHANGED_TICKET = [
    sent("A step on", _CHANGES),
    answered(
        "Changed",
        {
            "message": "Ticket updated successfully",
            "data": {**_STORED, **_CHANGES, "Comments": [_COMMENT]},
        },
    ),
]
NEW_COMMENT = [
    sent("A comment", _SAID),
    answered("Added", {"message": "Comment added successfully", "data": _COMMENT}),
]
