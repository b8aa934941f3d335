"""Articles through the API: what is refused, who may, and what it asks of the database."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from knowledge.models import Article
from tests.client import Client
from tests.knowledge.factories import ArticleFactory


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"Title": ""}, "Title", "blank"),
        ({"Title": "  "}, "Title", "blank"),
        ({"Title": None}, "Title", "null"),
        ({"Title": "x" * 201}, "Title", "max_length"),
        ({"Title": 7}, "Title", "invalid"),
        ({"Title": "a\0b"}, "Title", "invalid"),
        ({"Article": "x" * 100_001}, "Article", "max_length"),
        ({"Article": ["x"]}, "Article", "invalid"),
        ({"Article": {"a": 1}}, "Article", "invalid"),
        ({"Category": "x" * 101}, "Category", "max_length"),
        ({"Type": "x" * 51}, "Type", "max_length"),
        ({"Tags": "x" * 501}, "Tags", "max_length"),
        ({"Tags": ["a", "b"]}, "Tags", "invalid"),
        ({"Active": 1}, "Active", "invalid"),
        ({"Active": "true"}, "Active", "invalid"),
        ({"Active": None}, "Active", "null"),
        ({"KBID": 3}, "KBID", "read_only"),
        ({"UpdatedAt": "2026-01-01T00:00:00Z"}, "UpdatedAt", "read_only"),
        ({"ArticleHtml": "<b>"}, "ArticleHtml", "read_only"),
        ({"Titel": "x"}, "Titel", "unknown"),
        ({"Snippet": "x"}, "Snippet", "unknown"),
        ({"revision": 1}, "revision", "unknown"),
        (b'{"Title": "\\ud800"}', "Title", "invalid"),
    ],
)
def test_bad_body_is_refused_and_nothing_is_written(
    ours: Client, article: Article, body: Any, field: str, code: str
) -> None:
    path = f"/v1/kb/{article.pk}"
    before = ours.get(path).json()

    for method in ("PUT", "PATCH"):
        refused = ours.send(method, path, body)
        assert refused.status_code == 400
        assert [(each["field"], each["code"]) for each in refused.json()["errors"]] == [
            (field, code)
        ]
    assert ours.get(path).json() == before


def test_near_name_is_told(ours: Client, article: Article) -> None:
    refused = ours.put(f"/v1/kb/{article.pk}", {"Titel": "x"})

    assert 'Did you mean "Title"?' in refused.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"search": "x" * 201}, "search"),
        ({"search": "a\0b"}, "search"),
        ({"category": "x" * 101}, "category"),
        ({"type": "x" * 51}, "type"),
        ({"includeInactive": "yes"}, "includeInactive"),
        ({"page": "0"}, "page"),
        ({"limit": "101"}, "limit"),
        ({"categorie": "x"}, "categorie"),
        ({"Search": "x"}, "Search"),
    ],
)
def test_bad_query_is_refused(ours: Client, params: dict[str, str], field: str) -> None:
    refused = ours.get("/v1/kb", params)

    assert refused.status_code == 400
    assert [each["field"] for each in refused.json()["errors"]] == [field]


@pytest.mark.parametrize("path", ["kb/categories", "kb/{id}", "kb/{id}/revisions"])
def test_unknown_parameter_is_refused(ours: Client, article: Article, path: str) -> None:
    refused = ours.get(f"/v1/{path.format(id=article.pk)}", {"search": "x"})

    assert refused.status_code == 400


def test_limits_can_be_reached(ours: Client, article: Article) -> None:
    longest = {
        "Title": "x" * 200,
        "Article": "漢 " * 50_000,
        "Category": "x" * 100,
        "Type": "x" * 50,
        "Tags": "😀" * 500,
    }

    answer = ours.put(f"/v1/kb/{article.pk}", longest)

    assert answer.status_code == 200
    data = answer.json()["data"]
    assert {name: data[name] for name in longest} == longest


def test_null_and_empty_clear_a_text(ours: Client, article: Article) -> None:
    for empty in (None, ""):
        body = dict.fromkeys(["Article", "Category", "Type", "Tags"], empty)
        data = ours.put(f"/v1/kb/{article.pk}", body).json()["data"]
        assert {name: data[name] for name in body} == dict.fromkeys(body, "")
        assert data["Title"] == article.title


def test_text_is_kept_as_sent(ours: Client, article: Article) -> None:
    text = "  \n    indented\r\n\ttab  \n<b>&amp;</b> \u2028 é e\u0301 "

    data = ours.put(f"/v1/kb/{article.pk}", {"Article": text}).json()["data"]

    assert data["Article"] == text
    assert ours.get(f"/v1/kb/{article.pk}").json()["data"]["Article"] == text


def test_inactive_article_is_in_no_list_but_there(ours: Client, theirs: Client) -> None:
    article = ArticleFactory.create(is_active=False)

    for client in (ours, theirs):
        assert client.get("/v1/kb").json()["total"] == 0
        assert client.get("/v1/kb", {"includeInactive": "false"}).json()["total"] == 0
        assert client.get("/v1/kb", {"includeInactive": "true"}).json()["total"] == 1
        assert client.get(f"/v1/kb/{article.pk}").json()["data"]["Active"] is False
    assert ours.put(f"/v1/kb/{article.pk}", {"Active": True}).status_code == 200
    assert theirs.get("/v1/kb").json()["total"] == 1


def test_categories_and_types_are_listed(ours: Client, theirs: Client) -> None:
    for category, kind in (
        ("Billing", "HowTo"),
        ("billing", "FAQ"),
        ("Billing", "howto"),
        ("Front desk", "Policy"),
        ("", ""),
    ):
        ArticleFactory.create(category=category, type=kind)
    ArticleFactory.create(category="Out of use", is_active=False)

    for client in (ours, theirs):
        body = client.get("/v1/kb/categories").json()
        (none, billing, desk) = body.pop("data")
        assert body == {"count": 3}
        assert none == {"Category": "", "Count": 1, "Types": [{"Type": "", "Count": 1}]}
        assert billing["Category"].lower() == "billing"
        assert billing["Count"] == 3
        kinds = [(each["Type"].lower(), each["Count"]) for each in billing["Types"]]
        assert kinds == [("faq", 1), ("howto", 2)]
        assert desk == {
            "Category": "Front desk",
            "Count": 1,
            "Types": [{"Type": "Policy", "Count": 1}],
        }


def test_article_that_is_not_there(ours: Client) -> None:
    for method, path in (
        ("GET", "kb/1"),
        ("PUT", "kb/1"),
        ("GET", "kb/1/revisions"),
        ("POST", "kb/1/revisions/1/restore"),
    ):
        assert ours.send(method, f"/v1/{path}", {} if method != "GET" else None).status_code == 404
    for path in (f"kb/{2**63}", f"kb/{2**63}/revisions"):
        assert ours.get(f"/v1/{path}").status_code == 400


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_partners_neither_add_nor_delete(ours: Client, article: Article, method: str) -> None:
    for path in ("/v1/kb", f"/v1/kb/{article.pk}"):
        refused = ours.send(method, path, {})
        assert refused.status_code == 405
        assert "GET" in refused["Allow"]


def _queries(client: Client, path: str, params: dict[str, str]) -> int:
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path, params)
    assert answer.status_code == 200
    assert answer.json()["data"]
    return len([query for query in captured if "knowledge_" in query["sql"]])


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, 3),
        ({"category": "billing", "type": "howto"}, 3),
        ({"search": "words"}, 3),
        ({"search": "wrods"}, 5),
        ({"search": "words", "includeInactive": "true", "limit": "100"}, 3),
    ],
)
def test_list_takes_as_many_queries_for_many_as_for_one(
    ours: Client, params: dict[str, str], expected: int
) -> None:
    counts = []
    for size in (1, 2, 97):
        ArticleFactory.create_batch(size)
        counts.append(_queries(ours, "/v1/kb", params))

    assert counts == [expected] * 3


def test_other_reads_take_as_many_queries_for_many_as_for_one(
    ours: Client, article: Article
) -> None:
    counts = []
    for size in (1, 2, 97):
        for number in range(size):
            ours.put(f"/v1/kb/{article.pk}", {"Article": f"{size} {number}"})
        ArticleFactory.create(category=f"Category {size}")
        counts += [
            _queries(ours, f"/v1/kb/{article.pk}", {}),
            _queries(ours, f"/v1/kb/{article.pk}/revisions", {"limit": "100"}),
            _queries(ours, "/v1/kb/categories", {}),
        ]

    assert counts == [1, 3, 1] * 3
