"""Examples for the API document: the published one, and whole answers to the others."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

_PUBLISHED: dict[str, Any] = {
    "KBID": 12,
    "Title": "Insurance Verification Workflow",
    "Article": "Step-by-step process...",
    "Category": "Billing",
    "Type": "HowTo",
    "Tags": "insurance, verification",
    "Active": True,
}
_AT = {"UpdatedAt": "2026-03-09T14:15:00.123456Z"}
_READ = {**_PUBLISHED, **_AT, "ArticleHtml": "<p>Step-by-step process...</p>\n"}
_LISTED = {
    **_PUBLISHED,
    **_AT,
    "Snippet": "Step-by-step process to <mark>verify</mark> <mark>insurance</mark>",
}
_CHANGES = {"Article": "Call the **payer** first.", "Tags": "insurance, verification, payer"}
_CHANGED = {**_READ, **_CHANGES, "ArticleHtml": "<p>Call the <strong>payer</strong> first.</p>\n"}
_REVISION = {
    "Revision": 1,
    **{name: value for name, value in _PUBLISHED.items() if name != "KBID"},
    **_AT,
    "UpdatedBy": "Staff",
    "ReplacedAt": "2026-03-10T08:00:00Z",
    "ReplacedBy": "You",
}


def _response(name: str, body: dict[str, Any]) -> OpenApiExample:
    return OpenApiExample(name, value=body, response_only=True)


def _page(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"data": [*rows], "count": len(rows), "page": 1, "limit": 25, "total": len(rows)}


ARTICLES = [_response("A page", _page(_LISTED))]
ARTICLE = [_response("An article", {"data": _READ})]
CHANGED_ARTICLE = [
    OpenApiExample("Some fields", value=_CHANGES, request_only=True),
    _response("Changed", {"message": "KB article updated successfully", "data": _CHANGED}),
]
CATEGORIES = [
    _response(
        "Two categories",
        {
            "data": [
                {
                    "Category": "Billing",
                    "Count": 3,
                    "Types": [{"Type": "FAQ", "Count": 1}, {"Type": "HowTo", "Count": 2}],
                },
                {"Category": "Front desk", "Count": 1, "Types": [{"Type": "Policy", "Count": 1}]},
            ],
            "count": 2,
        },
    )
]
REVISIONS = [_response("A page", _page(_REVISION))]
RESTORED_ARTICLE = [
    _response("Restored", {"message": "KB article restored successfully", "data": _READ})
]
