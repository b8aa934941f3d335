"""Searching articles: ranked, in pages that hold still, forgiving, and quick."""

import string
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge import search
from knowledge.models import Article
from tests.client import Client
from tests.knowledge.factories import ArticleFactory

LAW = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def _found(client: Client, text: str, **params: str) -> list[str]:
    answer = client.get("/v1/kb", {"search": text, **params})
    assert answer.status_code == 200, answer.json()
    body = answer.json()
    assert body["count"] == len(body["data"])
    return [each["Title"] for each in body["data"]]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("insurance", ["Insurance verification", "Referrals", "Phones", "Opening hours"]),
        ("insurance verification", ["Insurance verification", "Phones", "Opening hours"]),
        ("VERIFICATIONS the Insured", ["Insurance verification", "Phones", "Opening hours"]),
        ('"insurance verification"', ["Insurance verification", "Phones"]),
        ("insurance -verification", ["Referrals"]),
        ("parking or payer", ["Parking", "Referrals"]),
        ("parking", ["Parking"]),
        ("house", ["Parking"]),
        ("nothing like it", []),
        ("the", []),
        ("!!! & | ( ' \\ : * <->", []),
        ("-", []),
    ],
)
def test_search_ranks_title_above_tags_above_article(
    ours: Client, theirs: Client, shelf: None, text: str, titles: list[str]
) -> None:
    for client in (ours, theirs):
        assert _found(client, text) == titles


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("insurence", ["Insurance verification", "Referrals", "Phones", "Opening hours"]),
        ("insurnce verfication", ["Insurance verification", "Phones", "Opening hours"]),
        ("inshurance payer", ["Referrals"]),
        ("verify insured", ["Insurance verification", "Phones", "Opening hours"]),
        ("verificat", ["Insurance verification", "Phones", "Opening hours"]),
        ("PARKNG", ["Parking"]),
        ("parkng -house", ["Parking"]),
        ("zzzzzz", []),
        ("insurance zzzzzz", []),
    ],
)
def test_typos_are_forgiven_when_nothing_matches(
    ours: Client, theirs: Client, shelf: None, text: str, titles: list[str]
) -> None:
    for client in (ours, theirs):
        assert _found(client, text) == titles


def test_typo_is_not_looked_for_where_something_matches(ours: Client) -> None:
    ArticleFactory.create(title="Receiving calls")
    assert _found(ours, "recieving") == ["Receiving calls"]

    ArticleFactory.create(title="Recieving, a common misspelling")

    assert _found(ours, "recieving") == ["Recieving, a common misspelling"]


WORDS = st.lists(st.sampled_from("alpha beta gamma delta".split()), min_size=1, max_size=12)


def _tier(wanted: set[str], title: list[str], tags: list[str]) -> int:
    return 2 if wanted <= {*title} else 1 if wanted <= {*title, *tags} else 0


@LAW
@given(st.lists(st.tuples(WORDS, WORDS, WORDS), min_size=1, max_size=6))
def test_order_of_results_is_a_law(database: None, rows: list[Any]) -> None:
    made = {
        ArticleFactory.create(title=" ".join(a), tags=", ".join(b), body=" ".join(c)).pk: (a, b, c)
        for a, b, c in rows
    }
    articles = Article.objects.filter(pk__in=made)

    for wanted in ({"alpha"}, {"alpha", "beta"}):
        matching = {pk for pk, parts in made.items() if wanted <= {w for p in parts for w in p}}
        found = articles.look_up(" ".join(wanted))
        for each in (found, search.Found(found.query, search.MANY + 1)):
            ordered = [row.pk for row in articles.found(each)]
            tiers = [_tier(wanted, *made[pk][:2]) for pk in ordered]

            assert set(ordered) == matching
            assert tiers == sorted(tiers, reverse=True)


def test_pages_hold_together(ours: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(23):
        ArticleFactory.create(title=f"Alike {n % 3}", body="same words " * (n % 4))

    for many in (5000, 3):
        monkeypatch.setattr(search, "MANY", many)
        for params in ({"search": "alike"}, {"search": "alikee"}, {}):
            whole = ours.get("/v1/kb", {**params, "limit": "100"}).json()
            pages = [
                ours.get("/v1/kb", {**params, "limit": "5", "page": str(page)}).json()
                for page in range(1, 7)
            ]
            assert [page["total"] for page in pages] == [23] * 6
            assert [page["count"] for page in pages] == [5, 5, 5, 5, 3, 0]
            assert [each for page in pages for each in page["data"]] == whole["data"]


def test_search_goes_with_the_other_filters(ours: Client) -> None:
    ArticleFactory.create(title="Copay A", category="Billing", type="FAQ")
    ArticleFactory.create(title="Copay B", category="billing", type="faq", is_active=False)
    ArticleFactory.create(title="Copay C", category="Front desk", type="FAQ")

    both = {"category": "BILLING", "type": "Faq"}
    assert _found(ours, "copay", **both) == ["Copay A"]
    assert _found(ours, "copay", **both, includeInactive="true") == ["Copay B", "Copay A"]
    assert _found(ours, "", type="FAQ") == ["Copay C", "Copay A"]
    assert _found(ours, "", category="Bill") == []
    assert _found(ours, "", category="Bil_ing") == []


def test_words_written_by_any_client_are_found(ours: Client, owner: Any) -> None:
    article = ArticleFactory.create(title="Old", body="old words")

    owner.execute("UPDATE knowledge_article SET body = 'entirely rewritten'")

    assert _found(ours, "rewritten") == ["Old"]
    assert _found(ours, "rewriten") == ["Old"]
    assert _found(ours, "words") == []
    assert article.pk


@given(st.text(string.printable + "äß'\"\\&|!()<>:*%_-", max_size=60))
@LAW
def test_any_text_can_be_searched_for(database: None, text: str) -> None:
    found = Article.objects.all().look_up(text.replace("\0", ""))

    assert list(Article.objects.all().found(found)[:5]) == []


def test_search_uses_the_index_as_the_serving_role(
    fresh_tables: None, owner: Any, staff: Any
) -> None:
    with staff():
        Article.objects.bulk_create(
            Article(title=f"Title {n}", body=f"word{n} common", text="t") for n in range(2000)
        )
    owner.execute("ANALYZE knowledge_article; ANALYZE knowledge_word")

    found = Article.objects.all().look_up("word77")
    plan = Article.objects.without_vectors().found(found).explain()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("emr_web",)
        # As `knowledge_near` asks.
        cursor.execute(
            "EXPLAIN SELECT word FROM knowledge_word"
            " WHERE word % 'wrod77' OR word LIKE 'wrod77' || '%'"
        )
        near = "\n".join(line for (line,) in cursor.fetchall())

    everywhere = search.Results(Article.objects.all(), Article.objects.all().look_up("common"))
    with transaction.atomic(), search._by_index():
        assert "article_search" in everywhere.ids.explain()
    with transaction.atomic(), connection.cursor() as cursor:
        assert search.Results(Article.objects.all(), found)[:5]
        cursor.execute("SHOW enable_seqscan")
        assert cursor.fetchone() == ("on",)

    assert "article_search" in plan
    assert "word_near" in near
