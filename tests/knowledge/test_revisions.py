"""No edit is ever lost: revisions, restoring, stale writes."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from knowledge.models import Article, ArticleEvent
from partners.tenancy import acting_as
from tests.client import Client
from tests.factories import PartnerFactory
from tests.knowledge.factories import ArticleFactory

FIELDS = ("Title", "Article", "Category", "Type", "Tags", "Active")


def _revisions(client: Client, article: Article) -> list[dict[str, Any]]:
    answer = client.get(f"/v1/kb/{article.pk}/revisions")
    assert answer.status_code == 200
    body = answer.json()
    assert body["count"] == body["total"] == len(body["data"])
    data: list[dict[str, Any]] = body["data"]
    return data


def test_put_keeps_what_it_replaced(ours: Client, article: Article) -> None:
    before = ours.get(f"/v1/kb/{article.pk}").json()["data"]
    assert _revisions(ours, article) == []

    after = ours.put(f"/v1/kb/{article.pk}", {"Article": "New.", "Active": False}).json()["data"]

    (kept,) = _revisions(ours, article)
    assert kept == {
        "Revision": 1,
        **{name: before[name] for name in FIELDS},
        "UpdatedAt": before["UpdatedAt"],
        "UpdatedBy": "Staff",
        "ReplacedAt": after["UpdatedAt"],
        "ReplacedBy": "You",
    }


def test_who_is_told_without_names(
    ours: Client,
    our_practice: Any,
    make_key: Any,
    client_for: Any,
    article: Article,
    owner: Any,
) -> None:
    stranger = client_for(make_key(our_practice, partner=PartnerFactory.create()))
    path = f"/v1/kb/{article.pk}"
    ours.put(path, {"Title": "Ours"})
    stranger.put(path, {"Title": "Theirs"})
    owner.execute("UPDATE knowledge_article SET title = 'SQL'")

    def told(client: Client) -> list[tuple[str, str]]:
        return [(each["UpdatedBy"], each["ReplacedBy"]) for each in _revisions(client, article)]

    assert told(ours) == [("Partner", "System"), ("You", "Partner"), ("Staff", "You")]
    assert told(stranger) == [("You", "System"), ("Partner", "You"), ("Staff", "Partner")]


def test_write_that_changes_nothing_is_no_edit(ours: Client, article: Article) -> None:
    path = f"/v1/kb/{article.pk}"
    before = ours.get(path)

    for body in ({}, {name: before.json()["data"][name] for name in FIELDS}):
        answer = ours.put(path, body)
        assert answer.status_code == 200
        assert answer.json()["data"] == before.json()["data"]
        assert answer["ETag"] == before["ETag"]
    assert _revisions(ours, article) == []


def test_restore_brings_back_and_keeps_what_it_replaced(
    ours: Client, theirs: Client, article: Article
) -> None:
    path = f"/v1/kb/{article.pk}"
    before = ours.get(path).json()["data"]
    theirs.put(path, {"Title": "Two", "Article": "**2**", "Active": False, "Tags": ""})

    answer = ours.post(f"{path}/revisions/1/restore")

    assert answer.status_code == 200
    assert set(answer.json()) == {"message", "data"}
    restored = answer.json()["data"]
    assert restored == {**before, "UpdatedAt": restored["UpdatedAt"]}
    assert ours.get(path)["ETag"] == answer["ETag"]
    assert [(each["Revision"], each["Title"]) for each in _revisions(ours, article)] == [
        (2, "Two"),
        (1, before["Title"]),
    ]
    assert ours.post(f"{path}/revisions/3/restore").json()["data"] == restored
    assert len(_revisions(ours, article)) == 2


@pytest.mark.parametrize(
    "path",
    ["{id}/revisions/2/restore", "{id}/revisions/99999999999/restore", "999/revisions/1/restore"],
)
def test_revision_that_is_not_there(ours: Client, article: Article, path: str) -> None:
    other = ArticleFactory.create()
    ours.put(f"/v1/kb/{other.pk}", {"Title": "Has two revisions"})

    assert ours.post(f"/v1/kb/{path.format(id=article.pk)}").status_code == 404
    assert _revisions(ours, article) == []


@pytest.mark.parametrize("body", [{"Title": "x"}, [], "x", b"{"])
def test_restore_takes_no_fields(ours: Client, article: Article, body: Any) -> None:
    ours.put(f"/v1/kb/{article.pk}", {"Title": "Two"})

    refused = ours.post(f"/v1/kb/{article.pk}/revisions/1/restore", body)

    assert refused.status_code == 400
    assert ours.get(f"/v1/kb/{article.pk}").json()["data"]["Title"] == "Two"
    assert ours.post(f"/v1/kb/{article.pk}/revisions/1/restore", {}).status_code == 200


def test_restore_with_an_idempotency_key_happens_once(ours: Client, article: Article) -> None:
    path = f"/v1/kb/{article.pk}"
    ours.put(path, {"Title": "Two"})

    first = ours.post(f"{path}/revisions/1/restore", Idempotency_Key="once")
    ours.put(path, {"Title": "Three"})
    second = ours.post(f"{path}/revisions/1/restore", Idempotency_Key="once")
    other = ours.post(f"{path}/revisions/2/restore", Idempotency_Key="once")

    assert second["Idempotent-Replayed"] == "true"
    assert (second.json(), second["ETag"]) == (first.json(), first["ETag"])
    assert other.status_code == 422
    assert ours.get(path).json()["data"]["Title"] == "Three"


def test_stale_writes_are_refused(ours: Client, theirs: Client, article: Article) -> None:
    path = f"/v1/kb/{article.pk}"
    seen = ours.get(path)["ETag"]
    assert ours.get(path, If_None_Match=seen).status_code == 304

    theirs.put(path, {"Title": "Theirs"})

    for method, where in (("PUT", path), ("PATCH", path), ("POST", f"{path}/revisions/1/restore")):
        body = None if method == "POST" else {"Title": "Mine"}
        assert ours.send(method, where, body, If_Match=seen).status_code == 412
    now = ours.get(path)
    assert now.json()["data"]["Title"] == "Theirs"
    assert ours.put(path, {"Title": "Mine"}, If_Match=now["ETag"]).status_code == 200


@pytest.mark.parametrize("how", ["update()", "save()", "SQL"])
def test_no_way_of_writing_passes_the_revisions(
    article: Article, owner: Any, staff: Any, how: str
) -> None:
    stale = Article(pk=article.pk, title="Changed", body=article.body, revision=77)
    if how == "SQL":
        owner.execute("UPDATE knowledge_article SET title = 'Changed', revision = 77")
    else:
        with staff():
            if how == "update()":
                Article.objects.update(title="Changed", revision=77)
            else:
                stale.created_at = article.created_at
                stale.save()

    with staff():
        kept = ArticleEvent.objects.order_by("revision").values_list("revision", "title")
        assert list(kept) == [(1, article.title), (2, "Changed")]
        now = Article.objects.get()
        assert (now.revision, now.updated_at > article.updated_at) == (2, True)
    owner.execute("UPDATE knowledge_article SET revision = 9, updated_at = now()")
    with staff():
        assert Article.objects.get().revision == 2


def test_past_is_beyond_reach(article: Article, owner: Any) -> None:
    for statement in (
        "UPDATE knowledge_articleevent SET title = 'x'",
        "DELETE FROM knowledge_articleevent",
    ):
        with pytest.raises(Exception, match="Cannot update or delete"):
            owner.execute(statement)


@pytest.mark.parametrize("role", ["emr_web", "emr_worker", "emr_staff"])
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM knowledge_article",
        "TRUNCATE knowledge_article CASCADE",
        "DELETE FROM knowledge_articleevent",
        "UPDATE knowledge_articleevent SET title = 'x'",
        "DELETE FROM knowledge_word",
    ],
)
def test_no_role_may_destroy(article: Article, role: str, statement: str) -> None:
    with (
        acting_as(role),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_only_staff_may_add(article: Article) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Article.objects.create(title="x")


def test_deleted_article_leaves_its_last_state(article: Article, owner: Any, staff: Any) -> None:
    owner.execute("DELETE FROM knowledge_article")

    with staff():
        kept = ArticleEvent.objects.order_by("pgh_id").values_list("pgh_label", "body")
        assert list(kept) == [("insert", article.body), ("delete", article.body)]
