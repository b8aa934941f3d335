"""The demo's articles: found in both practices, and made once."""

from io import StringIO
from typing import Any

from django.core.management import call_command

from emrapi.management import demo_articles
from knowledge.models import Article, ArticleEvent
from partners.models import ApiKey


def _seed(staff: Any) -> None:
    with staff():
        call_command("seed_demo", "--json", stdout=StringIO(), stderr=StringIO())


def test_demo_has_articles_for_both_practices(database: None, staff: Any, client_for: Any) -> None:
    _seed(staff)
    with staff():
        keys = list(ApiKey.objects.select_related("practice"))

    assert {key.practice.ppass for key in keys} == {"DemoOffice", "HarborClinic"}
    for client in map(client_for, keys):
        assert client.get("/v1/kb").json()["total"] == 12
        (found,) = client.get("/v1/kb", {"search": "verifcation"}).json()["data"]
        assert found["Title"] == "Insurance Verification Workflow"
        categories = client.get("/v1/kb/categories").json()["data"]
        assert [each["Category"] for each in categories] == [
            "Billing",
            "Clinical",
            "Front desk",
            "Scheduling",
        ]


def test_demo_articles_are_made_once(database: None, staff: Any) -> None:
    with staff():
        demo_articles.furnish()
        before = list(ArticleEvent.objects.values_list("pgh_id", flat=True))
        demo_articles.furnish()

        assert list(ArticleEvent.objects.values_list("pgh_id", flat=True)) == before
        assert [each.title for each in Article.objects.filter(is_active=False)] == [
            "Sending reminders by hand"
        ]
