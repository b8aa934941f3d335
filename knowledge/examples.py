"""Examples for the API document: the published one, and whole answers to the others."""

from typing import Any

from emrapi.api.examples import answered, page, sent

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


ARTICLES = [answered("A page", page(_LISTED))]
ARTICLE = [answered("An article", {"data": _READ})]
CHANGED_ARTICLE = [
    sent("Some fields", _CHANGES),
    answered("Changed", {"message": "KB article updated successfully", "data": _CHANGED}),
]
CATEGORIES = [
    answered(
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
REVISIONS = [answered("A page", page(_REVISION))]
RESTORED_ARTICLE = [
    answered("Restored", {"message": "KB article restored successfully", "data": _READ})
]
