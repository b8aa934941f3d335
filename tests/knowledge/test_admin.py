"""The staff pages of articles."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from knowledge.models import Article, ArticleEvent
from tests.client import Client
from tests.knowledge.factories import ArticleFactory
from tests.staff_pages import fields

LIST = "/admin/knowledge/article/"


def _stored(staff: Any, pk: int) -> Article:
    with staff():
        return Article.objects.get(pk=pk)


def test_article_is_written_and_found_by_partners(
    browser: Browser, ours: Client, theirs: Client, staff: Any
) -> None:
    empty = fields(browser.get(f"{LIST}add/"))

    answer = browser.post(
        f"{LIST}add/", {**empty, "title": "New", "category": "Billing", "body": "Call **us**."}
    )

    assert answer.status_code == 302, answer.context["errors"]
    for client in (ours, theirs):
        (listed,) = client.get("/v1/kb", {"search": "call"}).json()["data"]
        assert (listed["Title"], listed["Snippet"]) == ("New", "<mark>Call</mark> us")
    with staff():
        assert [event.pgh_context["staff"] for event in ArticleEvent.objects.all()] == ["maria"]


def test_article_is_changed_by_the_function_of_the_api(
    browser: Browser, ours: Client, article: Article
) -> None:
    page = f"{LIST}{article.pk}/change/"

    answer = browser.post(page, {**fields(browser.get(page)), "title": "Verifying"})

    assert answer.status_code == 302, answer.context["errors"]
    read = ours.get(f"/v1/kb/{article.pk}").json()["data"]
    assert (read["Title"], read["Article"]) == ("Verifying", article.body)
    (revision,) = ours.get(f"/v1/kb/{article.pk}/revisions").json()["data"]
    assert (revision["Title"], revision["ReplacedBy"]) == (article.title, "Staff")


@pytest.mark.parametrize("body", ["    code\n\ntext\n", "a\r\nb", "\nbegins empty", ""])
def test_saving_without_a_change_is_no_edit(browser: Browser, staff: Any, body: str) -> None:
    article = ArticleFactory.create(body=body)
    page = f"{LIST}{article.pk}/change/"
    sent = fields(browser.get(page))
    sent["body"] = sent["body"].replace("\r\n", "\n").replace("\n", "\r\n")  # as browsers do

    answer = browser.post(page, sent)

    assert answer.status_code == 302, answer.context["errors"]
    after = _stored(staff, article.pk)
    assert (after.body, after.revision, after.updated_at) == (body, 1, article.updated_at)


def test_what_somebody_else_wrote_is_not_overwritten_unseen(
    browser: Browser, ours: Client, article: Article, staff: Any
) -> None:
    page = f"{LIST}{article.pk}/change/"
    sent = {**fields(browser.get(page)), "body": "My text."}
    ours.put(f"/v1/kb/{article.pk}", {"Article": "Their text."})

    refused = browser.post(page, sent)

    assert refused.status_code == 200
    shown = refused.content.decode()
    assert "was changed by Partner" in shown
    assert "My text." in shown
    assert _stored(staff, article.pk).body == "Their text."
    again = browser.post(page, fields(refused))
    assert again.status_code == 302
    assert _stored(staff, article.pk).body == "My text."
    with staff():
        kept = ArticleEvent.objects.filter(pgh_obj_id=article.pk).order_by("revision")
        assert [event.body for event in kept] == [article.body, "Their text.", "My text."]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": " "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"category": "x" * 101}, "category"),
        ({"body": "x" * 100_001}, "body"),
        ({"body": "a\0b"}, "body"),
    ],
)
def test_form_refuses_what_the_api_refuses(
    browser: Browser, article: Article, staff: Any, sent: dict[str, str], field: str
) -> None:
    page = f"{LIST}{article.pk}/change/"

    answer = browser.post(page, {**fields(browser.get(page)), **sent})

    assert answer.status_code == 200
    assert list(answer.context["adminform"].form.errors) == [field]
    assert _stored(staff, article.pk).revision == 1


def test_list_is_searched_and_filtered(browser: Browser) -> None:
    ArticleFactory.create(title="Copays", body="Of insurance.", category="Billing")
    ArticleFactory.create(title="Insurance cards", category="billing", type="Policy")
    ArticleFactory.create(title="Opening hours", category="Front desk", is_active=False)

    def titles(**params: str) -> list[str]:
        return [each.title for each in browser.get(LIST, params).context["cl"].result_list]

    assert titles() == ["Opening hours", "Insurance cards", "Copays"]
    assert titles(q="insurance") == ["Insurance cards", "Copays"]
    assert titles(q="insurnce") == ["Insurance cards", "Copays"]
    assert titles(q="nothing like it") == []
    assert titles(category="BILLING") == ["Insurance cards", "Copays"]
    assert titles(category="Billing", type="policy") == ["Insurance cards"]
    assert titles(state="inactive") == ["Opening hours"]
    filters = browser.get(LIST).content.decode()
    assert filters.count("?category=") == 2


def test_list_takes_as_many_queries_for_many_as_for_one(browser: Browser) -> None:
    counts = []
    for size in (1, 2, 40):
        ArticleFactory.create_batch(size)
        for params in ({}, {"q": "words"}):
            with CaptureQueriesContext(connection) as captured:
                assert browser.get(LIST, params).status_code == 200
            counts.append(len([q for q in captured if "knowledge_" in q["sql"]]))

    assert counts == counts[:2] * 3


def test_history_shows_who_changed_what_and_brings_it_back(
    browser: Browser, ours: Client, article: Article, owner: Any, staff: Any
) -> None:
    changes = {"Article": article.body.replace("copay", "sum"), "Type": "FAQ"}
    ours.put(f"/v1/kb/{article.pk}", changes)
    owner.execute("UPDATE knowledge_article SET title = 'By hand'")

    history = browser.get(f"{LIST}{article.pk}/history/").content.decode()
    second = browser.get(f"{LIST}{article.pk}/revisions/2/").content.decode()
    to_now = browser.get(f"{LIST}{article.pk}/revisions/2/?now").content.decode()

    for words in ("Revision 1", "Revision 3", "tests", "SQL", "article, type", "test key"):
        assert words in history
    assert "<td>HowTo</td>" in second
    assert "<td>FAQ</td>" in second
    assert "<b>copay</b>" in second
    assert "<b>sum</b>" in second
    assert "By hand</td>" in to_now
    assert "The text is the same." in to_now

    answer = browser.post(f"{LIST}{article.pk}/revisions/1/")

    assert answer.headers["Location"] == f"{LIST}{article.pk}/change/"
    after = _stored(staff, article.pk)
    assert (after.title, after.body, after.type) == (article.title, article.body, "HowTo")
    assert after.revision == 4
    with staff():
        newest = ArticleEvent.objects.order_by("-pgh_id").first()
        assert newest.pgh_context["staff"] == "maria"


def test_history_has_pages(browser: Browser, article: Article, staff: Any) -> None:
    for number in range(60):
        with staff():
            Article.objects.update(title=f"Title {number}")

    first = browser.get(f"{LIST}{article.pk}/history/").content.decode()
    second = browser.get(f"{LIST}{article.pk}/history/", {"before": "12"}).content.decode()

    assert first.count('<th scope="row">') == 50
    assert "?before=12" in first
    assert second.count('<th scope="row">') == 11
    assert "written" in second
    assert "Older" not in second
    for before in ("9" * 5000, "x", "", "-1", "²"):
        answer = browser.get(f"{LIST}{article.pk}/history/", {"before": before})
        assert "Revision 61" in answer.content.decode()


def test_revision_that_there_never_was(browser: Browser, article: Article) -> None:
    for path in (
        f"{article.pk}/revisions/2/",
        f"{article.pk}/revisions/{9**40}/",
        f"{article.pk + 1}/revisions/1/",
        f"{9**40}/revisions/1/",
    ):
        assert browser.get(f"{LIST}{path}").status_code == 404
        assert browser.post(f"{LIST}{path}").status_code == 404


def test_preview_is_rendered_and_stores_nothing(browser: Browser, staff: Any) -> None:
    answer = browser.post(f"{LIST}preview/", {"title": "<b>T</b>", "body": "**b** <script>x()"})

    shown = answer.content.decode()
    assert "<p><strong>b</strong> &lt;script&gt;x()</p>" in shown
    assert "&lt;b&gt;T&lt;/b&gt;" in shown
    assert browser.get(f"{LIST}preview/").status_code == 405
    with staff():
        assert not Article.objects.exists()


def test_rights(browser_of: Any, article: Article, staff: Any) -> None:
    reader, nobody = browser_of("view", name="reader"), browser_of(name="nobody")
    change = f"{LIST}{article.pk}/change/"
    revision = f"{LIST}{article.pk}/revisions/1/"

    assert reader.get(LIST).status_code == 200
    assert article.title in reader.get(change).content.decode()
    assert reader.get(revision).status_code == 200
    for attempt in (
        reader.post(change, {"title": "x"}),
        reader.post(revision),
        reader.post(f"{LIST}preview/", {"body": "x"}),
        reader.get(f"{LIST}add/"),
        *(nobody.get(path) for path in (LIST, change, revision)),
    ):
        assert attempt.status_code == 403
    assert _stored(staff, article.pk).revision == 1


def test_articles_are_not_deleted(browser_of: Any, article: Article) -> None:
    browser = browser_of("add", "change", "view", "delete")

    assert browser.post(f"{LIST}{article.pk}/delete/", {"post": "yes"}).status_code == 403
    assert "delete_selected" not in browser.get(LIST).content.decode()
