"""The documented knowledge base examples, replayed: every key, every type."""

from typing import Any

import pytest

from tests.client import Client
from tests.contract.reference import PUBLISHED
from tests.knowledge.factories import ArticleFactory

EXAMPLE = next(each for each in PUBLISHED if each.operation == "GET /v1/kb/{id}").response["data"]
TYPES = {name: type(value) for name, value in EXAMPLE.items()}


@pytest.fixture
def published(database: None) -> Any:
    """The article of the example."""
    return ArticleFactory.create(
        id=12,
        title="Insurance Verification Workflow",
        body="Step-by-step process...",
        category="Billing",
        type="HowTo",
        tags="insurance, verification",
    )


def _assert_typed(article: dict[str, Any], **more: type) -> None:
    expected = {**TYPES, "UpdatedAt": str, **more}
    assert {name: type(value) for name, value in article.items()} == expected


def test_article_as_documented(ours: Client, theirs: Client, published: Any) -> None:
    for client in (ours, theirs):
        answer = client.get("/v1/kb/12")

        assert answer.status_code == 200
        body = answer.json()
        assert set(body) == {"data"}
        _assert_typed(body["data"], ArticleHtml=str)
        assert {name: body["data"][name] for name in EXAMPLE} == EXAMPLE
        assert list(body["data"])[: len(EXAMPLE)] == list(EXAMPLE)
        assert body["data"]["ArticleHtml"] == "<p>Step-by-step process...</p>\n"


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"search": "verify insurance"},
        {"category": "billing"},
        {"type": "howto"},
        {"search": "workflow", "category": "BILLING", "type": "HOWTO", "page": "1", "limit": "25"},
    ],
)
def test_list_as_documented(
    ours: Client, theirs: Client, published: Any, params: dict[str, str]
) -> None:
    ArticleFactory.create(title="Another", category="Front desk", type="Policy", is_active=False)

    for client in (ours, theirs):
        answer = client.get("/v1/kb", params)

        assert answer.status_code == 200
        body = answer.json()
        (listed,) = body.pop("data")
        assert body == {"count": 1, "page": 1, "limit": 25, "total": 1}
        _assert_typed(listed, Snippet=str)
        assert {name: listed[name] for name in EXAMPLE} == EXAMPLE


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_update_takes_every_documented_field(ours: Client, published: Any, method: str) -> None:
    changes = {
        "Title": "Verifying insurance",
        "Article": "1. Call the *payer*.",
        "Category": "Front desk",
        "Type": "Policy",
        "Tags": "payer",
        "Active": False,
    }
    assert set(changes) == set(EXAMPLE) - {"KBID"}

    answer = ours.send(method, "/v1/kb/12", changes)

    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"message", "data"}
    assert body["message"] == "KB article updated successfully"
    _assert_typed(body["data"], ArticleHtml=str)
    assert {name: body["data"][name] for name in EXAMPLE} == {"KBID": 12, **changes}
    assert ours.get("/v1/kb/12").json() == {"data": body["data"]}


def test_paths_are_global(ours: Client, published: Any) -> None:
    for path in ("kb", "kb/12", "kb/categories", "kb/12/revisions"):
        assert ours.get(f"/v1/{path}").status_code == 200
        assert ours.get(f"/{path}").status_code == 404


def test_scope_is_kb(our_practice: Any, make_key: Any, client_for: Any, published: Any) -> None:
    assert client_for(make_key(our_practice, ["KB"])).get("/v1/kb").status_code == 200
    refused = client_for(make_key(our_practice, ["Tickets"])).get("/v1/kb")
    assert refused.status_code == 403
    assert "KB" in refused.json()["detail"]
